"""Cells in fewer colours, for terminals that have 256 or 16."""

from __future__ import annotations

from functools import lru_cache

from app.imaging.cells import Cell

_SIXTEEN = [
    (level * (number & 1), level * (number >> 1 & 1), level * (number >> 2))
    for level in (128, 255)
    for number in range(8)
]
_SIXTEEN[7], _SIXTEEN[8] = (192, 192, 192), (128, 128, 128)
"""The first colours as most terminals have them; themes differ."""
_STEPS = (0, 95, 135, 175, 215, 255)
_STEP_OF = [min(range(6), key=lambda at: abs(_STEPS[at] - level)) for level in range(256)]
"""The nearest step of the 6x6x6 cube, for each level."""
_PATTERN = (0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5)
"""Which of 4x4 neighbours turns to the next colour first."""
_SPREAD = {256: 20, 16: 90}
"""How far, of 255, the pattern moves a colour: about the distance between two of the palette."""


def reduced(row: list[Cell], depth: int, x: int, y: int) -> list[Cell]:
    """A row of cells (the first of them in column x of row y) in 256 or 16 colours.

    A pattern that stays with the picture mixes neighbouring colours of the palette.
    """
    spread = _SPREAD[depth]
    result = []
    for at, (glyph, fore, back) in enumerate(row, x):
        shift = (_PATTERN[at % 4 + y % 4 * 4] - 7.5) / 16 * spread
        result.append((glyph, _shifted(fore, shift, depth), _shifted(back, shift, depth)))
    return result


def _shifted(colour: bytes, shift: float, depth: int) -> bytes:
    red, green, blue = (max(0, min(255, int(level + shift))) & ~3 for level in colour)
    return nearest(red, green, blue, depth)


@lru_cache(1 << 14)
def nearest(red: int, green: int, blue: int, depth: int) -> bytes:
    """The number of the palette's nearest colour. Of 256, the first 16 are left to the theme."""
    colour = (red, green, blue)
    if depth == 16:
        return bytes([min(range(16), key=lambda number: _apart(colour, _SIXTEEN[number]))])
    steps = [_STEP_OF[level] for level in colour]
    grey = max(0, min(23, (sum(colour) // 3 - 3) // 10))
    in_cube = _apart(colour, tuple(_STEPS[step] for step in steps))
    if _apart(colour, (8 + 10 * grey,) * 3) < in_cube:
        return bytes([232 + grey])
    return bytes([16 + 36 * steps[0] + 6 * steps[1] + steps[2]])


def _apart(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """How different two colours look."""
    red, green, blue = (a - b for a, b in zip(one, other, strict=True))
    return 2 * red * red + 4 * green * green + 3 * blue * blue
