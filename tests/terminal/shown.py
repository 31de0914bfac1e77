"""What one cell of a terminal shows: a part of a picture, pixels, or a character."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from tests.terminal.grid import Cell, Colour
from tests.terminal.kitty import places


class KittyCell(NamedTuple):
    """A cell that shows a part of a picture in kitty's memory."""

    image_id: int
    column: int
    row: int
    kind: Literal["kitty"] = "kitty"


class SixelCell(NamedTuple):
    """A cell whose pixels a sixel painted: RGBA, transparent where it left them alone."""

    patch: bytes
    kind: Literal["sixel"] = "sixel"

    @property
    def average(self) -> tuple[int, int, int]:
        """The mean colour of the painted pixels."""
        solid = [
            self.patch[at : at + 3] for at in range(0, len(self.patch), 4) if self.patch[at + 3]
        ]
        red, green, blue = (
            sum(levels) // max(1, len(solid)) for levels in zip(*solid, strict=True)
        )
        return red, green, blue


class TextCell(NamedTuple):
    """A cell with a character, its colours and attributes."""

    text: str
    fg: Colour
    bg: Colour
    attributes: frozenset[str] = frozenset()
    kind: Literal["text"] = "text"


Shown = KittyCell | SixelCell | TextCell


def shown_line(cells: Sequence[Cell]) -> list[Shown]:
    """What stands in the cells of a row."""
    return [
        KittyCell(place.image_id, place.column, place.row) if place is not None else _plain(cell)
        for place, cell in zip(places(cells), cells, strict=True)
    ]


def _plain(cell: Cell) -> Shown:
    if cell.patch is not None:
        return SixelCell(cell.patch)
    return TextCell(cell.text, cell.style.fg, cell.style.bg, cell.style.attributes)
