"""Sixels: palette, dithering, and the bands that C and Python write alike."""

from __future__ import annotations

import asyncio
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFilter, ImageStat

from app.imaging import libchafa, sixel
from app.imaging.libchafa import COLOURS
from app.imaging.palette import quantized
from tests.imaging.pictures import BLUE, RED, halves, noisy, plain
from tests.imaging.sixels import painted

HEIGHTS = [6, 17, 19, 20, 22, 24]


@pytest.fixture
def no_chafa(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer where chafa's library cannot be loaded."""
    monkeypatch.setitem(sys.modules, "chafa", None)
    monkeypatch.setattr(libchafa, "_library", libchafa._library.__wrapped__)
    monkeypatch.setattr(libchafa, "_works", libchafa._works.__wrapped__)


def shown(rows: tuple[str, ...], cell_height: int) -> Image.Image:
    """All rows as a terminal shows them: nothing below a row, every pixel of it painted."""
    images = [painted(row) for row in rows]
    whole = Image.new("RGBA", (images[0].width, cell_height * len(rows)))
    for at, image in enumerate(images):
        below = image.crop((0, cell_height, *image.size))
        assert not below.height or below.getchannel("A").getextrema() == (0, 0)
        whole.paste(image.crop((0, 0, image.width, cell_height)), (0, at * cell_height))
    assert whole.getchannel("A").getextrema() == (255, 255)
    return whole.convert("RGB")


def expected(image: Image.Image) -> Image.Image:
    """The picture in the colours of its palette."""
    paletted, percents = quantized(image)
    paletted.putpalette([round(part * 255 / 100) for colour in percents for part in colour])
    return paletted.convert("RGB")


def blurred_error(one: Image.Image, other: Image.Image) -> float:
    """Root mean square difference as the eye sees it from a step away, of 255."""
    far = [image.filter(ImageFilter.GaussianBlur(1.5)) for image in (one, other)]
    return max(ImageStat.Stat(ImageChops.difference(*far)).rms)


@pytest.mark.parametrize("cell_height", HEIGHTS)
def test_every_pixel_of_every_row_is_painted_in_its_colour(cell_height: int) -> None:
    image = noisy(61, 3 * cell_height, 1)
    assert shown(sixel.encode_rows(image, cell_height), cell_height) == expected(image)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.integers(1, 3), st.integers(1, 26), st.integers(0, 9))
def test_any_size_paints_the_same_by_c_and_by_python(
    width: int, rows: int, cell_height: int, seed: int
) -> None:
    paletted, percents = quantized(noisy(width, rows * cell_height, seed))
    heights = [cell_height] * rows
    fast, slow = libchafa.bands(paletted, heights), sixel.bands(paletted, heights)
    assert fast is not None
    colours = [b"#%d;2;%d;%d;%d" % (at, *colour) for at, colour in enumerate(percents)]
    for one, other in zip(fast, slow, strict=True):
        pictures = [painted(sixel._row(row, width, cell_height, colours)) for row in (one, other)]
        assert pictures[0] == pictures[1]


@pytest.mark.usefixtures("no_chafa")
def test_without_chafa_the_picture_is_the_same() -> None:
    image = noisy(60, 40, 2)
    assert libchafa.bands(quantized(image)[0], [20, 20]) is None
    assert shown(sixel.encode_rows(image, 20), 20) == expected(image)


def test_a_chafa_that_counts_otherwise_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libchafa, "_STAND_INS", [*libchafa._STAND_INS[3:], 1, 2, 3])
    monkeypatch.setattr(libchafa, "_works", libchafa._works.__wrapped__)
    assert libchafa.bands(quantized(noisy(60, 40, 3))[0], [20, 20]) is None


def test_rows_are_independent_and_end_without_a_line_feed() -> None:
    for row in sixel.encode_rows(noisy(50, 60, 4), 20):
        assert row.startswith('\x1bP0;1;0q"1;1;50;20#')
        assert not row.removesuffix("\x1b\\").endswith(("-", "$"))
        assert (row.count("-"), row.count("\x1b")) == (3, 2)


def test_gaudy_pictures_do_not_posterise() -> None:
    down = Image.linear_gradient("L")
    bright = Image.new("L", down.size, 255)
    image = Image.merge("HSV", (down.rotate(90), down, bright)).convert("RGB")
    assert blurred_error(expected(image), image) < 2.5


def test_white_paper_stays_white_and_flat_parts_flat() -> None:
    image = noisy(200, 200, 5)
    image.paste((255, 255, 255), (0, 0, 200, 120))
    image.paste((0, 0, 0), (0, 120, 200, 160))
    result = expected(image)
    assert result.crop((0, 0, 200, 119)).getcolors() == [(200 * 119, (255, 255, 255))]
    assert result.getpixel((100, 150)) == (0, 0, 0)


def test_few_colours_stay_as_they_are() -> None:
    image = halves(60, 40, (255, 255, 255), (250, 250, 252))
    image.paste((0, 0, 0), (0, 0, 5, 5))
    _, percents = quantized(image)
    assert sorted(set(percents)) == [(0, 0, 0), (98, 98, 99), (100, 100, 100)]
    assert ImageStat.Stat(ImageChops.difference(expected(image), image)).extrema[0][1] <= 1


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 9))
def test_indices_stay_below_what_the_encoder_tells_apart(
    width: int, height: int, seed: int
) -> None:
    paletted, percents = quantized(noisy(width, height, seed))
    assert len(percents) <= COLOURS
    assert max(paletted.tobytes()) < len(percents)
    assert all(0 <= part <= 100 for colour in percents for part in colour)


def test_one_pixel() -> None:
    for colour, percents in ((RED, "86;16;12"), (BLUE, "12;24;78")):
        (row,) = sixel.encode_rows(plain(1, 1, colour), 20)
        assert f"#0;2;{percents}" in row
        assert painted(row).getpixel((0, 0))


async def test_other_work_goes_on_while_a_picture_is_encoded() -> None:
    image = noisy(600, 400, 6)
    await asyncio.to_thread(sixel.encode_rows, image.crop((0, 0, 60, 20)), 20)
    task = asyncio.create_task(asyncio.to_thread(sixel.encode_rows, image, 20))
    gaps, last = [], time.perf_counter()
    while not task.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        gaps.append(now - last)
        last = now
    assert len(await task) == 20
    assert sorted(gaps)[len(gaps) // 2] < 0.02
