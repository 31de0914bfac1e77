"""The chat in a real terminal: it opens, it is left, and the terminal is as it was before."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.domain.conversation import Status
from app.storage.library import Library
from tests.cli.shell import command, stored

PATIENCE = 30.0
READY = b"Describe a picture"
ASKED = b"\x1b[c"
ANSWERS = b"\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.41.1)\x1b\\\x1b[6;20;10t\x1b[?62;4;c"
LEFT = b"\x1b[?1049l"
"""Back from the alternate screen."""


class Terminal:
    """A pseudo-terminal with the chat in it."""

    def __init__(self, *words: str) -> None:
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 1000, 600))
        self.chat = subprocess.Popen(
            command(*words),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color", "TMUX": "", "SSH_TTY": ""},
            start_new_session=True,
        )
        os.close(theirs)
        self._seen = b""

    def type(self, keys: bytes) -> None:
        os.write(self.ours, keys)

    def read_until(self, mark: bytes) -> None:
        """Reads on until ``mark`` is shown; what comes after it is left for the next call."""
        self.read_while(lambda: mark not in self._seen)
        self._seen = self._seen.partition(mark)[2]

    def read_while(self, waiting: Callable[[], bool]) -> None:
        """Reads on as long as ``waiting()`` is true."""
        end = time.monotonic() + PATIENCE
        while waiting():
            assert time.monotonic() < end, self._seen[-500:]
            if select.select([self.ours], [], [], 0.05)[0]:
                self._seen += os.read(self.ours, 65536)

    def ended(self) -> int:
        """Reads on until the chat has left, as a terminal does; answers its exit status."""
        with suppress(OSError):
            self.read_while(lambda: self.chat.poll() is None)
        return self.chat.wait(PATIENCE)

    def close(self) -> None:
        self.chat.kill()
        self.chat.wait()
        os.close(self.ours)


@pytest.fixture
def terminal(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setenv("SFUMATO_DEMO_DELAY", "60")
    opened = Terminal("--demo", "--graphics", "text")
    yield opened
    opened.close()


@pytest.fixture
def asking(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A terminal that is asked what it can show, and has not answered yet."""
    monkeypatch.setenv("SFUMATO_DEMO_DELAY", "60")
    opened = Terminal("--demo")
    opened.read_until(ASKED)
    yield opened
    opened.close()


@pytest.mark.slow
def test_it_opens_and_is_left(terminal: Terminal) -> None:
    terminal.read_until(READY)
    terminal.type(b"\x11")
    terminal.read_until(LEFT)
    assert terminal.ended() == 0


@pytest.mark.slow
def test_a_killed_chat_gives_the_terminal_back_and_stores_its_turn(
    terminal: Terminal, home: Path
) -> None:
    terminal.read_until(READY)
    terminal.type(b"a red fox\r")
    terminal.read_while(lambda: not is_running(home))
    terminal.chat.send_signal(signal.SIGTERM)
    terminal.read_until(LEFT)
    assert terminal.ended() == 130
    (turn,) = stored(home).path()
    assert turn.prompt == "a red fox"
    assert not turn.status.open


@pytest.mark.slow
@pytest.mark.parametrize("pieces", [1, 5])
def test_answers_after_the_chat_has_opened_are_not_typed(
    asking: Terminal, home: Path, pieces: int
) -> None:
    asking.read_until(READY)
    size = len(ANSWERS) // pieces + 1
    for at in range(0, len(ANSWERS), size):
        asking.type(ANSWERS[at : at + size])
        time.sleep(0.02)
    asking.type(b"a red fox\r")
    asking.read_while(lambda: not is_running(home))
    assert [turn.prompt for turn in stored(home).path()] == ["a red fox"]


@pytest.mark.slow
def test_what_is_typed_before_the_chat_has_opened_stands_in_the_prompt(
    asking: Terminal, home: Path
) -> None:
    asking.type(b"a re" + ANSWERS + b"d ")
    asking.read_until(READY)
    asking.type(b"fox\r")
    asking.read_while(lambda: not is_running(home))
    assert [turn.prompt for turn in stored(home).path()] == ["a red fox"]


def is_running(home: Path) -> bool:
    """Whether the library holds a turn that was sent."""
    library = Library(home / "data")
    try:
        latest = library.latest()
        turns = library.load(latest).path() if latest else ()
        return any(turn.status is Status.RUNNING for turn in turns)
    finally:
        library.close()
