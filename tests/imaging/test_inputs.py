"""Attachments: what goes through untouched, what is converted, what is refused and why."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from app.domain.errors import BadInput
from app.imaging import inputs
from app.imaging.inputs import check_bytes, check_file, mask
from tests.imaging.pictures import BLUE, RED, encoded, halves, near, opened, photo, plain, rotated


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, depth: int, colour: int, pixels: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.mark.parametrize(
    ("data", "mime", "alpha"),
    [
        (encoded(halves(40, 30)), "image/png", False),
        (encoded(plain(40, 30, (*RED, 90))), "image/png", True),
        (encoded(halves(40, 30), "JPEG"), "image/jpeg", False),
        (encoded(halves(40, 30), "WEBP"), "image/webp", False),
        (encoded(plain(40, 30, (*RED, 90)), "WEBP"), "image/webp", True),
        (encoded(plain(1, 1)), "image/png", False),
        (rotated(halves(40, 30), 1), "image/jpeg", False),
    ],
)
def test_what_can_be_sent_stays_byte_for_byte(data: bytes, mime: str, alpha: bool) -> None:
    checked = check_bytes(data, "a.dat")
    assert checked.data == data
    assert (checked.name, checked.mime, checked.has_alpha) == ("a.dat", mime, alpha)
    assert (checked.width, checked.height) == opened(data).size
    assert checked.note == ""


def test_a_rotated_photo_is_turned_upright() -> None:
    checked = check_bytes(rotated(halves(40, 20)), "photo.jpg")
    image = opened(checked.data)
    assert checked.mime == "image/png"
    assert (checked.width, checked.height) == image.size == (20, 40)
    assert near(image.getpixel((10, 4)), RED)
    assert near(image.getpixel((10, 36)), BLUE)
    assert not image.getexif()


@pytest.mark.parametrize(
    ("data", "mode", "colour"),
    [
        (encoded(Image.new("L", (8, 8), 128)), "RGB", (128, 128, 128)),
        (encoded(Image.new("LA", (8, 8), (128, 60))), "RGBA", (128, 128, 128, 60)),
        (encoded(Image.new("1", (8, 8), 1)), "RGB", (255, 255, 255)),
        (encoded(plain(8, 8).quantize(4)), "RGB", RED),
        (encoded(plain(8, 8), transparency=RED), "RGBA", (*RED, 0)),
        (
            encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=95),
            "RGB",
            (254, 0, 0),
        ),
        (encoded(Image.new("I;16", (8, 8), 257 * 77)), "RGB", (77, 77, 77)),
        (encoded(plain(8, 8), "BMP"), "RGB", RED),
        (encoded(plain(8, 8), "TIFF"), "RGB", RED),
        (encoded(plain(8, 8), "GIF"), "RGB", RED),
        (
            png(8, 8, 16, 2, b"".join(b"\0" + bytes([220, 1, 40, 2, 30, 3]) * 8 for _ in range(8))),
            "RGB",
            RED,
        ),
    ],
    ids=[
        "grey",
        "grey-alpha",
        "bilevel",
        "palette",
        "keyed",
        "cmyk",
        "grey16",
        "bmp",
        "tiff",
        "gif",
        "rgb16",
    ],
)
def test_everything_else_becomes_an_8_bit_png(
    data: bytes, mode: str, colour: tuple[int, ...]
) -> None:
    checked = check_bytes(data, "x")
    image = opened(checked.data)
    assert (checked.mime, image.format, image.mode) == ("image/png", "PNG", mode)
    assert checked.data[24] == 8
    assert near(image.getpixel((4, 4)), colour)
    assert checked.has_alpha == (mode == "RGBA")


def test_the_first_frame_of_an_animation_is_used() -> None:
    frames = [plain(8, 8, RED), plain(8, 8, BLUE)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    checked = check_bytes(data, "a.gif")
    assert near(opened(checked.data).convert("RGB").getpixel((4, 4)), RED)
    assert checked.note == "first of 2 frames"


def test_a_colour_profile_is_applied_when_converting() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(plain(8, 8), "TIFF", icc_profile=profile)
    image = opened(check_bytes(data, "x").data)
    assert near(image.getpixel((4, 4)), RED)
    assert "icc_profile" not in image.info


def test_a_picture_over_the_limit_is_reduced_until_it_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Image.effect_noise((300, 200), 90).convert("RGB")
    data = encoded(noise)
    monkeypatch.setattr(inputs, "MAX_SENT", len(data) // 3)
    checked = check_bytes(data, "big.png")
    assert len(checked.data) <= len(data) // 3
    assert checked.width / checked.height == pytest.approx(1.5, abs=0.05)
    assert (checked.width, checked.height) == opened(checked.data).size
    assert checked.note == f"reduced to {checked.width}x{checked.height}"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"hello there", "is not a picture that can be sent"),
        (b"%PDF-1.7 and so on", "is not a picture that can be sent"),
        (b"<svg width='4' height='4'/>", "SVG"),
        (b"\0\0\0\x20ftypheic" + bytes(40), "HEIC"),
        (b"\0\0\0\x20ftypavif" + bytes(40), "AVIF"),
        (encoded(photo(64, 64))[:400], "damaged or cut off"),
        (encoded(photo(64, 64), "JPEG")[:400], "damaged or cut off"),
        (encoded(photo(64, 64), "WEBP")[:100], "damaged or cut off"),
        (b"\x89PNG\r\n\x1a\n", "damaged or cut off"),
        (png(20_000, 20_000, 8, 2), "too many"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_reason(data: bytes, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_bytes(data, "thing.png")
    assert words in refused.value.sentence
    assert "thing.png" in refused.value.sentence
    assert refused.value.hint


def test_a_file_is_read_and_named(tmp_path: Path) -> None:
    path = tmp_path / "a fox.png"
    path.write_bytes(encoded(plain(4, 4)))
    assert check_file(path).name == "a fox.png"


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="There is no file"):
        check_file(tmp_path / "none.png")
    with pytest.raises(BadInput, match="is a folder"):
        check_file(tmp_path)
    with pytest.raises(BadInput, match="cannot be read"):
        check_file(Path("\0"))
    big = tmp_path / "big.png"
    big.write_bytes(encoded(photo(64, 64)))
    monkeypatch.setattr(inputs, "MAX_FILE", 100)
    with pytest.raises(BadInput, match="can be attached"):
        check_file(big)


def test_a_mask_needs_an_alpha_channel() -> None:
    assert mask(encoded(plain(4, 4, (*RED, 0)))).has_alpha
    with pytest.raises(BadInput, match="no alpha channel"):
        mask(encoded(plain(4, 4)))


def test_jpegs_with_a_second_picture_inside_stay_as_they_are() -> None:
    buffer = BytesIO()
    halves(16, 16).save(buffer, "MPO", save_all=True, append_images=[plain(8, 8)])
    assert check_bytes(buffer.getvalue(), "phone.jpg").data == buffer.getvalue()
