"""Pictures made on the spot for the imaging and picture tests."""

from __future__ import annotations

from io import BytesIO
from random import Random
from typing import Any

from PIL import Image

RED, GREEN, BLUE = (220, 40, 30), (30, 160, 60), (30, 60, 200)


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The picture as a file's bytes."""
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def plain(width: int, height: int, colour: tuple[int, ...] = RED) -> Image.Image:
    """One colour, RGB or RGBA by the number of its channels."""
    return Image.new("RGB" if len(colour) == 3 else "RGBA", (width, height), colour)


def halves(
    width: int, height: int, left: tuple[int, ...] = RED, right: tuple[int, ...] = BLUE
) -> Image.Image:
    """Two colours side by side."""
    image = plain(width, height, left)
    image.paste(right, (width // 2, 0, width, height))
    return image


def photo(width: int, height: int) -> Image.Image:
    """Smooth gradients in all three channels: what a poor palette would posterise."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    around = Image.radial_gradient("L").resize((width, height))
    return Image.merge("RGB", (across, down, around))


def noisy(width: int, height: int, seed: int, share: float = 0.3) -> Image.Image:
    """Gradients with grey noise over them: many colours, the same for the same seed."""
    noise = Image.frombytes("L", (width, height), Random(seed).randbytes(width * height))
    return Image.blend(photo(width, height), noise.convert("RGB"), share)


def rotated(image: Image.Image, orientation: int = 6) -> bytes:
    """A JPEG whose EXIF says that it must be turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(image, "JPEG", quality=95, exif=exif.tobytes())


def opened(data: bytes) -> Image.Image:
    """The picture in these bytes, decoded."""
    image = Image.open(BytesIO(data))
    image.load()
    return image


def near(one: Any, other: Any, by: int = 12) -> bool:
    """Whether two colours look the same."""
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))
