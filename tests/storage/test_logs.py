"""The log: small, private, without keys."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from app.storage.logs import MOST_BYTES, append, logging_to


def test_entries_are_added_for_the_owner_alone(tmp_path: Path) -> None:
    path = append(tmp_path / "state", "first")
    append(tmp_path / "state", "second")
    assert [line[20:] for line in path.read_text().splitlines()] == ["first", "second"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_large_log_is_put_aside(tmp_path: Path) -> None:
    path = append(tmp_path, "x" * MOST_BYTES)
    append(tmp_path, "fresh")
    assert path.read_text().endswith("fresh\n")
    assert path.stat().st_size < 100
    assert (tmp_path / "sfumato.log.1").stat().st_size > MOST_BYTES


@pytest.mark.parametrize("secret", ["Bearer abc.def", "sk-proj-abc_123", "my-own-key"])
def test_no_key_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "my-own-key")
    path = append(tmp_path, f"before {secret} after\x1b[0m")
    assert secret not in path.read_text()
    assert "\x1b" not in path.read_text()
    assert path.read_text().count("[key]") == 1


def test_warnings_of_libraries_go_there_and_nothing_less(tmp_path: Path) -> None:
    with logging_to(tmp_path):
        logging.getLogger("some.library").info("chatter")
        logging.getLogger("some.library").warning("trouble")
    logging.getLogger("some.library").warning("later")
    (line,) = (tmp_path / "sfumato.log").read_text().splitlines()
    assert line.endswith("WARNING some.library: trouble")


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with logging_to(tmp_path / "file"):
        logging.getLogger("some.library").warning("trouble")
