"""Sixels: one palette for the whole picture, one independent escape string for each cell row."""

from __future__ import annotations

import re
import time
from functools import cache
from typing import TYPE_CHECKING

from app.imaging import libchafa
from app.imaging.palette import quantized

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

BAND = libchafa.BAND
_BREATH = 0.0002
"""Seconds slept after each row, so that the event loop's thread gets its turn."""
_LONG_RUN = re.compile(rb"(.)\1{3,}", re.S)
_SELECTED = re.compile(rb"#(\d+)")
_TO_TEXT = bytes(range(63, 127)) + bytes(192)


def encode_rows(image: Image, cell_height: int) -> tuple[str, ...]:
    """One DCS for each ``cell_height`` pixel rows of an RGB picture.

    Every string defines the colours that it uses, selects them, paints every pixel of its row
    and nothing below it, and ends without a line feed: it can be written anywhere.
    """
    paletted, percents = quantized(image)
    definitions = [b"#%d;2;%d;%d;%d" % (number, *colour) for number, colour in enumerate(percents)]
    width, height = paletted.size
    heights = [min(cell_height, height - top) for top in range(0, height, cell_height)]
    packed = libchafa.bands(paletted, heights) or bands(paletted, heights)
    return tuple(
        _row(row, width, high, definitions) for row, high in zip(packed, heights, strict=True)
    )


def _row(row: list[bytes], width: int, height: int, definitions: list[bytes]) -> str:
    """The DCS of one cell row."""
    body = b"-".join(row)
    used = sorted(map(int, set(_SELECTED.findall(body))))
    defined = b"".join(definitions[number] for number in used)
    return (b'\x1bP0;1;0q"1;1;%d;%d%s%s\x1b\\' % (width, height, defined, body)).decode("ascii")


def bands(paletted: Image, heights: Sequence[int]) -> list[list[bytes]]:
    """The sixel bands of each row of cells in Python, for where there is no chafa."""
    width, pixels = paletted.width, paletted.tobytes()
    rows, top = [], 0
    for height in heights:
        part = pixels[top * width : (top + height) * width]
        step = BAND * width
        rows.append([_band(part[at : at + step], width) for at in range(0, len(part), step)])
        top += height
        time.sleep(_BREATH)
    return rows


def _band(pixels: bytes, width: int) -> bytes:
    """Up to six pixel rows: the masks of all colours, packed into as few passes as they fit."""
    lines = [pixels[at : at + width] for at in range(0, len(pixels), width)]
    spans = []
    for colour in set(pixels):
        mask = _mask(lines, colour, width)
        start = width - len(mask.lstrip(b"\0"))
        body = mask.strip(b"\0")
        spans.append((start, start + len(body), colour, body))
    spans.sort(key=lambda span: (span[0], -span[1]))
    return b"$".join(_passes(spans))


def _mask(lines: list[bytes], colour: int, width: int) -> bytes:
    """For each column the six bits that say where the colour is."""
    total = 0
    for bit, line in enumerate(lines):
        if colour in line:
            total |= int.from_bytes(line.translate(_only(colour)), "little") << bit
    return total.to_bytes(width, "little")


def _passes(spans: list[tuple[int, int, int, bytes]]) -> list[bytes]:
    """Colours side by side in one pass wherever their columns do not overlap."""
    passes = []
    while spans:
        cursor, parts, rest = 0, [], []
        for span in spans:
            start, end, colour, body = span
            if start < cursor:
                rest.append(span)
                continue
            gap = b"!%d?" % (start - cursor) if start - cursor > 3 else b"?" * (start - cursor)
            parts.append(b"#%d%s%s" % (colour, gap, _runs(body)))
            cursor = end
        passes.append(b"".join(parts))
        spans = rest
    return passes


def _runs(body: bytes) -> bytes:
    """Sixel characters, with runs of four and more shortened."""
    return _LONG_RUN.sub(lambda run: b"!%d%c" % (len(run[0]), run[1][0]), body.translate(_TO_TEXT))


@cache
def _only(colour: int) -> bytes:
    """A translation table that keeps one colour as 1 and turns all others into 0."""
    return bytes(colour) + b"\1" + bytes(255 - colour)
