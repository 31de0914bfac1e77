"""The kitty graphics protocol: uploads, unicode placeholders, deletion, tmux passthrough."""

from __future__ import annotations

from base64 import standard_b64encode
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import count
from random import randrange
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

CHUNK = 4096
"""Base64 characters in one escape sequence: the protocol's limit."""
_IDS = 255 * 255
PLACEHOLDER = "\U0010eeee"
_MARKS = (
    "305 30d-30e 310 312 33d-33f 346 34a-34c 350-352 357 35b 363-36f 483-487 592-595 597-599 "
    "59c-5a1 5a8-5a9 5ab-5ac 5af 5c4 610-617 657-65b 65d-65e 6d6-6dc 6df-6e2 6e4 6e7-6e8 6eb-6ec "
    "730 732-733 735-736 73a 73d 73f-741 743 745 747 749-74a 7eb-7f1 7f3 816-819 81b-823 825-827 "
    "829-82d 951 953-954 f82-f83 f86-f87 135d-135f 17dd 193a 1a17 1a75-1a7c 1b6b 1b6d-1b73 "
    "1cd0-1cd2 1cda-1cdb 1ce0 1dc0-1dc1 1dc3-1dc9 1dcb-1dcc 1dd1-1de6 1dfe 20d0-20d1 20d4-20d7 "
    "20db-20dc 20e1 20e7 20e9 20f0 2cef-2cf1 2de0-2dff a66f a67c-a67d a6f0-a6f1 a8e0-a8f1 aab0 "
    "aab2-aab3 aab7-aab8 aabe-aabf aac1 fe20-fe26 10a0f 10a38 1d185-1d189 1d1aa-1d1ad 1d242-1d244"
)
"""The protocol's combining characters that number rows and columns, as code point ranges. Kept
here because textual-image queries the terminal whenever its own table is imported."""


@cache
def diacritics() -> tuple[str, ...]:
    """The combining characters for 0, 1, 2, … 296."""
    spans = [[int(end, 16) for end in span.split("-")] for span in _MARKS.split()]
    return tuple(chr(code) for span in spans for code in range(span[0], span[-1] + 1))


def image_ids() -> Iterator[int]:
    """Fresh ids that fit both forms of colour: low byte and high byte, neither of them zero.

    The low byte can be given as an indexed colour, which survives tmux; the high byte is a
    diacritic. They begin anywhere, so that two programs in one terminal rarely meet. Several
    threads may take from it.
    """
    return map(_as_id, count(randrange(_IDS)))


def _as_id(number: int) -> int:
    number %= _IDS
    return (number // 255 + 1) << 24 | (number % 255 + 1)


def upload(
    image: Image, image_id: int, columns: int, rows: int, *, tmux: bool, compress: bool
) -> tuple[str, ...]:
    """Escape strings that transmit the picture and place it virtually on columns x rows cells."""
    if compress:
        buffer = BytesIO()
        image.save(buffer, "PNG", compress_level=1)
        payload, kind = buffer.getvalue(), "f=100"
    else:
        payload = image.tobytes()
        depth = 32 if image.mode == "RGBA" else 24
        kind = f"f={depth},s={image.width},v={image.height}"
    encoded = standard_b64encode(payload).decode("ascii")
    head = f"a=T,U=1,q=2,i={image_id},c={columns},r={rows},{kind},"
    chunks = []
    for at in range(0, len(encoded), CHUNK):
        more = 1 if at + CHUNK < len(encoded) else 0
        control = f"{head}m={more}" if at == 0 else f"q=2,m={more}"
        chunks.append(wrapped(f"\x1b_G{control};{encoded[at : at + CHUNK]}\x1b\\", tmux))
    return tuple(chunks)


def delete(image_id: int, *, tmux: bool = False) -> str:
    """The escape string that frees the picture in the terminal."""
    return wrapped(f"\x1b_Ga=d,d=I,i={image_id},q=2\x1b\\", tmux)


def abort(*, tmux: bool = False) -> str:
    """The escape string that ends an upload in the middle."""
    return wrapped("\x1b_Gq=2,m=0;\x1b\\", tmux)


def wrapped(sequence: str, tmux: bool) -> str:
    """The sequence as it must be written: as it is, or handed through tmux."""
    if not tmux:
        return sequence
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def placeholders(image_id: int, row: int, start: int, end: int) -> str:
    """Cells ``start`` to ``end`` (exclusive) of a row: the first is numbered, the rest follow."""
    if end <= start:
        return ""
    marks = diacritics()
    first = PLACEHOLDER + marks[row] + marks[start] + marks[image_id >> 24]
    return f"\x1b[38;5;{image_id & 255}m{first}{PLACEHOLDER * (end - start - 1)}\x1b[39m"
