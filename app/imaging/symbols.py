"""Block characters: for each cell of a picture the one, and the two colours, that show it best.

Half cells need no choice. The finer families are fitted with Pillow's arithmetic over the whole
picture at once: in each cell, the pixels brighter than its mean become the character, and then
twice each pixel goes to the nearer of the two mean colours. For 60x30 cells this takes 1.3 ms with
an error 1 % above that of trying all characters; chafa 1.14 with the same characters takes 6 to
13 ms and errs as much at its greatest effort, more at its usual one, knows no octants, and its
median colours and preprocessing only add error. Error of a photo and of small text, of 255:
half cells 10.1 and 37.4, quadrants 8.7 and 34.7, sextants 8.1 and 32.6, octants 7.9 and 31.8.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

from app.imaging.cells import Cells, half_cells

if TYPE_CHECKING:
    from PIL.Image import Image

PER_CELL = {"half": (1, 2), "quadrant": (2, 2), "sextant": (2, 3), "octant": (2, 4)}
"""Pixels across and down that one character of each family can tell apart."""
ROUNDS = 2
"""More of them change less than 0.1 % of the error."""
_LEAST = 1e-6
"""Keeps a division by a share of no pixels finite."""
_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
_FIRST = {"quadrant": 0x2596, "sextant": 0x1FB00, "octant": 0x1CD00}
"""Where the characters of a family begin in Unicode, without those that were there before."""
_SPECIAL: dict[str, dict[int, str]] = {
    "quadrant": dict.fromkeys((0b1100, 0b1101, 0b1110, 0b1111), ""),
    "sextant": {},
    "octant": {0b11000000: "▂", 0b11111100: "▆"}
    | dict.fromkeys((1, 2, 3, 0b10100, 0b101000, 0b111111, 0b1000000, 0b10000000), ""),
}
"""Characters not used: octants that Unicode has elsewhere, some of which kitty 0.41 draws as
boxes, and quadrants that fill the cell's bottom, where some fonts leave a line uncovered."""


@cache
def glyphs(symbols: str) -> tuple[str, ...]:
    """The characters of a family, by the bits of the pixels that they fill: upper left first.

    Where there is none (empty), the one for the other pixels shows the same with its colours
    exchanged.
    """
    across, down = PER_CELL[symbols]
    known = {_filled(bits, down): glyph for bits, glyph in enumerate(_QUADRANTS)}
    known.update(_SPECIAL[symbols])
    fresh = count(_FIRST[symbols])
    patterns = range(1 << across * down)
    return tuple(known[bits] if bits in known else chr(next(fresh)) for bits in patterns)


def _filled(quadrants: int, down: int) -> int:
    """Quadrants as pixels, ``down`` of them in a column; -1 where they split a pixel."""
    upper, lower = quadrants & 3, quadrants >> 2
    if down % 2 and upper != lower:
        return -1
    return sum((upper if row < down / 2 else lower) << 2 * row for row in range(down))


def fitted(small: Image, symbols: str) -> Cells:
    """RGB pixels, PER_CELL of them in each cell, as characters of a family."""
    across, down = PER_CELL[symbols]
    columns = small.width // across
    if symbols == "half":
        return half_cells(small.tobytes(), columns)
    mask, fore, back = _split(small, across, down)
    weights = b"".join(
        bytes([1 << row * across + column for column in range(across)]) * columns
        for row in range(down)
    )
    numbers = _numbers(mask, weights * (small.height // down), across, down)
    return Cells(columns, *_named(numbers, fore, back, glyphs(symbols)))


def _named(
    numbers: bytes, fore: bytes, back: bytes, family: tuple[str, ...]
) -> tuple[str, bytes, bytes]:
    """The characters and their colours, exchanged where there is no such character."""
    named, inks, papers = [], bytearray(fore), bytearray(back)
    for at, number in enumerate(numbers):
        glyph = family[number]
        if not glyph:
            glyph, colour = family[len(family) - 1 - number], slice(at * 3, at * 3 + 3)
            inks[colour], papers[colour] = back[colour], fore[colour]
        named.append(glyph)
    return "".join(named), bytes(inks), bytes(papers)


def _split(small: Image, across: int, down: int) -> tuple[Image, bytes, bytes]:
    """Which pixels belong to the character (1 or 0), and the mean colours of both kinds."""
    from PIL import Image as Pillow

    cell = (across, down)
    channels = [channel.convert("F") for channel in small.split()]
    means = [channel.reduce(cell) for channel in channels]
    light = small.convert("L").convert("F")
    mask = _math(lambda a: a["p"] > a["m"], p=light, m=_wide(light.reduce(cell), small))
    for _ in range(ROUNDS):
        fore, back = _colours(channels, means, mask.convert("F"), cell)
        mask = _nearer(small, channels, fore, back)
    fore, back = _colours(channels, means, mask.convert("F"), cell)
    planes = [
        Pillow.merge("RGB", [_math(lambda a: a["c"] + 0.5, c=c).convert("L") for c in colour])
        for colour in (fore, back)
    ]
    return mask, planes[0].tobytes(), planes[1].tobytes()


def _colours(
    channels: list[Image], means: list[Image], mask: Image, cell: tuple[int, int]
) -> tuple[list[Image], list[Image]]:
    """The mean colour of the pixels in the mask and of the others, for each cell."""
    share = mask.reduce(cell)
    fore, back = [], []
    for channel, mean in zip(channels, means, strict=True):
        inside = _math(lambda a: a["c"] * a["k"], c=channel, k=mask).reduce(cell)
        fore.append(_math(lambda a: a["i"] / (a["n"] + _LEAST), i=inside, n=share))
        back.append(
            _math(lambda a: (a["m"] - a["i"]) / (1 + _LEAST - a["n"]), i=inside, n=share, m=mean)
        )
    return fore, back


def _nearer(small: Image, channels: list[Image], fore: list[Image], back: list[Image]) -> Image:
    """The pixels nearer to the cell's first colour than to its second."""
    apart = [_math(lambda a: a["f"] - a["b"], f=f, b=b) for f, b in zip(fore, back, strict=True)]
    middle = [_math(lambda a: a["f"] + a["b"], f=f, b=b) for f, b in zip(fore, back, strict=True)]
    limit = _wide(_product(middle, apart), small)
    along = _product(channels, [_wide(plane, small) for plane in apart])
    return _math(lambda a: a["p"] * 2 > a["t"], p=along, t=limit)


def _product(one: list[Image], other: list[Image]) -> Image:
    """The sum of the products of three planes."""
    planes = {f"p{at}": plane for at, plane in enumerate(one + other)}
    return _math(lambda a: a["p0"] * a["p3"] + a["p1"] * a["p4"] + a["p2"] * a["p5"], **planes)


def _wide(plane: Image, small: Image) -> Image:
    """A value for each cell as a value for each pixel."""
    from PIL.Image import Resampling

    return plane.resize(small.size, Resampling.NEAREST)


def _numbers(mask: Image, weights: bytes, across: int, down: int) -> bytes:
    """The bits of each cell's pixels in the mask, as one byte."""
    from PIL import Image as Pillow

    weight = Pillow.frombytes("L", mask.size, weights).convert("F")
    mean = _math(lambda a: a["k"] * a["w"], k=mask.convert("F"), w=weight).reduce((across, down))
    return _math(lambda a: a["m"] * (across * down) + 0.5, m=mean).convert("L").tobytes()


def _math(formula: Callable[[dict[str, Any]], Any], **planes: Image) -> Image:
    from PIL import ImageMath

    result: Image = ImageMath.lambda_eval(formula, **planes)
    return result
