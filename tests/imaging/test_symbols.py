"""Pictures as block characters: which ones, in which colours, and how near they come."""

from __future__ import annotations

from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from app.imaging.cells import Cells
from app.imaging.symbols import PER_CELL, fitted, glyphs
from tests.imaging.blocks import SIDE, drawn, numbered, pixels_of
from tests.imaging.pictures import BLUE, RED, near, noisy, photo, plain

FINE = ["quadrant", "sextant", "octant"]


def error(cells: Cells, small: Image.Image) -> float:
    """Mean square difference of the cells, drawn, to the pixels that they stand for."""
    image = drawn(cells)
    wanted = small.resize(image.size, Image.Resampling.NEAREST)
    return sum(level * level for level in ImageStat.Stat(ImageChops.difference(image, wanted)).rms)


def least(small: Image.Image, symbols: str) -> float:
    """The least mean square difference that any two colours in each cell can have."""
    across, down = PER_CELL[symbols]
    total = 0.0
    for top in range(0, small.height, down):
        for left in range(0, small.width, across):
            block = small.crop((left, top, left + across, top + down))
            total += best_of([block.getpixel((x, y)) for y in range(down) for x in range(across)])
    return total / (small.width * small.height)


def best_of(pixels: list[Any]) -> float:
    """The least sum of squares when the pixels of a cell are parted in two."""
    everything = set(range(len(pixels)))
    parts = [set(some) for size in range(len(pixels)) for some in combinations(everything, size)]
    return min(spread(pixels, part) + spread(pixels, everything - part) for part in parts)


def spread(pixels: list[Any], part: set[int]) -> float:
    """The sum of squared distances of some pixels to their mean."""
    planes = list(zip(*[pixels[at] for at in part], strict=True))
    squares = [(level - sum(plane) / len(plane)) ** 2 for plane in planes for level in plane]
    return float(sum(squares))


@pytest.mark.parametrize("symbols", FINE)
def test_every_pattern_of_pixels_has_a_character(symbols: str) -> None:
    family = glyphs(symbols)
    across, down = PER_CELL[symbols]
    tall = SIDE[1] // down
    for bits, glyph in enumerate(family):
        wanted = bits if glyph else len(family) - 1 - bits
        pixels = pixels_of(family[wanted])
        filled = [(at % across, at // across * tall) in pixels for at in range(across * down)]
        assert sum(on << at for at, on in enumerate(filled)) == wanted


def test_sextants_and_octants_are_those_of_unicode() -> None:
    assert numbered(ord(glyphs("sextant")[0b000001])) == (0b000001, 3)
    assert glyphs("sextant")[0b111110] == "\U0001fb3b"
    assert glyphs("octant")[0b00000100] == "\U0001cd00"
    assert glyphs("octant")[0b11111110] == "\U0001cde5"
    assert (glyphs("octant")[0b11000000], glyphs("octant")[0b11111100]) == ("▂", "▆")


@pytest.mark.parametrize("symbols", FINE)
def test_two_colours_in_a_cell_are_exact_whatever_their_pattern(symbols: str) -> None:
    across, down = PER_CELL[symbols]
    patterns = 1 << across * down
    small = Image.new("RGB", (patterns * across, down))
    for bits in range(patterns):
        for at in range(across * down):
            place = bits * across + at % across, at // across
            small.putpixel(place, RED if bits >> at & 1 else BLUE)
    assert error(fitted(small, symbols), small) == 0


@pytest.mark.parametrize("symbols", FINE)
def test_the_choice_is_nearly_the_best_that_there_is(symbols: str) -> None:
    across, down = PER_CELL[symbols]
    small = noisy(8 * across, 4 * down, 1, 0.2)
    assert error(fitted(small, symbols), small) < least(small, symbols) * 1.15 + 0.5


def test_finer_symbols_show_more() -> None:
    big = photo(240, 240)
    big.paste(RED, (33, 41, 187, 95))
    big.paste(plain(50, 150, BLUE).rotate(30, expand=True), (100, 60))
    errors = []
    for symbols, (across, down) in PER_CELL.items():
        cells = fitted(big.resize((20 * across, 10 * down), Image.Resampling.BOX), symbols)
        wanted = big.resize((20 * SIDE[0], 10 * SIDE[1]), Image.Resampling.BOX)
        errors.append(sum(ImageStat.Stat(ImageChops.difference(drawn(cells), wanted)).rms))
    assert max(errors[1:]) < errors[0] * 0.8


def test_one_colour_is_an_empty_cell_of_that_colour() -> None:
    for symbols in FINE:
        across, down = PER_CELL[symbols]
        cells = fitted(plain(3 * across, 2 * down), symbols)
        assert (cells.columns, cells.rows, cells.glyphs) == (3, 2, " " * 6)
        assert all(near(back, RED, 1) for _, _, back in cells.row(0) + cells.row(1))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(PER_CELL)), st.integers(1, 9), st.integers(1, 5), st.randoms())
def test_any_picture_has_a_cell_for_each_of_its_blocks(
    symbols: str, columns: int, rows: int, random: Random
) -> None:
    across, down = PER_CELL[symbols]
    size = (columns * across, rows * down)
    pixels = random.randbytes(size[0] * size[1] * 3)
    small = Image.frombytes("RGB", size, pixels)
    cells = fitted(small, symbols)
    assert (cells.columns, cells.rows) == (columns, rows)
    assert len(cells.fore) == len(cells.back) == columns * rows * 3
    mean = small.resize((columns, rows), Image.Resampling.BOX).tobytes()
    assert error(cells, small) <= error(Cells(columns, " " * columns * rows, mean, mean), small) + 1
