"""The cells of a terminal: text, colours, patches of sixel pixels, cursor, margins, scrolling."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from wcwidth import wcwidth

Colour = int | tuple[int, int, int] | None
"""An index of the palette, red, green and blue, or the terminal's own."""


class Style(NamedTuple):
    """How a character looks."""

    fg: Colour = None
    bg: Colour = None
    attributes: frozenset[str] = frozenset()


class Cell(NamedTuple):
    """One cell. The right half of a wide character has an empty text."""

    text: str = " "
    style: Style = Style()
    patch: bytes | None = None
    """RGBA of the cell's pixels where a sixel painted it."""


STALE = Cell("\ufffd", Style((255, 0, 255), (255, 0, 255)))
"""What a resize may leave behind: nobody may count on the old contents."""


@lru_cache(maxsize=4096)
def width_of(character: str) -> int:
    """Cells that a character takes; kitty's placeholder is one wide in every table."""
    return max(0, wcwidth(character))


class Grid:
    """One screen of cells. Positions count from 0; the cursor stays inside."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.rows = rows
        self.x = 0
        self.y = 0
        self.style = Style()
        self.wraps = True
        self.top, self.bottom = 0, rows - 1
        """First and last row of the scroll region."""
        self.scrolled = 0
        """Lines that went by at the bottom margin by themselves, not by a scroll command."""
        self._past_end = False
        """Whether the last column was written: the cursor hangs behind it."""
        self._saved: tuple[int, int, Style] = (0, 0, Style())
        self.cells = [self._line() for _ in range(rows)]

    def resize(self, columns: int, rows: int) -> None:
        """Another size; what stands there afterwards is anyone's guess."""
        self.columns, self.rows = columns, rows
        self.cells = [[STALE] * columns for _ in range(rows)]
        self.top, self.bottom = 0, rows - 1
        self.move(self.x, self.y)

    def move(self, x: int, y: int) -> None:
        """Puts the cursor somewhere on the screen."""
        self.x = min(max(x, 0), self.columns - 1)
        self.y = min(max(y, 0), self.rows - 1)
        self._past_end = False

    def margins(self, top: int, bottom: int) -> None:
        """Sets the scroll region (rows, both inside) and homes the cursor."""
        bottom = min(bottom, self.rows - 1)
        if top < bottom:
            self.top, self.bottom = top, bottom
            self.move(0, 0)

    def save(self) -> None:
        """DECSC: remembers cursor and style."""
        self._saved = (self.x, self.y, self.style)

    def restore(self) -> None:
        """DECRC."""
        x, y, self.style = self._saved
        self.move(x, y)

    def write(self, text: str) -> None:
        """Text at the cursor. Combining characters stay in the cell before it."""
        for character in text:
            wide = width_of(character)
            if wide == 0:
                self._combine(character)
                continue
            if self._past_end or self.x + wide > self.columns:
                self._wrap(wide)
            self._put(self.x, Cell(character, self.style))
            if wide == 2:
                self._put(self.x + 1, Cell("", self.style))
            self.x += wide
            if self.x >= self.columns:
                self.x, self._past_end = self.columns - 1, True

    def line_feed(self) -> None:
        """Down one row; at the bottom margin the region scrolls."""
        self._past_end = False
        if self.y == self.bottom:
            self.scrolled += 1
            self.scroll(1)
        elif self.y < self.rows - 1:
            self.y += 1

    def reverse_line_feed(self) -> None:
        """Up one row; at the top margin the region scrolls down."""
        self._past_end = False
        if self.y == self.top:
            self.scroll(-1)
        elif self.y > 0:
            self.y -= 1

    def scroll(self, count: int, top: int | None = None) -> None:
        """Moves the rows of the region (from ``top`` on) up, or down for a negative count."""
        first = self.top if top is None else top
        moved = self.cells[first : self.bottom + 1]
        size = min(abs(count), len(moved))
        fresh = [self._line() for _ in range(size)]
        kept = moved[size:] + fresh if count > 0 else fresh + moved[: len(moved) - size]
        self.cells[first : self.bottom + 1] = kept

    def insert_lines(self, count: int) -> None:
        """IL, or DL for a negative count: only inside the region."""
        if self.top <= self.y <= self.bottom:
            self.scroll(-count, self.y)
            self.x = 0

    def erase_line(self, how: int, y: int | None = None) -> None:
        """EL: 0 right of the cursor, 1 left of it, 2 all; the cursor's own cell in any case."""
        start, end = ((self.x, self.columns), (0, self.x + 1), (0, self.columns))[how]
        self.erase_cells(start, end - start, y)

    def erase_cells(self, start: int, count: int, y: int | None = None) -> None:
        """Blanks cells of a row in the current background."""
        row = self.y if y is None else y
        for x in range(start, min(start + count, self.columns)):
            self._put(x, self._blank(), row)

    def erase_display(self, how: int) -> None:
        """ED: 0 from the cursor on, 1 up to it, 2 and 3 all."""
        rows = (
            range(self.y + 1, self.rows),
            range(self.y),
            range(self.rows),
            range(self.rows),
        )[how]
        for y in rows:
            self.cells[y] = self._line()
        if how < 2:
            self.erase_line(how)

    def shift_cells(self, count: int) -> None:
        """ICH, or DCH for a negative count: the rest of the row moves right or left."""
        line, blank = self.cells[self.y], self._blank()
        size = min(abs(count), self.columns - self.x)
        rest = line[self.x :]
        rest = [blank] * size + rest[: len(rest) - size] if count > 0 else rest[size:]
        self.cells[self.y] = (line[: self.x] + rest + [blank] * size)[: self.columns]

    def _blank(self) -> Cell:
        return Cell(" ", Style(None, self.style.bg))

    def _line(self) -> list[Cell]:
        return [self._blank()] * self.columns

    def _put(self, x: int, cell: Cell, y: int | None = None) -> None:
        """Writes one cell; half a wide character does not survive."""
        line = self.cells[self.y if y is None else y]
        if line[x].text == "" and x:
            line[x - 1] = line[x - 1]._replace(text=" ")
        if x + 1 < self.columns and line[x + 1].text == "":
            line[x + 1] = line[x + 1]._replace(text=" ")
        line[x] = cell

    def _combine(self, mark: str) -> None:
        """Adds a combining character to the cell that was written last."""
        x = self.x if self._past_end else self.x - 1
        line = self.cells[self.y]
        if x >= 0 and line[x].text == "":
            x -= 1
        if x >= 0:
            line[x] = line[x]._replace(text=line[x].text + mark)

    def _wrap(self, wide: int) -> None:
        if self.wraps:
            self.x = 0
            self.line_feed()
        else:
            self.x = self.columns - wide
