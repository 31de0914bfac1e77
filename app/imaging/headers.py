"""What the first bytes of a file say: picture format and size, without decoding anything."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Probe:
    """A picture's format by content ("" when unknown) and its stored size in pixels (0 unknown)."""

    format: str = ""
    width: int = 0
    height: int = 0


MIME = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "svg": "image/svg+xml",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
    "avif": "image/avif",
    "heic": "image/heic",
}
"""Media types of the formats that probe knows."""
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_AVIF_SIZE = re.compile(rb"ispe\0{4}(.{8})", re.DOTALL)
_SVG_PRELUDES = (b"<svg", b"<?xml", b"<!--", b"<!DOCTYPE")
_SVG_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_SVG_ROOT = re.compile(rb"<svg(?=[\s>/])[^>]*")
_SVG_NUMBER = rb"([0-9]{1,6}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})"
_SVG_BOX = re.compile(
    rb'\sviewBox\s*=\s*["\'][\s,]*[-+0-9.eE]+[\s,]+[-+0-9.eE]+[\s,]+'
    + _SVG_NUMBER
    + rb"[\s,]+"
    + _SVG_NUMBER
)
_SVG_SIDE = rb'\s%s\s*=\s*["\']\s*' + _SVG_NUMBER + rb'([a-z]{0,2})\s*["\']'
_SVG_UNITS = {
    b"": 1.0,
    b"px": 1.0,
    b"pt": 4 / 3,
    b"pc": 16.0,
    b"in": 96.0,
    b"cm": 96 / 2.54,
    b"mm": 96 / 25.4,
}
"""Pixels of a unit; others, such as a percentage, depend on what is around."""


def probe(data: bytes) -> Probe:
    """Format and size from the headers alone. Never raises and never decodes."""
    for name, matches, size in _FORMATS:
        if matches(data):
            try:
                width, height = size(data)
            except (struct.error, IndexError, ValueError):
                width, height = 0, 0
            return Probe(name, width, height)
    return Probe()


def _png(data: bytes) -> Size:
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _jpeg(data: bytes) -> Size:
    at = 2
    while True:
        while data[at] == 0xFF and data[at + 1] == 0xFF:
            at += 1
        marker, length = struct.unpack_from(">xBH", data, at)
        if data[at] != 0xFF:
            raise ValueError("no marker where one must be")
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + max(2, length)


def _webp(data: bytes) -> Size:
    kind = data[12:16]
    if kind == b"VP8X":
        return (
            int.from_bytes(data[24:27], "little") + 1,
            int.from_bytes(data[27:30], "little") + 1,
        )
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _gif(data: bytes) -> Size:
    width, height = struct.unpack_from("<HH", data, 6)
    return width, height


def _bmp(data: bytes) -> Size:
    if struct.unpack_from("<I", data, 14)[0] == 12:
        width, height = struct.unpack_from("<HH", data, 18)
    else:
        width, height = struct.unpack_from("<ii", data, 18)
    return abs(width), abs(height)


def _tiff(data: bytes) -> Size:
    order = "<" if data[:2] == b"II" else ">"
    (at,) = struct.unpack_from(order + "I", data, 4)
    (entries,) = struct.unpack_from(order + "H", data, at)
    found = {}
    for entry in range(min(entries, 64)):
        tag, kind = struct.unpack_from(order + "HH", data, at + 2 + entry * 12)
        if tag in (256, 257):
            letter = "H" if kind == 3 else "I"
            (found[tag],) = struct.unpack_from(order + letter, data, at + 10 + entry * 12)
    return found.get(256, 0), found.get(257, 0)


def _is_svg(data: bytes) -> bool:
    head = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(_SVG_PRELUDES) and _SVG_ROOT.search(head) is not None


def _svg(data: bytes) -> Size:
    root = _SVG_ROOT.search(_SVG_COMMENT.sub(b"", data[:4096]))
    tag = root[0] if root else b""
    box = _SVG_BOX.search(tag)
    inner = (float(box[1]), float(box[2])) if box else (0.0, 0.0)
    width, height = (_svg_side(tag, name) for name in (b"width", b"height"))
    if all(inner):
        # A side that is not given follows from the other one.
        width = width or (height * inner[0] / inner[1] if height else inner[0])
        height = height or width * inner[1] / inner[0]
    if not (width and height):
        return 0, 0
    return max(1, round(width)), max(1, round(height))


def _svg_side(tag: bytes, name: bytes) -> float:
    """A side in pixels, 0 when it is not given in a unit of its own."""
    found = re.search(_SVG_SIDE % name, tag)
    return float(found[1]) * _SVG_UNITS.get(found[2], 0.0) if found else 0.0


def _avif(data: bytes) -> Size:
    """The largest of the sizes that are told: tiles, alpha and a thumbnail have their own."""
    sizes = [struct.unpack_from(">II", found[1]) for found in _AVIF_SIZE.finditer(data[:65536])]
    return max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))


def _unsized(data: bytes) -> Size:
    del data
    return 0, 0


_FORMATS: tuple[tuple[str, Callable[[bytes], bool], Callable[[bytes], Size]], ...] = (
    ("png", lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"), _png),
    ("jpeg", lambda data: data.startswith(b"\xff\xd8\xff"), _jpeg),
    ("webp", lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP", _webp),
    ("gif", lambda data: data[:6] in (b"GIF87a", b"GIF89a"), _gif),
    ("bmp", lambda data: data[:2] == b"BM" and len(data) > 26, _bmp),
    ("tiff", lambda data: data[:4] in (b"II*\0", b"MM\0*"), _tiff),
    ("avif", lambda data: data[4:12] in (b"ftypavif", b"ftypavis"), _avif),
    ("heic", lambda data: data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"), _unsized),
    ("svg", _is_svg, _svg),
)
