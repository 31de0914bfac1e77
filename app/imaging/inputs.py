"""Attachments: an outside file or bytes → checked, upright, 8-bit RGB(A), sized, encoded."""

from __future__ import annotations

import math
import os
import stat
import struct
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.errors import BadInput
from app.imaging.decode import (
    DAMAGE,
    damaged,
    opaque,
    open_checked,
    orientation_of,
    to_8bit,
    to_srgb,
    upright,
)
from app.imaging.headers import MIME, probe
from app.imaging.paste import paths_in_paste as paths_in_paste

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_INPUTS = 16
"""Pictures in one request."""
MAX_FILE = 50 * 2**20
"""Bytes of a file that is looked at."""
MAX_SENT = 20 * 2**20
"""Bytes of a picture that is sent; larger ones are reduced."""
PASSED = ("png", "jpeg", "webp")
"""Formats that the API takes as they are."""
TAKEN = (*PASSED, "gif", "bmp", "tiff")
_TAKEN_HINT = "PNG, JPEG, WEBP, GIF, BMP and TIFF can be attached."


@dataclass(frozen=True, slots=True)
class Checked:
    """A picture that can be sent: upright, 8-bit RGB or RGBA, at most 20 MB."""

    name: str
    """The file's name as the person knows it; outside text."""
    mime: str
    data: bytes
    """The file's own bytes wherever they can be sent as they are, else a PNG made from them."""
    width: int
    height: int
    has_alpha: bool
    """Whether there is an alpha channel, even if nothing in it is transparent."""
    note: str = ""
    """What was changed, for a person ("first of 24 frames", "reduced to 20 MB"), or ""."""


def check_file(path: Path) -> Checked:
    """Reads and checks a picture file. Takes time: run it in a thread. Raises BadInput."""
    path = Path(os.path.expanduser(path))  # noqa: PTH111 - unlike Path's own it never fails
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise BadInput(f"{path.name or path} is a folder.", hint="Attach the pictures in it.")
        if not stat.S_ISREG(found.st_mode):
            raise BadInput(f"{path.name} is not a file.", hint=_TAKEN_HINT)
        _check_length(path.name, found.st_size)
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except FileNotFoundError as error:
        raise BadInput(f"There is no file {path}.", hint="Check the path.") from error
    except (OSError, ValueError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else ""
        raise BadInput(
            f"{path.name} cannot be read{f' ({reason.lower()})' if reason else ''}.",
            hint="Check its permissions.",
        ) from error
    return check_bytes(data, path.name)


def check_bytes(data: bytes, name: str) -> Checked:
    """Checks a picture by its content, whatever it is called. Raises BadInput.

    Upright 8-bit RGB(A) PNG, JPEG and WEBP up to 20 MB stay exactly as they are. Everything else
    is turned upright, converted (of animations the first frame) and encoded as PNG.
    """
    _check_length(name, len(data))
    found = probe(data)
    if found.format not in TAKEN:
        kind = found.format.upper() if found.format else "something else"
        raise BadInput(f"{name} is not a picture that can be sent ({kind}).", hint=_TAKEN_HINT)
    try:
        image = open_checked(data)
        frames = 1 if found.format == "jpeg" else getattr(image, "n_frames", 1)
        image.load()
    except DAMAGE as error:
        raise BadInput(f"{name} is damaged or cut off.", hint=damaged().hint) from error
    except BadInput as error:
        raise BadInput(f"{name}: {error.sentence}", hint=error.hint) from error
    if _fits(data, found.format, image, frames):
        return Checked(
            name, MIME[found.format], data, image.width, image.height, image.mode == "RGBA"
        )
    return _converted(name, image, frames)


def mask(data: bytes, name: str = "mask") -> Checked:
    """Checks a mask: a picture with an alpha channel, whose transparent parts are to change."""
    checked = check_bytes(data, name)
    if not checked.has_alpha:
        raise BadInput(
            f"{name} has no alpha channel, so that it masks nothing.",
            hint="Erase to transparency what is to change and save it as PNG.",
        )
    return checked


def _check_length(name: str, length: int) -> None:
    """Raises BadInput for nothing at all and for far too much."""
    if length == 0:
        raise BadInput(f"{name} is empty.", hint=_TAKEN_HINT)
    if length > MAX_FILE:
        raise BadInput(
            f"{name} has {length / 2**20:.0f} MB; up to {MAX_FILE // 2**20} MB can be attached.",
            hint="Reduce it first.",
        )


def _fits(data: bytes, kind: str, image: Image, frames: int) -> bool:
    """Whether the bytes can be sent as they are."""
    return (
        kind in PASSED
        and len(data) <= MAX_SENT
        and image.mode in ("RGB", "RGBA")
        and "transparency" not in image.info
        and frames == 1
        and orientation_of(image) == 1
        and (kind != "png" or _png_depth(data) == 8)
    )


def _png_depth(data: bytes) -> int:
    """Bits per channel from the header; Pillow hides 16-bit RGB behind mode RGB."""
    return int(struct.unpack_from(">B", data, 24)[0])


def _converted(name: str, image: Image, frames: int) -> Checked:
    """The picture upright in 8-bit sRGB, as PNG of at most 20 MB."""
    try:
        orientation = orientation_of(image)
        profile = image.info.get("icc_profile")
        plain = to_srgb(upright(to_8bit(image), orientation), profile)
        if plain.mode == "RGBA" and "A" not in image.getbands() and opaque(plain):
            plain = plain.convert("RGB")
        data = _encoded(plain)
        notes = [f"first of {frames} frames"] if frames > 1 else []
        while len(data) > MAX_SENT:
            scale = min(0.9, math.sqrt(MAX_SENT / len(data)) * 0.97)
            size = (max(1, round(plain.width * scale)), max(1, round(plain.height * scale)))
            plain = plain.resize(size, reducing_gap=2.0)
            data = _encoded(plain)
            notes = [*notes[:1], f"reduced to {plain.width}x{plain.height}"][-2:]
    except DAMAGE as error:
        raise BadInput(f"{name} is damaged or cut off.", hint=damaged().hint) from error
    note = ", ".join(notes)
    return Checked(name, MIME["png"], data, *plain.size, plain.mode == "RGBA", note)


def _encoded(image: Image) -> bytes:
    """PNG without metadata: what it said (orientation, colour profile) was applied."""
    buffer = BytesIO()
    image.save(buffer, "PNG", compress_level=6, exif=b"", icc_profile=None)
    return buffer.getvalue()
