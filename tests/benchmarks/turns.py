"""Long conversations: opening one, scrolling it, and the memory that it takes."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import pictures
from tests.benchmarks.figures import OURS, Figures
from tests.benchmarks.terminal import Program, running
from tests.long import build

TURNS = (20, 200, 2000)
WARM = 3
"""Turns of a conversation that is opened first: imports are no part of a figure."""
PAGES = 40
"""Pages that are scrolled through before the memory is read."""


def measure(rounds: int, turns: Sequence[int] = TURNS) -> Figures:
    """Opens each conversation in turn, as often as there are rounds; then reads the memory."""
    figures = Figures()
    with tempfile.TemporaryDirectory() as home:
        found = {count: build(Path(home), count) for count in (WARM, *turns)}
        openings(figures, home, rounds, found)
        memory(figures, home, turns[-1], found[turns[-1]])
    return figures


def openings(figures: Figures, home: str, rounds: int, conversations: Mapping[int, str]) -> None:
    """One chat visits all conversations but the first, which it has opened before."""
    warm, *rest = conversations
    with chat(home) as program:
        program.ask("open", conversation=conversations[warm])
        for _ in range(rounds):
            for count in rest:
                visit(figures, program, f"{count}", conversations[count])


def memory(figures: Figures, home: str, count: int, conversation: str) -> None:
    """What a chat holds after it was paged through at both ends."""
    with chat(home) as program:
        empty = program.memory()
        program.ask("open", conversation=conversation)
        program.ask("scroll", steps=PAGES, lines=-pictures.SCREEN[0])
        program.ask("go", first=True)
        program.ask("scroll", steps=PAGES, lines=pictures.SCREEN[0])
        figures.add(OURS, "memory", f"{count}", program.memory() - empty)


@contextmanager
def chat(home: str) -> Iterator[Program]:
    """The chat on this library, with nothing open yet and everything imported."""
    command = [sys.executable, "-m", "tests.benchmarks.ours", "kitty", "half", home]
    with running(command, home, pictures.SCREEN, protocol="kitty", driven=True) as program:
        program.ask("warm")
        yield program


def visit(figures: Figures, program: Program, where: str, conversation: str) -> None:
    """Opens a conversation, scrolls by single lines, and jumps to its first turn."""
    opened = program.ask("open", conversation=conversation)
    stall = program.ask("stalls").said["stall"]
    program.ask("scroll", steps=pictures.PERIOD // 3, lines=-3)
    program.ask("scroll", steps=pictures.PERIOD // 3, lines=3)
    done = program.ask("scroll", steps=pictures.PERIOD, lines=-1)
    jumped = program.ask("go", first=True)
    figures.add(OURS, "opening", where, (opened.last - opened.said["came"]) * 1000)
    figures.add(OURS, "stall", where, stall)
    figures.add(OURS, "processor", where, done.said["processor"])
    figures.add(OURS, "frame", where, done.said["frame"])
    figures.add(OURS, "bytes", where, done.written / pictures.PERIOD)
    figures.add(OURS, "jump", where, (jumped.last - jumped.said["came"]) * 1000)
