"""The text form of a picture: for each cell a character and two colours, and how it is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

BLOCK = "▀"
Cell = tuple[str, bytes, bytes]
"""A character, its colour and the colour behind it.

A colour is three bytes (red, green, blue) or one: its number in the terminal's palette.
"""


@dataclass(frozen=True, slots=True)
class Cells:
    """A grid of cells, row by row; immutable."""

    columns: int
    glyphs: str
    """One character for each cell."""
    fore: bytes
    """Red, green and blue of each character."""
    back: bytes
    """Red, green and blue behind each character."""

    @property
    def cost(self) -> int:
        """Bytes held."""
        return len(self.glyphs) * 4 + len(self.fore) + len(self.back)

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.glyphs) // self.columns

    def row(self, row: int, start: int = 0, end: int | None = None) -> list[Cell]:
        """The cells of a row, or those from column ``start`` to ``end`` (exclusive)."""
        first = row * self.columns
        last = first + (self.columns if end is None else end)
        fore, back = self.fore, self.back
        return [
            (self.glyphs[at], fore[at * 3 : at * 3 + 3], back[at * 3 : at * 3 + 3])
            for at in range(first + start, last)
        ]


def half_cells(pixels: bytes, columns: int) -> Cells:
    """RGB pixels, two rows of them in each row of cells, as upper half blocks."""
    step = columns * 3
    lines = [pixels[at : at + step] for at in range(0, len(pixels), step)]
    count = len(pixels) // 6
    return Cells(columns, BLOCK * count, b"".join(lines[::2]), b"".join(lines[1::2]))


def written(row: Iterable[Cell]) -> str:
    """The escape string of a row: colours only where they change, one reset at the end.

    A space needs no colour of its own.
    """
    parts: list[str] = []
    last_fore, last_back = b"", b""
    for glyph, fore, back in row:
        codes = []
        if fore != last_fore and glyph != " ":
            codes.append(_code(fore, 30))
            last_fore = fore
        if back != last_back:
            codes.append(_code(back, 40))
            last_back = back
        if codes:
            parts.append(f"\x1b[{';'.join(codes)}m")
        parts.append(glyph)
    return "".join(parts) + "\x1b[0m"


def _code(colour: bytes, base: int) -> str:
    """The parameter that selects a colour, for characters (30) or behind them (40)."""
    if len(colour) == 3:
        return f"{base + 8};2;{colour[0]};{colour[1]};{colour[2]}"
    number = colour[0]
    if number >= 16:
        return f"{base + 8};5;{number}"
    return str(base + number if number < 8 else base + 52 + number)


def written_rows(cells: Cells) -> tuple[str, ...]:
    """The escape strings of all rows."""
    return tuple(written(cells.row(row)) for row in range(cells.rows))
