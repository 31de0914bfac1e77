"""Server-sent events → the API's JSON, without stopping anything else for the megabytes in it.

A 4K picture is one event of 17 MB. Reading that as one JSON text and one base64 text holds the
interpreter for a tenth of a second, in whatever thread; so pictures are lifted out of the text
first and decoded in slices.
"""

from __future__ import annotations

import asyncio
import json
import re
from binascii import Error as DamagedBase64
from binascii import a2b_base64
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from io import BytesIO
from secrets import token_hex
from typing import Any

MOST_BYTES = 256 * 2**20
"""Bytes of the largest event that is read; a picture of the largest size takes a fifth of it."""
LINE_COST = 100
"""Bytes that a line of data takes beside its own."""
HEAVY_BYTES = 64 * 1024
"""Events above this are read in a thread, and texts above it are lifted out of the JSON."""
SLICE = 256 * 1024
"""Base64 characters that are decoded at a time, in about a millisecond; a multiple of four."""
_PICTURE_FIELD = re.compile(rb'"(?:result|partial_image_b64)"\s*:\s*"')
_LINE_END = re.compile(rb"\r\n?|\n")
Text = bytes | bytearray | memoryview


async def events(chunks: AsyncIterator[bytes]) -> AsyncGenerator[Any, None]:
    """The JSON of each event of a stream, up to ``[DONE]``; see ``parsed`` for the pictures in it.

    What follows ``[DONE]`` is read away, which leaves the connection fit for the next request.
    Raises ValueError for what is no JSON and for more than MOST_BYTES in one event.
    """
    lines, data, done, held = _Lines(), list[bytearray](), False, 0
    async for chunk in chunks:
        for line in lines.feed(chunk):
            if line.startswith(b"data:"):
                held += len(line) + LINE_COST
                # Taking bytes off the front of a bytearray moves nothing.
                del line[: 6 if line[5:6] == b" " else 5]
                data.append(line)
            elif not line and data:
                event = data[0] if len(data) == 1 else bytearray(b"\n").join(data)
                data, held = [], 0
                done = done or event.startswith(b"[DONE]")
                if not done:
                    yield await _read(event)
        if lines.waiting + held > MOST_BYTES:
            raise ValueError("an event is too large")


async def _read(event: bytearray) -> Any:
    return parsed(event) if len(event) < HEAVY_BYTES else await asyncio.to_thread(parsed, event)


def parsed(text: bytes | bytearray) -> Any:
    """A JSON text, in which long base64 texts of pictures are bytes already.

    Damaged ones stay as they are. Raises ValueError (also UnicodeDecodeError) and RecursionError.
    """
    lifted: dict[str, bytes] = {}
    pieces, end = list[Text](), 0
    view = memoryview(text)
    for start, stop in _pictures(text):
        data = decoded(view[start:stop])
        if data is not None:
            name = f"lifted-{token_hex(16)}"
            lifted[name] = data
            pieces += [view[end:start], name.encode()]
            end = stop
    pieces.append(view[end:])
    found = json.loads(b"".join(pieces))
    return _replaced(found, lifted) if lifted else found


def decoded(encoded: Text) -> bytes | None:
    """The bytes of a base64 text; None when it is damaged. Lets other threads run meanwhile.

    Too much padding at the end does no harm. Without its strict mode a2b_base64 is
    a third faster; what it then leaves out shows by the length.
    """
    tail = bytes(encoded[-8:])
    length = len(encoded) - len(tail) + len(tail.rstrip(b"="))
    padding = -length % 4
    if padding > min(2, len(encoded) - length):
        return None
    made = BytesIO()
    for start in range(0, length, SLICE):
        piece, missing = encoded[start : min(start + SLICE, length)], 0
        if start + SLICE >= length and padding:
            piece, missing = bytes(piece) + b"=" * padding, padding
        try:
            part = a2b_base64(piece)
        except DamagedBase64:
            return None
        if (len(part) + missing) * 4 != len(piece) * 3:
            return None
        made.write(part)
    return made.getvalue()


def _pictures(text: bytes | bytearray) -> Iterator[tuple[int, int]]:
    """Where the long texts of picture fields begin and end. Base64 has no quotes or escapes."""
    at = 0
    while found := _PICTURE_FIELD.search(text, at, min(len(text), at + HEAVY_BYTES)):
        stop = text.find(b'"', found.end())
        if stop < 0:
            return
        if stop - found.end() > HEAVY_BYTES:
            yield found.end(), stop
        at = stop


def _replaced(value: Any, lifted: dict[str, bytes]) -> Any:
    """The same JSON with the lifted bytes in their places."""
    if isinstance(value, dict):
        return {key: _replaced(item, lifted) for key, item in value.items()}
    if isinstance(value, list):
        return [_replaced(item, lifted) for item in value]
    return lifted.get(value, value) if isinstance(value, str) else value


class _Lines:
    """Splits a stream into lines, whichever of the three line ends it has."""

    def __init__(self) -> None:
        self._begun = bytearray()
        self._after_return = False
        self._first = True

    @property
    def waiting(self) -> int:
        """Bytes of the line that has begun."""
        return len(self._begun)

    def feed(self, chunk: bytes) -> Iterator[bytearray]:
        """The lines that end in ``chunk``."""
        at = 1 if self._after_return and chunk[:1] == b"\n" else 0
        if chunk:
            self._after_return = chunk.endswith(b"\r")
        # Nearly all of a picture's chunks are of one line: looking for a byte is fastest.
        ends = _LINE_END.finditer(chunk, at) if b"\n" in chunk or b"\r" in chunk else ()
        for found in ends:
            self._begun += chunk[at : found.start()]
            at = found.end()
            line, self._begun = self._begun, bytearray()
            if self._first:
                # A stream may begin with a byte order mark.
                self._first, line = False, line.removeprefix(b"\xef\xbb\xbf")
            yield line
        self._begun += chunk[at:]
