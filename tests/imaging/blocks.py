"""Block characters read back: escape strings as cells, and cells as the pixels they paint."""

from __future__ import annotations

import re

from PIL import Image

from app.imaging.cells import Cell, Cells

SGR = re.compile(r"\x1b\[([\d;]*)m")

FILLED = {
    " ": "", "█": "1234", "▀": "12", "▄": "34", "▌": "13", "▐": "24", "▘": "1", "▝": "2",
    "▖": "3", "▗": "4", "▚": "14", "▞": "23", "▛": "123", "▜": "124", "▙": "134", "▟": "234",
}  # fmt: skip
"""The quadrants that a character fills: upper left, upper right, lower left, lower right."""
QUARTERS = {"▂": range(6, 8), "▆": range(2, 8)}
"""Octants of characters that fill whole quarters of the cell's height."""
SIDE = (2, 12)
"""Pixels of a cell here: halves, thirds and quarters are whole."""


def pixels_of(glyph: str) -> set[tuple[int, int]]:
    """The pixels (x, y) of a cell that a character fills."""
    width, height = SIDE
    if glyph in FILLED:
        parts, down = [int(part) - 1 for part in FILLED[glyph]], 2
    elif glyph in QUARTERS:
        parts, down = list(QUARTERS[glyph]), 4
    else:
        bits, down = numbered(ord(glyph))
        parts = [part for part in range(2 * down) if bits >> part & 1]
    tall = height // down
    return {(part % width, part // width * tall + y) for part in parts for y in range(tall)}


def numbered(code: int) -> tuple[int, int]:
    """The bits of a sextant or an octant, and how many it has in a column."""
    if 0x1FB00 <= code <= 0x1FB3B:
        elsewhere = {0, 0b010101, 0b101010, 0b111111}
        return [bits for bits in range(64) if bits not in elsewhere][code - 0x1FB00], 3
    assert 0x1CD00 <= code <= 0x1CDE5, hex(code)
    quadrants = {upper * 5 + lower * 80 for upper in range(4) for lower in range(4)}
    elsewhere = quadrants | {1, 2, 3, 20, 40, 63, 64, 128, 192, 252}
    return [bits for bits in range(256) if bits not in elsewhere][code - 0x1CD00], 4


def drawn(cells: Cells) -> Image.Image:
    """A grid of cells as an RGB picture of SIDE pixels in each cell."""
    width, height = SIDE
    image = Image.new("RGB", (cells.columns * width, cells.rows * height))
    for row in range(cells.rows):
        for column, (glyph, fore, back) in enumerate(cells.row(row)):
            filled = pixels_of(glyph)
            for x in range(width):
                for y in range(height):
                    colour = fore if (x, y) in filled else back
                    place = column * width + x, row * height + y
                    image.putpixel(place, (colour[0], colour[1], colour[2]))
    return image


def read(row: str) -> list[Cell]:
    """What a terminal would show of a row: spaces have no colour of their own (empty)."""
    cells, colours = [], {"fore": b"", "back": b""}
    for part in re.split(r"(\x1b\[[\d;]*m)", row):
        if found := SGR.fullmatch(part):
            codes = [int(code) for code in found[1].split(";")]
            while codes:
                take(codes, colours)
            continue
        cells += [
            (glyph, b"" if glyph == " " else colours["fore"], colours["back"]) for glyph in part
        ]
    assert colours == {"fore": b"", "back": b""}
    return cells


def take(codes: list[int], colours: dict[str, bytes]) -> None:
    """Carries out the first of the parameters of a colour change."""
    code = codes.pop(0)
    if code == 0:
        colours.update(fore=b"", back=b"")
    elif code in (38, 48):
        count = {2: 3, 5: 1}[codes.pop(0)]
        colours["fore" if code == 38 else "back"] = bytes(codes[:count])
        del codes[:count]
    else:
        bright = code >= 90
        base = code - (60 if bright else 0)
        side = "fore" if base < 40 else "back"
        colours[side] = bytes([base % 10 + (8 if bright else 0)])
