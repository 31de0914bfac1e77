"""Files of the demo studio: pictures that carry their scene, and coarse previews."""

import struct
import warnings
import zlib
from io import BytesIO
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app.demo.things import Scene, from_json, to_json

NOTE_TAG = 0x010E  # EXIF's description of the picture
BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    RuntimeError,
    AttributeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


def preview(image: Image.Image, step: int, steps: int) -> Image.Image:
    """A coarse picture of the same size; step 0 is the coarsest, steps - 1 the sharpest."""
    across = max(12, 240 // 3 ** max(0, steps - 1 - step))
    small = (
        max(1, min(across, image.width)),
        max(1, min(across, image.width) * image.height // image.width),
    )
    return image.resize(small, Image.Resampling.BOX).resize(image.size, Image.Resampling.BICUBIC)


def encode(
    image: Image.Image,
    scene: Scene,
    *,
    format: str = "png",  # noqa: A002
    compression: int = 100,
) -> bytes:
    """The bytes of a png, jpeg, webp or gif file with the scene inside; compression is 0 to 100."""
    note, out = to_json(scene), BytesIO()
    exif, chunk = Image.Exif(), PngInfo()
    exif[NOTE_TAG] = note
    chunk.add_text("sfumato", note)
    if format == "jpeg" and image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    extra: dict[str, dict[str, Any]] = {
        "png": {"pnginfo": chunk, "compress_level": 3},
        "jpeg": {"exif": exif, "quality": max(1, compression), "subsampling": 0},
        "webp": {"exif": exif, "quality": compression, "method": 2},
        "gif": {"comment": note.encode()},
    }
    image.save(out, format, **extra[format])
    return out.getvalue()


def scene_in(data: bytes) -> Scene | None:
    """The scene that `encode` put into a file; None for any other bytes, however broken."""
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # Pillow warns of what is broken, too
            Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP", "GIF")) as image,
        ):
            found = image.info.get("sfumato") or image.info.get("comment")
            found = found or image.getexif().get(NOTE_TAG)
    except BROKEN:
        return None
    if isinstance(found, bytes):
        found = found.decode("utf-8", "replace")
    return from_json(found) if isinstance(found, str) else None
