"""Colours come out right whatever a file holds: depths, palettes, CMYK, profiles, transparency."""

from __future__ import annotations

import re
import struct
import zlib

import pytest
from PIL import Image, features

from app.domain.errors import BadInput
from app.imaging.decode import decode_scaled, open_checked
from app.imaging.headers import Probe, probe
from app.imaging.raster import Job, Protocol, prepare
from tests.imaging.pictures import BLUE, GREEN, RED, encoded, halves, near, plain
from tests.imaging.sixels import painted

CARD = (24, 26, 30)
LIGHTER = tuple(level + 14 for level in CARD)
COLOURANTS = (b"rXYZ", b"gXYZ", b"bXYZ")
WHITE_POINT = (0.9642, 1.0, 0.8249)
DISPLAY_P3 = (
    (0.51512, 0.24120, -0.00105),
    (0.29198, 0.69225, 0.04189),
    (0.15710, 0.06657, 0.78407),
)
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))


def profile(primaries: tuple[tuple[float, float, float], ...], gamma: float = 2.2) -> bytes:
    """A colour profile: the XYZ of red, green and blue, and one gamma."""

    def xyz(values: tuple[float, ...]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"text\0\0\0\0none\0\0\0\0"
    name = b"desc\0\0\0\0" + struct.pack(">I", 2) + b"x\0" + bytes(78)
    parts = [(b"desc", name), (b"cprt", text), (b"wtpt", xyz(WHITE_POINT))]
    parts += [(kind, xyz(one)) for kind, one in zip(COLOURANTS, primaries, strict=True)]
    parts += [(kind, curve) for kind in (b"rTRC", b"gTRC", b"bTRC")]
    at = 128 + 4 + 12 * len(parts)
    table, body = struct.pack(">I", len(parts)), b""
    for kind, data in parts:
        table += kind + struct.pack(">II", at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = struct.pack(">I", at + len(body)) + bytes(4) + b"\x02\x40\0\0mntrRGB XYZ " + bytes(12)
    head += b"acsp" + bytes(28) + struct.pack(">3i", *(round(v * 65536) for v in WHITE_POINT))
    return head.ljust(128, b"\0") + table + body


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png16(colour: int, pixel: tuple[int, ...]) -> bytes:
    """A PNG of 8 x 8 with 16 bits a channel; ``colour`` is the header's colour type."""
    row = b"\0" + struct.pack(f">{len(pixel)}H", *pixel) * 8
    header = struct.pack(">IIBBBBB", 8, 8, 16, colour, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(row * 8)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def keyed(image: Image.Image, kind: str = "PNG") -> bytes:
    """A palette picture in which the colour of its last pixel is transparent."""
    small = image.quantize(4)
    index = small.getpixel((image.width - 1, image.height - 1))
    return encoded(small, kind, transparency=index)


@pytest.mark.parametrize(
    ("data", "colour"),
    [
        (png16(0, (77 * 257,)), (77, 77, 77)),
        (png16(2, tuple(level * 257 for level in RED)), RED),
        (png16(4, (77 * 257, 128 * 257)), (77, 77, 77, 128)),
        (png16(6, tuple(level * 257 for level in (*RED, 128))), (*RED, 128)),
        (encoded(Image.new("I;16B", (8, 8), 77 * 257), "TIFF"), (77, 77, 77)),
        (encoded(Image.new("LA", (8, 8), (77, 128))), (77, 77, 77, 128)),
        (encoded(Image.new("1", (8, 8), 1)), (255, 255, 255)),
        (encoded(plain(8, 8), transparency=RED), (*RED, 0)),
        (keyed(plain(8, 8)), (*RED, 0)),
        (keyed(plain(8, 8), "GIF"), (*RED, 0)),
        (encoded(plain(8, 8, (*RED, 128)).quantize(4)), (*RED, 128)),
        (encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=95), (255, 0, 0)),
        (encoded(Image.new("CMYK", (8, 8), (0, 0, 0, 128)), "TIFF"), (127, 127, 127)),
        (encoded(Image.new("YCbCr", (8, 8), (128, 128, 128)), "JPEG"), (128, 128, 128)),
    ],
    ids=[
        "grey 16",
        "rgb 16",
        "grey-alpha 16",
        "rgba 16",
        "tiff 16",
        "grey-alpha",
        "bilevel",
        "keyed",
        "palette keyed",
        "gif keyed",
        "palette alpha",
        "cmyk jpeg, inverted as Adobe does",
        "cmyk tiff",
        "ycbcr",
    ],
)
def test_every_kind_of_file_shows_its_colour(data: bytes, colour: tuple[int, ...]) -> None:
    image = decode_scaled(data, 5, 5)
    assert image.mode == ("RGBA" if len(colour) == 4 else "RGB")
    pixel = image.getpixel((2, 2))
    assert isinstance(pixel, tuple)
    assert near(pixel[3:], colour[3:], 2)
    assert pixel[3:] == (0,) or near(pixel[:3], colour[:3], 3)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize(
    ("primaries", "stored", "seen"),
    [
        (DISPLAY_P3, (180, 90, 60), (195, 83, 47)),
        (ADOBE_RGB, (150, 100, 80), (167, 100, 78)),
        (DISPLAY_P3, (128, 128, 128), (129, 129, 129)),
        (ADOBE_RGB, (255, 255, 255), (255, 255, 255)),
    ],
    ids=["display p3", "adobe rgb", "grey", "white"],
)
def test_profiles_are_applied(
    kind: str,
    primaries: tuple[tuple[float, float, float], ...],
    stored: tuple[int, int, int],
    seen: tuple[int, int, int],
) -> None:
    image, exact = plain(16, 16, stored), {"quality": 98, "lossless": True}
    data = encoded(image, kind, icc_profile=profile(primaries), **exact)
    assert near(decode_scaled(data, 8, 8).getpixel((4, 4)), seen, 4)


def test_a_profile_leaves_transparency_alone() -> None:
    data = encoded(plain(16, 16, (180, 90, 60, 128)), icc_profile=profile(DISPLAY_P3))
    assert near(decode_scaled(data, 8, 8).getpixel((4, 4)), (195, 83, 47, 128), 4)


@pytest.mark.parametrize(
    "broken", [b"junk", bytes(200), profile(DISPLAY_P3)[:150], profile(DISPLAY_P3)[:-20]]
)
@pytest.mark.parametrize("colour", [RED, (*RED, 128)])
def test_a_broken_profile_changes_nothing(broken: bytes, colour: tuple[int, ...]) -> None:
    data = encoded(plain(16, 16, colour), icc_profile=broken)
    assert near(decode_scaled(data, 8, 8).getpixel((4, 4)), colour, 2)


def test_a_profile_of_another_kind_of_colour_changes_nothing() -> None:
    grey = encoded(Image.new("L", (16, 16), 90), icc_profile=profile(DISPLAY_P3))
    assert near(decode_scaled(grey, 8, 8).getpixel((4, 4)), (90, 90, 90), 4)
    ink = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    data = encoded(ink, "TIFF", icc_profile=profile(DISPLAY_P3))
    assert near(decode_scaled(data, 8, 8).getpixel((4, 4)), (255, 0, 0), 4)


@pytest.mark.parametrize("protocol", ["sixel", "halfcell"])
def test_transparent_parts_show_the_card_in_squares(protocol: Protocol) -> None:
    job = Job("x", 20, 10, protocol, 10, 20, background=CARD)
    made = prepare(encoded(plain(400, 400, (0, 0, 0, 0))), job)
    seen: set[tuple[int, ...]] = set()
    for line in made.lines:
        if protocol == "sixel":
            colours = painted(line).convert("RGB").crop((0, 0, 200, 20)).getcolors()
            seen |= {colour for _, colour in colours or () if isinstance(colour, tuple)}
        else:
            found = re.findall(r"[34]8;2;(\d+);(\d+);(\d+)", line)
            seen |= {tuple(map(int, colour)) for colour in found}
    assert any(near(colour, CARD, 3) for colour in seen)
    assert any(near(colour, LIGHTER, 3) for colour in seen)
    assert all(any(near(colour, one, 4) for one in (CARD, LIGHTER)) for colour in seen)


@pytest.mark.parametrize(
    ("kind", "options"), [("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {})]
)
def test_of_an_animation_the_first_frame_is_shown(kind: str, options: dict[str, object]) -> None:
    frames = [plain(16, 16, colour) for colour in (RED, GREEN, BLUE)]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
    assert near(decode_scaled(data, 8, 8).getpixel((4, 4)), RED, 3)


@pytest.mark.skipif(not features.check("avif"), reason="Pillow was built without AVIF")
def test_avif_is_shown_and_its_size_read() -> None:
    data = encoded(halves(60, 40), "AVIF", quality=95)
    assert probe(data) == Probe("avif", 60, 40)
    image = decode_scaled(data, 30, 20)
    assert near(image.getpixel((3, 10)), RED)
    assert near(image.getpixel((26, 10)), BLUE)
    with pytest.raises(BadInput):
        decode_scaled(data[:200], 30, 20)
    bomb = data.replace(struct.pack(">II", 60, 40), struct.pack(">II", 60_000, 40_000))
    with pytest.raises(BadInput, match="too many"):
        open_checked(bomb)
