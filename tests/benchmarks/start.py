"""Start-up, memory and idling, ours beside a bare Textual app."""

from __future__ import annotations

import os
import sys
import tempfile

from tests.benchmarks.figures import OURS, Figures
from tests.benchmarks.terminal import running

RUNS = 9
IDLE_SECONDS = 10.0
BARE_NAME = "bare Textual"
BARE = """
from textual.app import App
from textual.widgets import Input
class Bare(App):
    def compose(self):
        yield Input(placeholder="Describe a picture")
Bare().run()
"""
READY = b"escribe a picture"
"""What both programs show in their first usable frame (the cursor stands on the first letter)."""
COMMANDS = {
    OURS: [sys.executable, "-m", "app", "--demo"],
    BARE_NAME: [sys.executable, "-c", BARE],
}


def measure(runs: int = RUNS, idle_seconds: float = IDLE_SECONDS) -> Figures:
    """Starts both programs in turn, so often; then lets each idle once."""
    figures = Figures()
    with tempfile.TemporaryDirectory() as home:
        for command in COMMANDS.values():
            start(command, home)
        for _ in range(runs):
            for name, command in COMMANDS.items():
                seconds, memory = start(command, home)
                figures.add(name, "first frame", "start", seconds)
                figures.add(name, "memory", "start", memory)
        ways = {OURS: (b"a red fox\r", b"tokens"), BARE_NAME: (b"", b"")}
        for name, (keys, mark) in ways.items():
            spent, written = idle(COMMANDS[name], home, keys, mark, idle_seconds)
            figures.add(name, "processor", "idle", spent)
            figures.add(name, "bytes", "idle", written)
    return figures


def start(command: list[str], home: str) -> tuple[float, float]:
    """Seconds to the first usable frame, and MB a second later."""
    with running(command, home) as program:
        seconds = program.read_until(READY)
        program.drain(1.0)
        return seconds, program.memory()


def idle(
    command: list[str], home: str, keys: bytes, mark: bytes, seconds: float
) -> tuple[float, int]:
    """Processor seconds and bytes written in so many idle ones, after ``keys`` led to ``mark``."""
    with running(command, home) as program:
        program.read_until(READY)
        program.drain(1.0)
        if keys:
            os.write(program.terminal, keys)
            program.read_until(mark)
        program.drain(3.0)
        before = program.processor()
        written = program.drain(seconds)
        return program.processor() - before, written
