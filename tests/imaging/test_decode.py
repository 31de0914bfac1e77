"""Headers, cell arithmetic, and decoding to exactly the size asked for."""

from __future__ import annotations

import pytest
from PIL import Image

from app.domain.errors import BadInput
from app.imaging.decode import decode_scaled, fit_cells, fit_pixels
from app.imaging.headers import Probe, probe
from tests.imaging.pictures import RED, encoded, halves, near, photo, plain, rotated

SIZES = [(1, 1), (1, 700), (700, 1), (97, 31), (1024, 1024), (3840, 2160)]


@pytest.mark.parametrize("size", SIZES[:-1])
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("GIF", {}),
        ("BMP", {}),
        ("TIFF", {}),
    ],
)
def test_headers_tell_format_and_size(
    kind: str, options: dict[str, object], size: tuple[int, int]
) -> None:
    data = encoded(plain(*size), kind, **options)
    assert probe(data) == Probe(kind.lower(), *size)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (encoded(plain(31, 17, (*RED, 90)), "WEBP"), Probe("webp", 31, 17)),
        (encoded(halves(31, 17), "JPEG", progressive=True), Probe("jpeg", 31, 17)),
        (b'<svg width="300" height="150px">', Probe("svg", 300, 150)),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<svg viewBox="0 0 64 32">', Probe("svg", 64, 32)),
        (b"<svg>", Probe("svg")),
        (b"", Probe()),
        (b"BM", Probe()),
        (b"hello", Probe()),
        (b"\x89PNG\r\n\x1a\n\0\0", Probe("png")),
        (b"\xff\xd8\xff", Probe("jpeg")),
        (b"\xff\xd8\xff" + bytes(4000), Probe("jpeg")),
        (b"RIFF\0\0\0\0WEBPVP8 ", Probe("webp")),
        (b"II*\0\xff\xff\xff\xff", Probe("tiff")),
        (b"GIF89a\1", Probe("gif")),
    ],
)
def test_headers_of_odd_and_broken_files(data: bytes, expected: Probe) -> None:
    assert probe(data) == expected


def test_probing_damage_never_raises() -> None:
    for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"):
        whole = encoded(halves(9, 7), kind)
        for end in range(0, min(len(whole), 200)):
            probe(whole[:end])


@pytest.mark.parametrize(
    ("size", "box", "cells"),
    [
        ((1024, 1024), (60, 60), (60, 30)),
        ((1536, 1024), (60, 60), (60, 20)),
        ((1024, 1536), (60, 30), (40, 30)),
        ((3840, 2160), (60, 60), (60, 17)),
        ((1, 1), (60, 60), (1, 1)),
        ((100, 100), (60, 60), (20, 10)),
        ((5000, 1), (60, 60), (60, 1)),
        ((1, 5000), (60, 60), (1, 60)),
        ((1024, 1024), (0, 0), (1, 1)),
        ((99_999, 99_999), (9_999, 9_999), (297, 148)),
        ((0, 0), (10, 10), (1, 1)),
    ],
)
def test_cells_keep_the_aspect(
    size: tuple[int, int], box: tuple[int, int], cells: tuple[int, int]
) -> None:
    assert fit_cells(*size, *box, 10, 20) == cells


def test_pixels_keep_the_aspect_and_grow_at_most_twofold() -> None:
    assert fit_pixels(1536, 1024, 600, 600) == (600, 400)
    assert fit_pixels(10, 20, 600, 600) == (20, 40)
    assert fit_pixels(1, 4000, 600, 600) == (1, 600)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("target", [(1, 1), (60, 34), (601, 338)])
def test_pictures_come_in_exactly_the_size_asked_for(
    size: tuple[int, int], target: tuple[int, int]
) -> None:
    image = decode_scaled(encoded(plain(*size)), *target)
    assert (image.size, image.mode) == (target, "RGB")
    assert near(image.getpixel((target[0] // 2, target[1] // 2)), RED)


@pytest.mark.parametrize(
    ("data", "mode", "colour"),
    [
        (encoded(Image.new("I;16", (64, 64), 257 * 77)), "RGB", (77, 77, 77)),
        (encoded(Image.new("L", (64, 64), 77)), "RGB", (77, 77, 77)),
        (encoded(plain(64, 64).quantize(8)), "RGB", RED),
        (encoded(plain(64, 64, (*RED, 128)).quantize(8)), "RGBA", (*RED, 128)),
        (encoded(plain(64, 64, (*RED, 128))), "RGBA", (*RED, 128)),
        (encoded(plain(64, 64, (*RED, 255))), "RGB", RED),
        (encoded(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG"), "RGB", (254, 0, 0)),
        (encoded(plain(64, 64), "GIF"), "RGB", RED),
        (encoded(plain(64, 64), "WEBP"), "RGB", RED),
    ],
    ids=["grey16", "grey", "palette", "palette-alpha", "alpha", "opaque", "cmyk", "gif", "webp"],
)
def test_every_kind_of_pixels_becomes_8_bit(
    data: bytes, mode: str, colour: tuple[int, ...]
) -> None:
    image = decode_scaled(data, 20, 20)
    assert image.mode == mode
    assert near(image.getpixel((10, 10)), colour)


@pytest.mark.parametrize(
    ("mode", "levels", "greys"),
    [
        ("I", (0, 65_535), (0, 255)),
        ("I", (100 * 257, 100 * 257), (100, 100)),
        ("I", (0, 2**31 - 1), (0, 255)),
        ("I", (500_000, 1_000_000), (128, 255)),
        ("I", (-1_000_000, 1_000_000), (0, 255)),
        ("F", (0.25, 1.0), (64, 255)),
        ("F", (0.0, 0.0), (0, 0)),
        ("F", (51.0, 255.0), (51, 255)),
        ("F", (2_000.0, 4_000.0), (128, 255)),
        ("F", (-1.0, 1.0), (0, 255)),
        ("F", (float("nan"), 1.0), None),
        ("F", (0.0, float("inf")), None),
    ],
)
def test_greys_of_many_bits_keep_their_range(
    mode: str, levels: tuple[float, float], greys: tuple[int, int] | None
) -> None:
    picture = Image.new(mode, (64, 64), levels[0])
    picture.paste(levels[1], (32, 0, 64, 64))
    data = encoded(picture, "TIFF")
    image = decode_scaled(data, 20, 20)
    assert image.mode == "RGB"
    for x, grey in zip((2, 17), greys or (), strict=False):
        assert near(image.getpixel((x, 10)), (grey, grey, grey))


def test_transparent_edges_take_no_colour_from_what_is_hidden() -> None:
    image = halves(64, 64, (*RED, 255), (0, 0, 0, 0))
    edge = decode_scaled(encoded(image), 9, 9).getpixel((4, 4))
    assert isinstance(edge, tuple)
    assert 0 < edge[3] < 255
    assert near(edge[:3], RED)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turns_the_picture_upright(orientation: int) -> None:
    image = decode_scaled(rotated(halves(80, 40), orientation), 40, 40)
    spots = {
        "left": image.getpixel((4, 20)),
        "right": image.getpixel((36, 20)),
        "top": image.getpixel((20, 4)),
        "bottom": image.getpixel((20, 36)),
    }
    red = {
        1: "left",
        2: "right",
        3: "right",
        4: "left",
        5: "top",
        6: "top",
        7: "bottom",
        8: "bottom",
    }
    assert near(spots[red[orientation]], RED, 30)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        encoded(photo(64, 64))[:300],
        encoded(photo(64, 64), "JPEG")[:300],
        encoded(photo(64, 64), "WEBP")[:80],
        encoded(photo(64, 64), "GIF")[:900],
    ],
)
def test_damage_is_said_in_words(data: bytes) -> None:
    with pytest.raises(BadInput):
        decode_scaled(data, 10, 10)


def test_bombs_are_refused_from_the_header() -> None:
    header = encoded(plain(1, 1))
    bomb = header[:16] + (20_000).to_bytes(4, "big") * 2 + header[24:]
    with pytest.raises(BadInput, match="too many"):
        decode_scaled(bomb, 10, 10)
