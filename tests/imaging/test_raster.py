"""What is written to terminals, read back: kitty's pixels, sixels, half cells."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from app.domain.errors import BadInput
from app.imaging import kitty, sixel
from app.imaging.backdrop import checkerboard
from app.imaging.cells import half_cells, written
from app.imaging.raster import Job, Prepared, Protocol, Unwanted, prepare
from tests.imaging.pictures import BLUE, RED, encoded, halves, near, opened, photo, plain, rotated
from tests.imaging.sixels import painted

CARD = (24, 26, 30)
HALF = Job("a", 20, 10, "halfcell", 10, 20, CARD)
SIXEL = replace(HALF, protocol="sixel")
KITTY = replace(HALF, protocol="kitty")


def stacked(made: Prepared) -> Image.Image:
    """All sixel rows as a terminal would show them, one below the other."""
    job = made.job
    whole = Image.new("RGBA", (job.columns * job.cell_width, job.rows * job.cell_height))
    for row, line in enumerate(made.lines):
        image = painted(line)
        extra = image.crop((0, job.cell_height, image.width, image.height))
        assert extra.height == 0 or extra.getchannel("A").getextrema() == (0, 0)
        whole.paste(image.crop((0, 0, image.width, job.cell_height)), (0, row * job.cell_height))
    assert whole.getchannel("A").getextrema() == (255, 255)
    return whole.convert("RGB")


def uploaded(made: Prepared) -> bytes:
    """The payload of an upload; checks that its chunks follow the protocol."""
    data = ""
    for at, chunk in enumerate(made.upload):
        found = re.fullmatch(r"\x1b_G([^;]*);([A-Za-z0-9+/=]*)\x1b\\", chunk)
        assert found, chunk[:60]
        keys = dict(part.split("=") for part in found[1].split(","))
        assert keys["m"] == ("0" if at == len(made.upload) - 1 else "1")
        assert keys["q"] == "2"
        assert ("i" in keys) == (at == 0)
        assert len(found[2]) <= 4096
        data += found[2]
    return b64decode(data)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference as the eye sees it from a step away."""
    blurred = [image.filter(ImageFilter.GaussianBlur(2)) for image in (one, other)]
    return max(ImageStat.Stat(ImageChops.difference(*blurred)).mean)


def test_kitty_gets_exactly_the_pixels_of_its_cells() -> None:
    made = prepare(encoded(halves(400, 400)), KITTY, 0x05000009)
    image = Image.frombytes("RGB", (200, 200), uploaded(made))
    assert near(image.getpixel((10, 100)), RED)
    assert near(image.getpixel((190, 100)), BLUE)
    head = made.upload[0]
    assert "a=T,U=1,q=2,i=83886089,c=20,r=10,f=24,s=200,v=200," in head
    assert made.lines == ()
    assert (made.width, made.height, made.plain) == (400, 400, True)


def test_kitty_gets_png_over_a_slow_link() -> None:
    made = prepare(encoded(halves(400, 400)), replace(KITTY, compress=True), 0x05000009)
    image = opened(uploaded(made))
    assert (image.format, image.size) == ("PNG", (200, 200))


def test_kitty_placeholders_number_the_first_cell_only() -> None:
    marks = kitty.diacritics()
    row = kitty.placeholders(0x05000009, 3, 4, 8)
    first = kitty.PLACEHOLDER + marks[3] + marks[4] + marks[5]
    assert row == "\x1b[38;5;9m" + first + kitty.PLACEHOLDER * 3 + "\x1b[39m"
    assert kitty.placeholders(0x05000009, 3, 4, 4) == ""


def test_kitty_numbers_are_those_of_textual_image() -> None:
    from textual_image.renderable.tgp import _NUMBER_TO_DIACRITIC

    assert kitty.diacritics() == tuple(map(chr, _NUMBER_TO_DIACRITIC))


def test_kitty_ids_fit_an_indexed_colour_and_one_diacritic() -> None:
    ids = list(islice(kitty.image_ids(), 3000))
    assert len(set(ids)) == len(ids)
    assert all(number & 0xFFFF00 == 0 and number & 255 and number >> 24 for number in ids)
    assert all(number < 2**32 for number in ids)


def test_kitty_through_tmux_is_wrapped() -> None:
    made = prepare(encoded(halves(400, 400)), replace(KITTY, tmux=True), 0x05000009)
    for chunk in made.upload:
        assert chunk.startswith("\x1bPtmux;\x1b\x1b_G")
        assert chunk.endswith("\x1b\x1b\\\x1b\\")
    assert kitty.delete(7) == "\x1b_Ga=d,d=I,i=7,q=2\x1b\\"
    assert kitty.delete(7, tmux=True) == "\x1bPtmux;\x1b\x1b_Ga=d,d=I,i=7,q=2\x1b\x1b\\\x1b\\"


@pytest.mark.parametrize("cell_height", [6, 17, 20, 24])
def test_sixel_rows_show_nearly_the_picture(cell_height: int) -> None:
    job = replace(SIXEL, cell_height=cell_height)
    data = encoded(photo(400, 20 * cell_height))
    made = prepare(data, job)
    wanted = opened(data).resize((200, 10 * cell_height), Image.Resampling.LANCZOS)
    assert len(made.lines) == 10
    assert difference(stacked(made), wanted) < 2.5


def test_sixel_rows_end_without_a_line_feed() -> None:
    for line in prepare(encoded(photo(400, 400)), SIXEL).lines:
        assert line.startswith('\x1bP0;1;0q"1;1;200;20#')
        assert not line.removesuffix("\x1b\\").endswith(("-", "$"))
        assert line.count("-") == 3
        assert line.count("\x1b") == 2


def test_few_colours_stay_exact_in_sixels() -> None:
    image = stacked(prepare(encoded(halves(400, 400, (255, 0, 0), (0, 0, 255))), SIXEL))
    assert image.getpixel((5, 5)) == (255, 0, 0)
    assert image.getpixel((195, 195)) == (0, 0, 255)


def test_one_pixel_as_sixels() -> None:
    (line,) = sixel.encode_rows(plain(1, 1, (255, 255, 255)), 20)
    assert line == '\x1bP0;1;0q"1;1;1;1#0;2;100;100;100#0@\x1b\\'


def test_half_cells_have_two_colours_each() -> None:
    cells = bytes([*RED, *RED, *BLUE, *BLUE])
    row = half_cells(cells, 2).row(0)
    assert row == [("▀", bytes(RED), bytes(BLUE)), ("▀", bytes(RED), bytes(BLUE))]
    assert written(row) == ("\x1b[38;2;220;40;30;48;2;30;60;200m▀▀\x1b[0m")


@pytest.mark.parametrize("protocol", ["halfcell", "sixel", "kitty"])
def test_every_protocol_has_a_half_cell_form(protocol: Protocol) -> None:
    made = prepare(encoded(halves(400, 400)), replace(HALF, protocol=protocol), 0x05000009)
    assert (made.cells.columns, made.cells.rows) == (20, 10)
    left, right = made.cells.row(4)[2], made.cells.row(4)[17]
    assert near(left[1], RED)
    assert near(right[2], BLUE)


def test_half_cell_lines_follow_the_picture() -> None:
    made = prepare(encoded(halves(400, 400)), HALF)
    assert len(made.lines) == 10
    for line in made.lines:
        assert line.count("▀") == 20
        assert line.startswith("\x1b[38;2;220;40;30;48;2;220;40;30m▀▀▀▀▀")


def test_transparent_parts_show_a_quiet_checkerboard() -> None:
    made = prepare(encoded(halves(400, 400, (*RED, 255), (0, 0, 0, 0))), KITTY, 0x05000009)
    image = Image.frombytes("RGB", (200, 200), uploaded(made))
    assert near(image.getpixel((10, 100)), RED)
    beside = image.crop((110, 0, 200, 200)).getcolors()
    assert beside is not None
    assert {colour for _, colour in beside} == {CARD, tuple(level + 14 for level in CARD)}
    assert not made.plain


def test_the_checkerboard_is_darker_on_a_light_card() -> None:
    board = checkerboard((32, 32), (250, 250, 250), 8)
    assert board.getpixel((0, 0)) == (250, 250, 250)
    assert board.getpixel((8, 0)) == (236, 236, 236)


@pytest.mark.parametrize("protocol", ["halfcell", "sixel", "kitty"])
def test_pictures_that_fill_no_whole_cells_are_centred_on_the_card(protocol: Protocol) -> None:
    job = replace(HALF, columns=60, rows=1, protocol=protocol)
    made = prepare(encoded(plain(4000, 10)), job, 0x05000009)
    assert not made.plain
    if protocol == "kitty":
        image = Image.frombytes("RGB", (600, 20), uploaded(made))
        assert image.getpixel((300, 2)) == CARD
        assert near(image.getpixel((300, 10)), RED)


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (3840, 2160)])
@pytest.mark.parametrize("protocol", ["halfcell", "sixel", "kitty"])
def test_extreme_sizes(size: tuple[int, int], protocol: Protocol) -> None:
    made = prepare(encoded(plain(*size)), replace(HALF, protocol=protocol), 0x05000009)
    assert (made.width, made.height) == size
    assert made.cost > 0


def test_a_part_fills_the_cells_with_the_originals_pixels() -> None:
    job = replace(KITTY, crop=(190, 100, 210, 120))
    made = prepare(encoded(halves(400, 400)), job, 0x05000009)
    image = Image.frombytes("RGB", (200, 200), uploaded(made))
    assert near(image.getpixel((40, 100)), RED)
    assert near(image.getpixel((160, 100)), BLUE)
    assert (made.width, made.height) == (400, 400)
    assert made.plain


def test_a_part_is_measured_in_the_upright_picture() -> None:
    turned = rotated(halves(400, 200), 6)
    upper = prepare(turned, replace(HALF, crop=(0, 0, 200, 100)))
    lower = prepare(turned, replace(HALF, crop=(0, 300, 200, 400)))
    assert (upper.width, upper.height) == (200, 400)
    assert near(upper.cells.row(5, 10, 11)[0][1], RED, 20)
    assert near(lower.cells.row(5, 10, 11)[0][1], BLUE, 20)


@pytest.mark.parametrize("crop", [(-50, -50, 900, 900), (399, 399, 399, 399), (500, 500, 900, 900)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_a_part_outside_is_moved_inside(crop: tuple[int, int, int, int], kind: str) -> None:
    made = prepare(encoded(halves(400, 400), kind), replace(HALF, crop=crop))
    assert near(made.cells.row(5, 18, 19)[0][1], BLUE, 20)


def test_work_that_nobody_wants_stops_between_its_stages() -> None:
    for wanted in range(3):
        answers = chain([True] * wanted, [False])
        with pytest.raises(Unwanted):
            prepare(encoded(halves(400, 400)), HALF, 0, partial(next, answers))
        assert next(answers, None) is None


def test_files_are_read_and_their_trouble_told(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    with pytest.raises(BadInput, match="cannot be read"):
        prepare(path, HALF)
    path.write_bytes(encoded(halves(40, 40)))
    assert prepare(path, HALF).width == 40
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(BadInput, match="damaged"):
        prepare(path, HALF)
