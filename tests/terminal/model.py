"""A terminal small enough for tests: replays what an app wrote, knows what each cell shows."""

from __future__ import annotations

from collections.abc import Callable

from tests.terminal.controls import CONTROLS, ESCAPES, SEQUENCES
from tests.terminal.grid import Grid
from tests.terminal.kitty import KittyPicture, KittyStore
from tests.terminal.sgr import restyled
from tests.terminal.shown import KittyCell, Shown, TextCell, shown_line
from tests.terminal.sixel import over, painted, tile
from tests.terminal.tokens import Token, Tokenizer

_TMUX = "tmux;"


class TerminalModel:
    """Feed it the bytes; ask what stands where. ``faults`` is what a strict terminal would mind.

    Sizes are in cells, ``cell`` is a cell's width and height in pixels.
    """

    def __init__(self, columns: int, rows: int, cell: tuple[int, int] = (10, 20)) -> None:
        self.cell_size = cell
        self.faults: list[str] = []
        self.modes: set[int] = set()
        """Private modes that are on now."""
        self.frames = 0
        """Synchronized updates that have ended."""
        self.written = 0
        """Characters fed so far."""
        self.title = ""
        self.kitty = KittyStore(self.faults)
        self._tokens = Tokenizer()
        self._main = Grid(columns, rows)
        self._other: Grid | None = None
        self._take: dict[str, Callable[[str], None]] = {
            "text": self._write,
            "control": self._control,
            "csi": self._sequence,
            "osc": self._system,
            "dcs": self._device,
            "apc": self.kitty.command,
            "escape": self._escape,
            "unknown": lambda body: self.faults.append(f"an unknown sequence: {body!r}"),
        }

    @property
    def grid(self) -> Grid:
        """The screen that is visible now."""
        return self._other or self._main

    @property
    def alternate(self) -> bool:
        """Whether the app has the alternate screen."""
        return self._other is not None

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self.grid.columns, self.grid.rows

    @property
    def kitty_images(self) -> dict[int, KittyPicture]:
        """The pictures that the terminal still keeps, by id."""
        return self.kitty.pictures

    @property
    def text(self) -> str:
        """The characters on the screen, one line for each row; pictures are blank."""
        lines = [
            "".join(shown.text if isinstance(shown, TextCell) else " " for shown in line)
            for line in self.snapshot()
        ]
        return "\n".join(line.rstrip() for line in lines)

    def feed(self, data: str) -> None:
        """Takes what an app wrote."""
        self.written += len(data)
        for token in self._tokens.feed(data):
            self._obey(token)

    def resize(self, columns: int, rows: int, cell: tuple[int, int] | None = None) -> None:
        """The window's new size, or its font's. Old contents become rubbish in any case."""
        self.cell_size = cell or self.cell_size
        for grid in (self._main, self._other):
            if grid is not None:
                grid.resize(columns, rows)

    def cell(self, x: int, y: int) -> Shown:
        """What stands in a cell."""
        return self.line(y)[x]

    def line(self, y: int) -> list[Shown]:
        """What stands in the cells of a row."""
        return shown_line(self.grid.cells[y])

    def snapshot(self) -> list[list[Shown]]:
        """What stands in all cells, row by row."""
        return [self.line(y) for y in range(self.grid.rows)]

    def check(self) -> list[str]:
        """All faults, those that stand on the screen now among them."""
        found = list(self.faults)
        if self._tokens.rest:
            found.append(f"an unfinished sequence: {self._tokens.rest[:20]!r}")
        for y in range(self.grid.rows):
            for x, shown in enumerate(self.line(y)):
                if isinstance(shown, KittyCell):
                    found += self._missing(x, y, shown)
        return found

    def _missing(self, x: int, y: int, shown: KittyCell) -> list[str]:
        """What is wrong with a placeholder on the screen."""
        picture = self.kitty_images.get(shown.image_id)
        if picture is None:
            return [f"cell {x},{y} shows picture {shown.image_id}, which is not there"]
        if shown.column >= picture.columns or shown.row >= picture.rows:
            return [f"cell {x},{y} shows {shown.column},{shown.row} outside of its picture"]
        return []

    def _obey(self, token: Token) -> None:
        scrolled = self.grid.scrolled
        self._take[token.kind](token.body)
        if self.grid.scrolled > scrolled:
            self.faults.append(f"the screen scrolled by itself at {token.body[:20]!r}")

    def _write(self, text: str) -> None:
        self.grid.write(text)

    def _control(self, character: str) -> None:
        if character in CONTROLS:
            CONTROLS[character](self.grid)
        else:
            self.faults.append(f"a stray control character: {character!r}")

    def _escape(self, letter: str) -> None:
        if letter in ESCAPES:
            ESCAPES[letter](self.grid)
        else:
            self.faults.append(f"an unknown escape: {letter!r}")

    def _system(self, body: str) -> None:
        code, _, value = body.partition(";")
        if code in ("0", "2"):
            self.title = value

    def _sequence(self, body: str) -> None:
        """A control sequence by its last letter; private ones only switch modes."""
        final, inner = body[-1], body[:-1]
        if inner[:1] in ("<", "=", ">") or inner.endswith("$") or final in "nctq":
            return
        if inner.startswith("?"):
            self._switch(inner[1:], final)
        elif final == "m":
            self.grid.style = restyled(self.grid.style, inner)
        elif final in SEQUENCES:
            one, two = [*(int(part or 0) for part in inner.split(";")), 0][:2]
            if final == "H" and (one > self.grid.rows or two > self.grid.columns):
                self.faults.append(f"row {one}, column {two} of {self.grid.rows} rows")
            SEQUENCES[final](self.grid, one, two)
        else:
            self.faults.append(f"an unknown control sequence: {body!r}")

    def _switch(self, numbers: str, final: str) -> None:
        """DECSET and DECRST; the alternate screen begins empty and leaves nothing behind."""
        if final not in "hl":
            return
        for mode in (int(part) for part in numbers.split(";")):
            before = mode in self.modes
            (self.modes.add if final == "h" else self.modes.discard)(mode)
            if mode == 2026 and final == "l" and before:
                self.frames += 1
            elif mode == 1049 and before != (final == "h"):
                self._other = Grid(self._main.columns, self._main.rows) if final == "h" else None
            elif mode == 7:
                self.grid.wraps = final == "h"

    def _device(self, body: str) -> None:
        """A DCS: a sixel, or something for the terminal around tmux."""
        if body.startswith(_TMUX):
            for token in Tokenizer().feed(body[len(_TMUX) :].replace("\x1b\x1b", "\x1b")):
                self._obey(token)
            return
        painting = painted(body)
        self.faults += painting.faults
        grid, (width, height) = self.grid, self.cell_size
        left, top = grid.x, grid.y
        across, down = -(-painting.width // width), -(-painting.reach // height)
        if left + across > grid.columns:
            self.faults.append(f"a sixel at {left},{top} reaches beyond the last column")
        if top + down > grid.bottom:
            self.faults.append(f"a sixel at {left},{top} reaches the last row and may scroll it")
        for row in range(down):
            if top + row >= grid.rows:
                grid.scroll(1)
                top -= 1
            line = grid.cells[top + row]
            for column in range(min(across, grid.columns - left)):
                under = line[left + column]
                pixels, solid = tile(body, column, row, self.cell_size)
                if not solid and under.patch is not None:
                    pixels = over(pixels, under.patch)
                if any(pixels[3::4]):
                    line[left + column] = under._replace(patch=pixels)
        grid.move(left, top + down - 1)
