"""The app in a real tmux: typed into and read as a person would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

TMUX = shutil.which("tmux")
PATIENCE = 40.0
"""Seconds until something must have appeared; the machine may be busy."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(TMUX is None, reason="tmux is not installed"),
]


class Terminal:
    """A tmux server of our own with one window."""

    def __init__(self, home: Path) -> None:
        self.socket = str(home / "tmux")
        self.home = home

    def tmux(self, *arguments: str) -> str:
        """One command to the server; answers what it printed."""
        return subprocess.run(
            [str(TMUX), "-S", self.socket, *arguments], capture_output=True, text=True, check=True
        ).stdout

    def open(self, *arguments: str, size: tuple[int, int] = (100, 30)) -> None:
        """Starts the app in a new window of ``size`` columns and rows."""
        environment = {
            "SFUMATO_HOME": str(self.home),
            "SFUMATO_DEMO_DELAY": "0.2",
            "PYTHONPATH": str(Path.cwd()),
            "OPENAI_API_KEY": "",
            "OPENAI_BASE_URL": "",
        }
        settings = [f"{name}={value}" for name, value in environment.items()]
        self.tmux(
            "-f", os.devnull, "new-session", "-d", "-s", "chat",
            "-x", str(size[0]), "-y", str(size[1]),
            "env", "-u", "COLUMNS", "-u", "LINES", *settings,
            sys.executable, "-m", "app", *arguments,
        )  # fmt: skip

    def type(self, text: str, *keys: str) -> None:
        """Types ``text`` and then presses ``keys``, by tmux's names."""
        if text:
            self.tmux("send-keys", "-l", "-t", "chat", text)
        if keys:
            self.tmux("send-keys", "-t", "chat", *keys)

    def screen(self) -> str:
        """What stands on the screen."""
        return self.tmux("capture-pane", "-p", "-t", "chat")

    def sees(self, text: str) -> str:
        """Waits until ``text`` is on the screen; answers the screen."""
        until = time.monotonic() + PATIENCE
        while text not in (screen := self.screen()):
            assert time.monotonic() < until, f"{text!r} is not on the screen:\n{screen}"
            time.sleep(0.1)
        return screen

    def gone(self) -> None:
        """Waits until the app has left."""
        until = time.monotonic() + PATIENCE
        asked = [str(TMUX), "-S", self.socket, "has-session"]
        while subprocess.run(asked, capture_output=True, check=False).returncode == 0:
            assert time.monotonic() < until, self.screen()
            time.sleep(0.1)


@pytest.fixture
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """A tmux server that ends with the test. Its socket's path has to be short."""
    terminal = Terminal(tmp_path_factory.mktemp("t"))
    yield terminal
    subprocess.run(
        [str(TMUX), "-S", terminal.socket, "kill-server"], capture_output=True, check=False
    )


def test_the_first_minute(terminal: Terminal) -> None:
    terminal.open("--demo")
    screen = terminal.sees("─ auto ─")
    assert "demo" in screen.splitlines()[0]
    terminal.type("a lighthouse at sunset", "Enter")
    screen = terminal.sees("generated · 1024x1024")
    assert "▀" in screen
    terminal.type("", "C-t", "C-t")
    terminal.sees("─ edit ─")
    terminal.type("make it night", "Enter")
    terminal.sees("edited · 1024x1024")
    terminal.type("add a red balloon", "Enter")
    terminal.sees("3 pictures")
    terminal.sees("─ edit ─")
    terminal.type("", "C-q")
    terminal.gone()
    terminal.open("--demo", "-c")
    terminal.sees("add a red balloon")
    terminal.sees("─ edit ─")
    terminal.type("as pixel art", "Enter")
    terminal.sees("4 pictures")
    terminal.sees("it was rebuilt")
    files = list((terminal.home / "data" / "pictures").rglob("*.png"))
    assert len(files) == 4
