"""The way out: whatever happens is one line and a status, with the details in the log."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from app.cli import doctor
from tests.cli.conftest import Sfumato
from tests.cli.shell import command

KEY = "sk-test-1234567890"


def test_the_unforeseen_is_one_line_with_details_in_the_log(
    sfumato: Sfumato, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(_: object) -> int:
        raise ValueError(f"a\nbomb with {KEY} in it")

    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr(doctor, "run", explode)
    done = sfumato("doctor")
    log = home / "state" / "sfumato.log"
    assert done.status == 1
    assert done.complaint.endswith(str(log))
    assert "ValueError" in done.complaint
    assert "in explode" in log.read_text()
    assert "ValueError: a bomb with" in log.read_text()
    assert KEY not in log.read_text() + done.err


def test_a_log_that_cannot_be_written_changes_nothing(
    sfumato: Sfumato, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "run", lambda _: 1 // 0)
    (home / "state").write_text("in the way")
    done = sfumato("doctor")
    assert done.status == 1
    assert "ZeroDivisionError" in done.complaint


def test_ctrl_c_is_130(sfumato: Sfumato, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "run", interrupt)
    done = sfumato("doctor")
    assert (done.status, done.complaint) == (130, "sfumato: Interrupted.")


def test_a_reader_that_leaves_early_is_no_error(home: Path) -> None:
    piped = subprocess.Popen(
        command("doctor", "--demo"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert piped.stdout is not None
    assert piped.stderr is not None
    piped.stdout.close()
    err = piped.stderr.read()
    piped.stderr.close()
    assert (piped.wait(30), err) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_told(home: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command("sessions", "--json"),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "could not be written" in done.stderr
    assert len(done.stderr.splitlines()) == 1
