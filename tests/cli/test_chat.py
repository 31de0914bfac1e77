"""``sfumato`` alone: what it refuses, what it puts together, and what it leaves for later."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.api.gateway import OpenAIGateway
from app.cli import choices
from app.cli.arguments import parse
from app.cli.chat import workshop
from app.cli.studio import DemoGateway
from app.imaging.detection import Graphics
from app.ui.workshop import Workshop
from tests.cli.conftest import Sfumato
from tests.cli.shell import run_apart
from tests.fakes import FakeApi

HEAVY = ("textual", "openai", "httpx2", "pydantic", "starlette", "uvicorn", "PIL", "sqlite3")


def composed(*words: str) -> Workshop:
    """The parts of the chat that the command line ``words`` opens."""
    arguments = parse(words)
    return workshop(arguments, choices.read(arguments), Graphics())


def test_without_a_terminal_it_names_draw(sfumato: Sfumato, api: FakeApi) -> None:
    for words in ((), ("--demo",), ("-c",), ("--session", "abc")):
        done = sfumato(*words)
        assert done.status == 2
        assert "sfumato draw" in done.complaint
    assert api.requests == []


def test_a_pipe_is_no_terminal(home: Path) -> None:
    done = run_apart()
    assert (done.status, done.out) == (2, "")
    assert "\x1b" not in done.err


def test_with_neither_key_nor_base_url_it_is_the_demo(home: Path) -> None:
    chat = composed()
    assert chat.demo
    assert isinstance(chat.gateway, DemoGateway)


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_BASE_URL"])
def test_a_key_or_a_base_url_is_the_api(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:1/v1")
    chat = composed()
    assert not chat.demo
    assert isinstance(chat.gateway, OpenAIGateway)
    assert isinstance(composed("--demo").gateway, DemoGateway)


def test_blank_settings_are_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", " ")
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    assert composed().demo


def test_the_last_or_a_named_conversation_is_opened(home: Path) -> None:
    resumes = [composed(*words).resume for words in ((), ("-c",), ("--session", "abc"))]
    assert resumes == [None, "latest", "abc"]


def test_settings_environment_and_flags_in_that_order(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["theme = 'fjord'", "quality = 'low'", "model = 'one'", "graphics = 'text'", "no = 1"]
    (home / "config" / "settings.toml").write_text("\n".join(lines))
    monkeypatch.setenv("SFUMATO_MODEL", "two")
    chat = composed()
    assert (chat.theme, chat.options.quality, chat.options.model) == ("fjord", "low", "two")
    assert len(chat.problems) == 1
    assert composed("--model", "three").options == replace(chat.options, model="three")
    assert chat.settings_file == home / "config" / "settings.toml"
    assert choices.read(parse(["--graphics", "sixel"])).graphics == "sixel"


def test_what_is_set_for_pictures_reaches_the_screens(home: Path) -> None:
    usual = composed()
    assert (usual.animate, usual.scroll_regions, usual.cache_bytes) == (True, True, 192 * 2**20)
    lines = ["animate = false", "scroll-regions = false", "picture-memory = 64"]
    (home / "config" / "settings.toml").write_text("\n".join(lines))
    chat = composed()
    assert (chat.animate, chat.scroll_regions, chat.cache_bytes) == (False, False, 64 * 2**20)


def test_putting_it_together_touches_nothing(home: Path) -> None:
    chat = composed()
    assert [path.name for path in home.iterdir()] == ["config"]
    library = chat.open_library()
    library.close()
    assert (home / "data").is_dir()


def imported_by(code: str) -> set[str]:
    """The heavy packages that a fresh interpreter has imported after ``code``."""
    ask = f"import sys\n{code}\nprint(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_arguments_need_nothing_heavy() -> None:
    assert imported_by("from app.cli import main\nmain(['--version'])\nmain(['--help'])") == set()


def test_the_first_frame_needs_neither_sdk_nor_server(home: Path) -> None:
    code = """
from app.cli import choices
from app.cli.arguments import parse
from app.cli.chat import _prepared, workshop
arguments = parse([])
found, app_class = _prepared("auto", "auto")
app_class(workshop(arguments, choices.read(arguments), found.graphics))
"""
    late = {"openai", "httpx2", "pydantic", "starlette", "uvicorn", "PIL"}
    assert imported_by(code) & late == set()
