"""Bytes → picture of exactly the size asked for; header probing; bombs and damage refused."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from math import isfinite
from typing import TYPE_CHECKING, Any

from app.domain.errors import BadInput
from app.imaging.headers import Probe as Probe
from app.imaging.headers import probe as probe

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 89_000_000
"""Largest picture that is decoded, in pixels (just below where Pillow begins to warn)."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""What is decoded, by Pillow's names; everything else is refused before Pillow sees it."""
DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)
"""What Pillow raises for damaged data, depending on where the damage is."""
GENTLE_GAP, FAST_GAP = 2.0, 1.01
"""Pillow's reducing_gap for LANCZOS: above 3x the coarse one looks as good."""
ENLARGE = 2.0
"""Small pictures grow at most by this factor."""
MOST_CELLS = 297
"""Columns and rows of a picture at most: kitty's table numbers no more cells."""


def fit_pixels(width: int, height: int, max_width: int, max_height: int) -> tuple[int, int]:
    """The largest size with the aspect of ``width`` x ``height`` inside the box, in pixels.

    Small pictures are enlarged at most twofold. Never below 1x1.
    """
    scale = min(max_width / max(1, width), max_height / max(1, height), ENLARGE)
    return (
        max(1, min(max_width, round(width * scale))),
        max(1, min(max_height, round(height * scale))),
    )


def fit_cells(
    width_px: int, height_px: int, max_cols: int, max_rows: int, cell_w: int, cell_h: int
) -> tuple[int, int]:
    """Columns and rows that show a picture of that many pixels at its aspect, at least 1x1."""
    max_cols = max(1, min(max_cols, MOST_CELLS))
    max_rows = max(1, min(max_rows, MOST_CELLS))
    width, height = fit_pixels(width_px, height_px, max_cols * cell_w, max_rows * cell_h)
    cols = max(1, min(max_cols, round(width / cell_w)))
    rows = max(1, min(max_rows, round(height / cell_h)))
    return cols, rows


def open_checked(data: bytes) -> Image:
    """The picture with its header read and its pixels not yet decoded.

    Raises BadInput for what is no picture, damaged, or larger than MAX_PIXELS.
    """
    from PIL import Image

    found = probe(data)
    if found.width * found.height > MAX_PIXELS:
        raise BadInput(
            f"The picture has {found.width:,} x {found.height:,} pixels, which is too many.",
            hint=f"Reduce it below {MAX_PIXELS // 1_000_000} megapixels.",
        )
    if found.format == "svg":
        from app.imaging.svg import open_svg

        return open_svg(data)
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
    except (*DAMAGE, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise damaged() from error
    if image.width * image.height > MAX_PIXELS:
        raise BadInput("The picture has too many pixels.")
    return image


def damaged() -> BadInput:
    """The error for data that begins like a picture, but cannot be decoded."""
    return BadInput("The picture is damaged or cut off.", hint="Save it again and retry.")


def upright(image: Image, orientation: int) -> Image:
    """The picture turned and flipped as EXIF ``orientation`` (1 to 8) says."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def orientation_of(image: Image) -> int:
    """The EXIF orientation, 1 when there is none or it cannot be read."""
    try:
        value = image.getexif().get(0x0112, 1)
    except DAMAGE:
        return 1
    return value if isinstance(value, int) else 1


def upright_size(image: Image) -> tuple[int, int]:
    """Width and height as the person sees the picture."""
    if orientation_of(image) >= 5:
        return image.height, image.width
    return image.width, image.height


def to_8bit(image: Image) -> Image:
    """The picture in 8-bit RGB, RGBA or CMYK; alpha and keyed colours are kept."""
    if image.mode in ("RGB", "RGBA", "CMYK") and "transparency" not in image.info:
        return image
    if image.mode[0] in "IF":
        return _grey(image).convert("RGB")
    if image.mode in ("LA", "PA", "La", "RGBa", "RGBA") or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("RGB")


def _grey(image: Image) -> Image:
    """The 8-bit greys of a picture with 16 or 32 bits a pixel, which may be fractions.

    Nothing in it tells what stands for white: that is taken from its range, as viewers do.
    """
    levels = image if image.mode == "F" else image.convert("I")
    extrema: Any = levels.getextrema()
    low, high = map(float, extrema)
    if not isfinite(high - low):
        return levels.convert("L")
    usual = (1.0, 255.0) if image.mode == "F" else (65535.0,)
    black, white = 0.0, next((top for top in usual if high <= top), high)
    if low < 0 or high > usual[-1]:
        black, white = min(low, 0.0), max(high, 1.0)
    scale = 255 / (white - black)
    return levels.point(lambda level: level * scale + -black * scale).convert("L")


def to_srgb(image: Image, profile: bytes | None) -> Image:
    """RGB(A) in sRGB: the colour profile applied where it can be, CMYK always converted."""
    if not profile:
        return image if image.mode in ("RGB", "RGBA") else image.convert("RGB")
    if image.mode == "RGBA":
        colours = to_srgb(image.convert("RGB"), profile)
        colours.putalpha(image.getchannel("A"))
        return colours
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, *DAMAGE):
        converted = None
    return converted or image.convert("RGB")


def opaque(image: Image) -> bool:
    """Whether no pixel lets anything through."""
    return image.mode != "RGBA" or image.getchannel("A").getextrema() == (255, 255)


def decode_scaled(data: bytes, width: int, height: int) -> Image:
    """The picture as RGB (RGBA when anything is transparent) of exactly that size, upright.

    The first frame of an animation. Raises BadInput for damage, bombs and unknown formats.
    """
    return scaled(open_checked(data), width, height)


def scaled(image: Image, width: int, height: int) -> Image:
    """An opened picture decoded and scaled as decode_scaled says. Raises BadInput."""
    from PIL.Image import Resampling

    orientation = orientation_of(image)
    size = (height, width) if orientation >= 5 else (width, height)
    try:
        image.draft(None, (size[0] * 2, size[1] * 2))
        profile = image.info.get("icc_profile")
        small = to_8bit(image)
        if small.mode == "RGBA" and not opaque(small):
            small = small.convert("RGBa")
        elif small.mode == "RGBA":
            small = small.convert("RGB")
        reduction = min(small.width / size[0], small.height / size[1])
        gap = FAST_GAP if reduction > 3 else GENTLE_GAP
        small = small.resize(size, Resampling.LANCZOS, reducing_gap=gap)
        if small.mode == "RGBa":
            small = small.convert("RGBA")
        return upright(to_srgb(small, profile), orientation)
    except DAMAGE as error:
        raise damaged() from error
