"""Pictures: arriving and scrolling, ours beside textual-image, chafa, timg and the floor."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.benchmarks import scenes, viewers
from tests.benchmarks.figures import OURS, Figures
from tests.benchmarks.queries import CELL
from tests.benchmarks.scenes import Scene
from tests.benchmarks.terminal import Program, running
from tests.benchmarks.viewers import MODES, Mode

SIZES = ((1024, 1024), (1536, 1024), (3840, 2160))
WARM = (96, 64)
"""Shown first by both programs: what is imported with a first picture is no part of a figure."""
CELLS = (60, 30)
SCREEN = (50, 110)
"""Rows and columns in which the transcript gives a square picture 60x30 cells."""
SHOWN = 6
"""Pictures in what is scrolled."""
PERIOD = 33
"""Lines from one picture to the next: scrolled by single lines, and by three at a time."""
PLAIN, FLOOR = "textual-image", "floor"


def cells_of(scene: Scene) -> tuple[int, int]:
    """The cells that a picture fills, for the programs that do not find out by themselves."""
    columns, rows = CELLS
    wide = columns * CELL[0] * scene.height / scene.width
    return columns, min(rows, max(1, round(wide / CELL[1])))


def measure(
    rounds: int, sizes: Sequence[tuple[int, int]] = SIZES, modes: Sequence[Mode] = MODES
) -> Figures:
    """Everything about pictures."""
    figures = Figures()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        made = [scenes.scene(folder, *size) for size in sizes]
        warm = scenes.scene(folder, *WARM)
        for mode in modes:
            arrivals(figures, mode, [warm, *made], rounds, home)
        conversation, files = scenes.gallery(folder, SHOWN, min(sizes)[0])
        for mode in modes:
            scrolling(figures, mode, conversation, files, rounds, home)
    return figures


@contextmanager
def both(
    mode: Mode, home: str, folder: str = "", files: Sequence[Path] = ()
) -> Iterator[dict[str, Program]]:
    """Ours and, where it can do this, plain textual-image, side by side."""
    python = [sys.executable, "-m"]
    ours = ["tests.benchmarks.ours", mode.protocol, mode.symbols, *([folder] if folder else [])]
    plain = ["tests.benchmarks.plain", mode.protocol, *map(str, files)]
    with ExitStack() as stack:
        started = {}
        for name, arguments in ((OURS, ours), (PLAIN, plain)):
            if name == OURS or mode.plain:
                started[name] = stack.enter_context(
                    running(
                        [*python, *arguments], home, SCREEN, protocol=mode.protocol, driven=True
                    )
                )
        for program in started.values():
            program.ask("ping")
        yield started


def arrivals(
    figures: Figures, mode: Mode, pictures: Sequence[Scene], rounds: int, home: str
) -> None:
    """Each picture in turn, by each program in turn, as often as there are rounds."""
    warm, *measured = pictures
    with both(mode, home) as programs:
        for program in programs.values():
            arrive(Figures(), mode, program, "", warm, 0)
        empty = {name: program.memory() for name, program in programs.items()}
        for number in range(rounds):
            for scene in measured:
                for name, program in programs.items():
                    arrive(figures, mode, program, name, scene, number)
                look(figures, mode, scene, home)
        for name, program in programs.items():
            figures.add(name, "memory", mode.name, program.memory() - empty[name])


def arrive(
    figures: Figures, mode: Mode, program: Program, who: str, scene: Scene, number: int
) -> None:
    """One picture from the text that a server sends to the last byte on the terminal."""
    where = f"{mode.name} {scene.name}"
    cells = CELLS if who == OURS else cells_of(scene)
    came = program.ask(
        "arrive",
        file=str(scene.text),
        key=f"{scene.name} {number}",
        size=(scene.width, scene.height),
        cells=cells,
    )
    stall = program.ask("clear").said["stall"]
    figures.add(who, "time", where, (came.last - came.said["came"]) * 1000)
    if who == OURS:
        figures.add(who, "time from the file", where, (came.last - came.said["decoded"]) * 1000)
    figures.add(who, "bytes", where, came.written)
    figures.add(who, "stall", where, max(stall, came.said["decoding"]))
    figures.add(who, "stall after decoding", where, stall)


def look(figures: Figures, mode: Mode, scene: Scene, home: str) -> None:
    """The same picture by the viewers and, for kitty, the floor."""
    where = f"{mode.name} {scene.name}"
    for name, command in viewers.commands(mode, scene.file, cells_of(scene)).items():
        spent, written = viewers.view(command, home, SCREEN, mode.protocol)
        figures.add(name, "time from the file", where, spent)
        figures.add(name, "bytes", where, written)
    if mode.protocol == "kitty":
        figures.add(FLOOR, "time", where, viewers.floor(scene, cells_of(scene)))


def scrolling(
    figures: Figures,
    mode: Mode,
    conversation: str,
    files: Sequence[Path],
    rounds: int,
    home: str,
) -> None:
    """From one picture to the next: by single lines up, and by three lines down again."""
    with both(mode, home, home, files) as programs:
        programs[OURS].ask("open", conversation=conversation)
        if PLAIN in programs:
            programs[PLAIN].ask("scroll", steps=1, lines=PERIOD * len(files))
        for program in programs.values():
            program.ask("scroll", steps=PERIOD // 3, lines=-3)
            program.ask("scroll", steps=PERIOD // 3, lines=3)
        for _ in range(rounds):
            for name, program in programs.items():
                steps(figures, program, name, mode.name)


def steps(figures: Figures, program: Program, who: str, where: str) -> None:
    """One round of scrolling; the picture that comes into view has been shown before."""
    for lines in (1, 3):
        count, way = PERIOD // lines, -1 if lines == 1 else 1
        done = program.ask("scroll", steps=count, lines=way * lines, stalls=lines == 3)
        figures.add(who, f"bytes by {lines}", where, done.written / count)
        figures.add(who, f"frame by {lines}", where, done.said["frame"])
        if lines == 1:
            figures.add(who, "processor", where, done.said["processor"])
        else:
            figures.add(who, "stall", where, done.said["stall"])
