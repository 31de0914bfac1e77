"""Running the command line, and looking at what it left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.domain.conversation import Conversation
from app.storage.library import Library


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def path(self) -> Path:
        """The one path on stdout."""
        (line,) = self.out.splitlines()
        return Path(line)

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line on stderr of a command that printed no result."""
        assert self.out == ""
        (line,) = self.err.splitlines()
        return line


def run(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> Outcome:
    """Runs a command in this process."""
    capsys.readouterr()
    status = main(list(words))
    printed = capsys.readouterr()
    return Outcome(status, printed.out, printed.err)


def command(*words: str) -> list[str]:
    """A command line for a process of its own."""
    return [sys.executable, "-m", "app", *words]


def run_apart(*words: str, stdin: str = "", **environment: str) -> Outcome:
    """Runs a command in a process of its own, with pipes on all sides."""
    done = subprocess.run(
        command(*words),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def stored(home: Path, conversation_id: str | None = None) -> Conversation:
    """A conversation as the library has it, by default the last one."""
    library = Library(home / "data")
    try:
        found = conversation_id or library.latest()
        assert found is not None
        return library.load(found)
    finally:
        library.close()
