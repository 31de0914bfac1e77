"""Rows of cells as escape strings: few colour changes, any part of a row, fewer colours."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.imaging.cells import Cell, Cells, half_cells, written, written_rows
from app.imaging.colours import nearest, reduced
from tests.imaging.blocks import read
from tests.imaging.pictures import BLUE, RED, photo

COLOURS = st.sampled_from([bytes(RED), bytes(BLUE), b"\0\0\0", b"\xff\xff\xff", b"\x07", b"\xe8"])
ROWS = st.lists(st.tuples(st.sampled_from("▀▌▚ █"), COLOURS, COLOURS), max_size=12)


@given(ROWS)
@settings(max_examples=150, deadline=None)
def test_what_is_written_reads_back_as_it_was(row: list[Cell]) -> None:
    shown = [(glyph, b"" if glyph == " " else fore, back) for glyph, fore, back in row]
    assert read(written(row)) == shown


def test_colours_are_written_only_where_they_change() -> None:
    row = [("▀", bytes(RED), bytes(BLUE))] * 3 + [(" ", bytes(BLUE), bytes(BLUE))]
    assert written(row) == "\x1b[38;2;220;40;30;48;2;30;60;200m▀▀▀ \x1b[0m"
    row = [("▌", b"\x01", b"\x0c"), ("▌", b"\x01", b"\xe8")]
    assert written(row) == "\x1b[31;104m▌\x1b[48;5;232m▌\x1b[0m"


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 4))
@settings(max_examples=40, deadline=None)
def test_a_part_of_a_row_is_a_slice_of_it(start: int, end: int, row: int) -> None:
    cells = half_cells(photo(12, 10).tobytes(), 12)
    assert cells.row(row, start, end) == cells.row(row)[start:end]


def test_half_cells_are_upper_blocks() -> None:
    cells = half_cells(photo(6, 4).tobytes(), 6)
    assert (cells.columns, cells.rows, cells.glyphs) == (6, 2, "▀" * 12)
    assert cells.cost == 12 * 10
    image = photo(6, 4)
    assert cells.row(1)[5] == ("▀", bytes(image.getpixel((5, 2))), bytes(image.getpixel((5, 3))))  # type: ignore[arg-type]
    assert [read(line) for line in written_rows(cells)] == [cells.row(0), cells.row(1)]


@pytest.mark.parametrize(
    ("colour", "of_256", "of_16"),
    [
        ((0, 0, 0), 16, 0),
        ((255, 255, 255), 231, 15),
        ((255, 0, 0), 196, 9),
        ((95, 135, 175), 67, 8),
        ((118, 118, 118), 243, 8),
        ((0, 100, 0), 22, 2),
    ],
)
def test_the_nearest_colour(colour: tuple[int, int, int], of_256: int, of_16: int) -> None:
    assert nearest(*colour, 256) == bytes([of_256])
    assert nearest(*colour, 16) == bytes([of_16])


def test_sixteen_colours_mix_in_a_pattern_that_stays_with_the_picture() -> None:
    depth, colour = 16, bytes([160, 160, 160])
    row: list[Cell] = [("▀", colour, colour)] * 16
    few = [reduced(row, depth, 0, y) for y in range(4)]
    numbers = {fore for line in few for _, fore, _ in line}
    assert len(numbers) > 1
    assert all(fore == back for line in few for _, fore, back in line)
    assert reduced(row[5:], depth, 5, 2) == few[2][5:]


def test_a_grid_knows_its_size() -> None:
    assert Cells(3, " " * 12, bytes(36), bytes(36)).rows == 4
