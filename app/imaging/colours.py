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
_SPREAD = {256: 0, 16: 45}
"""How far, of 255, the pattern moves a colour. At the size of cells a pattern hides more than it
shows, so it is kept for the 16 colours, which are far apart, and weak."""
_VIVID = {256: 1.0, 16: 1.6}
"""How much stronger colours are made first: most would end as one of few greys otherwise."""


def reduced(row: list[Cell], depth: int, x: int, y: int) -> list[Cell]:
    """A row of cells (the first of them in column x of row y) in 256 or 16 colours.

    The pattern that mixes neighbouring colours of the palette stays with the picture.
    """
    spread = _SPREAD[depth]
    result = []
    for at, (glyph, fore, back) in enumerate(row, x):
        shift = int((_PATTERN[at % 4 + y % 4 * 4] - 7.5) / 16 * spread)
        result.append((glyph, _shifted(fore, shift, depth), _shifted(back, shift, depth)))
    return result


def _shifted(colour: bytes, shift: int, depth: int) -> bytes:
    red, green, blue = (max(0, min(255, level + shift)) & ~3 for level in colour)
    return nearest(red, green, blue, depth)


@lru_cache(1 << 14)
def nearest(red: int, green: int, blue: int, depth: int) -> bytes:
    """The number of the palette's nearest colour. Of 256, the first 16 are left to the theme."""
    grey, vivid = (red + green + blue) / 3, _VIVID[depth]
    colour = tuple(grey + (level - grey) * vivid for level in (red, green, blue))
    if depth == 16:
        return bytes([min(range(16), key=lambda number: _apart(colour, _SIXTEEN[number]))])
    steps = [_STEP_OF[level] for level in (red, green, blue)]
    shade = max(0, min(23, round((grey - 8) / 10)))
    in_cube = _apart(colour, tuple(_STEPS[step] for step in steps))
    if _apart(colour, (8 + 10 * shade,) * 3) < in_cube:
        return bytes([232 + shade])
    return bytes([16 + 36 * steps[0] + 6 * steps[1] + steps[2]])


def _apart(one: tuple[float, ...], other: tuple[int, ...]) -> float:
    """How different two colours look."""
    red, green, blue = (a - b for a, b in zip(one, other, strict=True))
    return 2 * red * red + 4 * green * green + 3 * blue * blue
