"""The wheel, built and installed into an environment of its own, works by itself."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from app import __version__
from tests.cli.shell import Outcome

ROOT = Path(__file__).parents[2]
THEMES = sorted(path.name for path in (ROOT / "themes").glob("*.toml"))


def call(*words: str | Path, at: Path, **environment: str) -> Outcome:
    """Runs a program in the folder ``at``, away from the checkout."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(word) for word in words],
        cwd=at,
        env={**env, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment with the wheel; what it needs is lent by this one."""
    base = tmp_path_factory.mktemp("wheel")
    python = Path(sys.executable)
    built = call(
        python, "-m", "build", "--wheel", "--no-isolation", "--outdir", base, ROOT, at=base
    )
    assert built.status == 0, built.err
    (wheel,) = base.glob("*.whl")
    venv.create(base / "env", symlinks=True)
    installed = call(
        python,
        *("-m", "pip", "--python", base / "env"),
        *("install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", wheel),
        at=base,
    )
    assert installed.status == 0, installed.err
    (packages,) = (base / "env").glob("lib/python*/site-packages")
    # A folder named in a .pth comes last, and the editable install in it is not followed.
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return base / "env" / "bin"


@pytest.mark.slow
def test_the_installed_command_works(programs: Path, home: Path, tmp_path: Path) -> None:
    place = call(programs / "python", "-c", "import app; print(app.__file__)", at=tmp_path)
    assert place.path.is_relative_to(programs.parent)
    sfumato = programs / "sfumato"
    assert call(sfumato, "--version", at=tmp_path).out == f"sfumato {__version__}\n"
    doctor = call(sfumato, "doctor", at=tmp_path)
    assert (doctor.status, doctor.err) == (0, "")
    assert f"sfumato {__version__}" in doctor.out
    drawn = call(sfumato, "--demo", "draw", "a red fox", "-o", "fox.png", at=tmp_path)
    assert (drawn.status, drawn.err) == (0, "")
    assert drawn.path.read_bytes() == (tmp_path / "fox.png").read_bytes()


@pytest.mark.slow
def test_the_themes_are_inside_and_are_found(programs: Path, tmp_path: Path) -> None:
    code = (
        "from app.ui.theming import load_themes\n"
        "themes, problems = load_themes(None)\n"
        "assert not problems, problems\n"
        "print(*sorted(theme.name + '.toml' for theme in themes), sep='\\n')"
    )
    found = call(programs / "python", "-c", code, at=tmp_path)
    assert found.out.splitlines() == THEMES
    assert len(THEMES) >= 4


@pytest.mark.slow
def test_everything_that_is_no_code_is_inside_as_well(programs: Path) -> None:
    source = ROOT / "app"
    wanted = [path for path in source.rglob("*.*") if path.suffix not in (".py", ".pyc")]
    assert {path.suffix for path in wanted} >= {".tcss", ".toml", ".txt", ".json"}
    (installed,) = programs.parent.glob("lib/python*/site-packages/app")
    for path in wanted:
        assert (installed / path.relative_to(source)).read_bytes() == path.read_bytes()
