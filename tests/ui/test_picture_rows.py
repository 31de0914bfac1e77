"""One row of a picture: whole, in parts, tinted, on the last line, in fewer colours."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.style import Style
from textual.strip import Strip

from app.imaging.cells import Cell
from app.imaging.raster import Job, Prepared, Protocol, Symbols, prepare
from app.ui.widgets.picture_rows import PictureRow, Sheet
from tests.imaging.blocks import drawn, read
from tests.imaging.pictures import encoded, noisy, opened
from tests.imaging.sixels import painted

CARD = (24, 26, 30)
COLUMNS, ROWS, WIDTH = 12, 4, 15
SYMBOLS: list[Symbols] = ["half", "quadrant", "sextant", "octant"]
PROTOCOLS: list[Protocol] = ["halfcell", "sixel", "kitty"]
SYSTEMS = {"truecolor": 3, "256": 1, "standard": 1}
"""Names of colour systems and how many bytes a colour has there."""


@cache
def made(protocol: Protocol = "halfcell", symbols: Symbols = "half") -> Prepared:
    job = Job("a", COLUMNS, ROWS, protocol, 10, 20, CARD, symbols=symbols)
    return prepare(encoded(noisy(240, 160, 1)), job, 0x05000009)


def console(system: str = "truecolor") -> Console:
    return Console(color_system=system, force_terminal=True)  # type: ignore[arg-type]


def blank() -> Style:
    """The card, anew: Rich keeps in a style how it was written first, in whatever colours."""
    return Style(bgcolor="rgb(24,26,30)")


def row(prepared: Prepared, at: int = 1) -> PictureRow:
    return Sheet().rows(prepared, WIDTH, blank())[at]


def cells(strip: Strip, system: str = "truecolor") -> list[Cell]:
    """What a terminal shows of a strip of text."""
    return read(strip.render(console(system)))


def text_of(prepared: Prepared, at: int) -> list[Cell]:
    """The text form of a row and the blank card beside it."""
    shown = prepared.cells.row(at) + [(" ", b"", bytes(CARD))] * (WIDTH - COLUMNS)
    return [(glyph, b"" if glyph == " " else fore, back) for glyph, fore, back in shown]


@pytest.mark.parametrize("symbols", SYMBOLS)
def test_a_row_is_its_picture_and_then_blank_card(symbols: Symbols) -> None:
    assert cells(row(made(symbols=symbols))) == text_of(made(symbols=symbols), 1)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("symbols", SYMBOLS)
@settings(max_examples=15, deadline=None)
@given(start=st.integers(0, WIDTH), end=st.integers(0, WIDTH))
def test_a_part_is_a_slice_of_the_whole(
    system: str, symbols: Symbols, start: int, end: int
) -> None:
    whole = row(made(symbols=symbols))
    part = whole.crop(start, end)
    assert part.cell_length == max(0, end - start)
    assert cells(part, system) == cells(whole, system)[start:end]
    assert list(part.text) == list(whole.text)[start:end]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(1, WIDTH), unique=True, max_size=4).map(sorted))
def test_pieces_put_together_are_the_row(protocol: Protocol, cuts: list[int]) -> None:
    whole = row(made(protocol, "quadrant"))
    pieces = whole.divide([*cuts, WIDTH])
    assert sum(piece.cell_length for piece in pieces) == WIDTH
    assert "".join(piece.text for piece in pieces) == whole.text
    if protocol == "sixel" and not [cut for cut in cuts if cut < COLUMNS]:
        assert pieces[0].render(console()).startswith("\x1b7\x1bP")
    elif protocol != "kitty":
        wanted = text_of(made(protocol, "quadrant"), 1)
        assert [cell for piece in pieces for cell in cells(piece)] == wanted


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_looks_at_segments_sees_text_in_two_colours(protocol: Protocol) -> None:
    prepared = made(protocol, "sextant")
    segments = list(row(prepared))
    assert "".join(segment.text for segment in segments[:COLUMNS]) == "".join(
        glyph for glyph, _, _ in prepared.cells.row(1)
    )
    tinted = row(prepared).apply_style(Style(bold=True))
    assert tinted.text == row(prepared).text
    assert "\x1bP" not in tinted.render(console())


@pytest.mark.parametrize("symbols", SYMBOLS)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_protocol_has_the_same_text_form(protocol: Protocol, symbols: Symbols) -> None:
    one, other = drawn(made(protocol, symbols).cells), drawn(made("halfcell", symbols).cells)
    close = [abs(a - b) for a, b in zip(one.tobytes(), other.tobytes(), strict=True)]
    assert sum(close) / len(close) < 16


def test_a_sixel_row_is_painted_whole_or_as_text() -> None:
    prepared = made("sixel", "quadrant")
    whole = row(prepared).render(console())
    assert whole.startswith("\x1b7\x1bP")
    assert f"\x1b8\x1b[{COLUMNS}C" in whole
    sixel = whole[2 : whole.index("\x1b8")]
    assert painted(sixel).size[0] == COLUMNS * 10
    assert "\x1bP" not in row(prepared).crop(2).render(console())
    assert "\x1bP" not in row(prepared).at_bottom().render(console())
    assert "\x1bP" in row(prepared).crop(0, COLUMNS - 2).render(console())


@pytest.mark.parametrize("system", ["256", "standard"])
def test_fewer_colours_stay_near_the_picture(system: str) -> None:
    prepared, depth = made(), SYSTEMS[system]
    for at in range(ROWS):
        shown = cells(row(prepared, at), system)[:COLUMNS]
        assert {len(fore) for _, fore, _ in shown} == {depth}
        limit = 16 if system == "standard" else 256
        assert all(fore[0] < limit and back[0] < limit for _, fore, back in shown)
    assert "38;2;" not in row(prepared).render(console(system))


def test_the_picture_in_cells_is_the_picture() -> None:
    image = drawn(made(symbols="octant").cells)
    wanted = opened(encoded(noisy(240, 160, 1))).resize((4, 4))
    for one, other in zip(image.resize((4, 4)).tobytes(), wanted.tobytes(), strict=True):
        assert abs(one - other) < 30


def test_rows_are_kept_until_something_changes() -> None:
    sheet = Sheet()
    rows = sheet.rows(made(), WIDTH, blank())
    assert sheet.rows(made(), WIDTH, blank()) is rows
    assert sheet.rows(made(), WIDTH + 1, blank()) is not rows
    assert rows[0].render(console()) is rows[0].render(console())
