"""Animations made on the spot: frames of one colour each, so that every frame can be told."""

from __future__ import annotations

from collections.abc import Sequence
from colorsys import hsv_to_rgb
from io import BytesIO
from typing import Any

from tests.imaging.pictures import plain


def colour(number: int, count: int) -> tuple[int, int, int]:
    """The colour of a frame."""
    red, green, blue = hsv_to_rgb(number / count, 0.9, 0.9)
    return round(red * 255), round(green * 255), round(blue * 255)


def animated(
    count: int,
    milliseconds: int | Sequence[int] = 100,
    *,
    kind: str = "GIF",
    size: tuple[int, int] = (60, 40),
    **options: Any,
) -> bytes:
    """An animation's bytes; endless unless ``loop`` says otherwise (None: played once)."""
    frames = [plain(*size, colour(number, count)) for number in range(count)]
    options = {"loop": 0, **options}
    if options["loop"] is None:
        del options["loop"]
    if kind == "WEBP":
        options["lossless"] = True
    buffer = BytesIO()
    lasting = milliseconds if isinstance(milliseconds, int) else list(milliseconds)
    frames[0].save(
        buffer, kind, save_all=True, append_images=frames[1:], duration=lasting, **options
    )
    return buffer.getvalue()
