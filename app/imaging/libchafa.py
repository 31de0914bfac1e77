"""The sixel encoder in C of the library chafa, used only to write sixels quickly.

Palette indices go in disguised as the fixed colours of chafa's 240 colour mode, so that chafa
neither chooses nor dithers colours; the definitions that it writes are replaced. Measured for
600x600 pixels: 12 ms instead of 250 ms in Python, with the interpreter lock released, and not a
pixel different. Colours stay ours because chafa's own are coarser: error after a slight blur 2.8
to 5.3 of 255 instead of 0.6 to 1.2, at about the same number of bytes.

Its Python classes free neither canvas nor output, hence the calls by ctypes.
"""

from __future__ import annotations

import ctypes
import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

BAND = 6
"""Pixel rows in one sixel."""
_SIXELS, _INDEXED_240, _RGBA = 1, 2, 4
_STEPS = (0, 95, 135, 175, 215, 255)
_LEVELS = [
    level for red in _STEPS for green in _STEPS for blue in _STEPS for level in (red, green, blue)
]
_STAND_INS = _LEVELS + [8 + 10 * grey for grey in range(24) for _ in range(3)]
"""Red, green, blue of the fixed colours, in the order in which chafa numbers them."""
COLOURS = 229
"""How many of them chafa tells apart: it takes number 229, a grey, for its neighbour."""
_HEAD = re.compile(rb'\x1bP[\d;]*q"1;1;\d+;\d+(?:#\d+;2;\d+;\d+;\d+)*')
_Handle, _Int = ctypes.c_void_p, ctypes.c_int


class _Text(ctypes.Structure):
    """A GString: text and its length."""

    _fields_ = [("text", ctypes.c_void_p), ("length", ctypes.c_size_t)]


_Texts = ctypes.POINTER(ctypes.POINTER(_Text))
_CALLS: dict[str, tuple[object, Sequence[object]]] = {
    "canvas_config_new": (_Handle, ()),
    "canvas_config_set_pixel_mode": (None, (_Handle, _Int)),
    "canvas_config_set_canvas_mode": (None, (_Handle, _Int)),
    "canvas_config_set_geometry": (None, (_Handle, _Int, _Int)),
    "canvas_config_set_cell_geometry": (None, (_Handle, _Int, _Int)),
    "canvas_config_set_preprocessing_enabled": (None, (_Handle, _Int)),
    "canvas_config_unref": (None, (_Handle,)),
    "canvas_new": (_Handle, (_Handle,)),
    "canvas_draw_all_pixels": (None, (_Handle, _Int, ctypes.c_char_p, _Int, _Int, _Int)),
    "canvas_print_rows": (
        None,
        (_Handle, _Handle, ctypes.POINTER(_Texts), ctypes.POINTER(_Int)),
    ),
    "canvas_unref": (None, (_Handle,)),
    "free_gstring_array": (None, (_Texts, _Int)),
}
"""What is called, without its prefix: type of the answer and of the arguments."""


def bands(paletted: Image, heights: Sequence[int]) -> list[list[bytes]] | None:
    """The sixel bands of each row of cells, given the rows' heights in pixels.

    None where chafa cannot be loaded or writes something else than expected. Indices are below
    COLOURS.
    """
    if not _works():
        return None
    width = paletted.width
    pixels, stride = _disguised(paletted), width * 4
    parts, top = [], 0
    for height in heights:
        gap = -height % BAND * stride
        parts += [pixels[top : top + height * stride], bytes(gap)]
        top += height * stride
    counts = [-(-height // BAND) for height in heights]
    text = _sixels(b"".join(parts), width, sum(counts) * BAND)
    head = _HEAD.match(text)
    if not head:
        return None
    found = text[head.end() : text.rindex(b"\x1b\\")].removesuffix(b"-").split(b"-")
    if len(found) != sum(counts):
        return None
    each = (band.rstrip(b"$") for band in found)
    return [[next(each) for _ in range(count)] for count in counts]


@cache
def _works() -> bool:
    """Whether this chafa writes a column of each fixed colour with the number expected of it."""
    from PIL import Image as Pillow

    column = bytes(range(COLOURS))
    text = _sixels(_disguised(Pillow.frombytes("P", (COLOURS, BAND), column * BAND)), COLOURS, BAND)
    found = re.findall(rb"#(\d+)(?:!(\d+)\?|(\?*))~", text)
    columns = [(int(number), int(run or len(gap))) for number, run, gap in found]
    return columns == [(number, number) for number in range(COLOURS)]


def _disguised(paletted: Image) -> bytes:
    """RGBA pixels of chafa's fixed colours instead of the palette's."""
    copy = paletted.copy()
    copy.putpalette(_STAND_INS)
    return copy.convert("RGBA").tobytes()


def _sixels(pixels: bytes, width: int, height: int) -> bytes:
    """What chafa writes for RGBA pixels, transparent ones left out; empty without chafa."""
    library = _library()
    if library is None:
        return b""
    config = library.chafa_canvas_config_new()
    library.chafa_canvas_config_set_pixel_mode(config, _SIXELS)
    library.chafa_canvas_config_set_canvas_mode(config, _INDEXED_240)
    library.chafa_canvas_config_set_cell_geometry(config, 1, BAND)
    library.chafa_canvas_config_set_geometry(config, width, height // BAND)
    library.chafa_canvas_config_set_preprocessing_enabled(config, 0)
    canvas = library.chafa_canvas_new(config)
    library.chafa_canvas_config_unref(config)
    texts, count = _Texts(), _Int()
    library.chafa_canvas_draw_all_pixels(canvas, _RGBA, pixels, width, height, width * 4)
    library.chafa_canvas_print_rows(canvas, None, ctypes.byref(texts), ctypes.byref(count))
    rows = [texts[at].contents for at in range(count.value)]
    written = b"".join(ctypes.string_at(row.text, row.length) for row in rows if row.text)
    library.chafa_free_gstring_array(texts, count)
    library.chafa_canvas_unref(canvas)
    return written


@cache
def _library() -> ctypes.CDLL | None:
    """The library that chafa.py brings along; None where it or what it needs is missing."""
    try:
        from chafa import libraries

        library = ctypes.CDLL(libraries._lib)
        for name, (answer, arguments) in _CALLS.items():
            call = getattr(library, f"chafa_{name}")
            call.restype, call.argtypes = answer, arguments
    except (ImportError, OSError, AttributeError):
        return None
    return library
