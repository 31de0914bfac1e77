"""Sixels as a terminal paints them: a decoder of its own, strict about what may go wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_HEAD = re.compile(r'(?P<aspect>\d*);?(?P<ground>\d*);?\d*q(?:"(\d+);(\d+);(\d+);(\d+))?')
_TOKEN = re.compile(
    r"#(?P<number>\d+)(?:;2;(?P<red>\d+);(?P<green>\d+);(?P<blue>\d+))?"
    r"|(?:!(?P<count>\d+))?(?P<bits>[?-~])|(?P<move>[$-])"
)
BAND = 6


@dataclass(frozen=True)
class Painting:
    """The pixels of one sixel. Rows are RGBA; what was left alone is transparent."""

    width: int
    rows: tuple[bytes, ...]
    bands: int
    faults: tuple[str, ...]

    @property
    def reach(self) -> int:
        """Pixel rows down to the foot of the last band, which decides about scrolling."""
        return self.bands * BAND


class _Brush:
    """Paints into a sheet that grows."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.rows: list[bytearray] = []
        self.colours: dict[int, bytes] = {}
        self.colour: bytes | None = None
        self.x = 0
        self.band = 0
        self.faults: list[str] = []

    def choose(self, number: int, levels: tuple[str, str, str] | None) -> None:
        """Defines a colour (percent), or selects one. Not all terminals select what they define."""
        if levels is not None:
            rgb = bytes(min(255, (int(level) * 255 + 50) // 100) for level in levels)
            self.colours[number] = rgb + b"\xff"
            self.colour = None
        elif number in self.colours:
            self.colour = self.colours[number]
        else:
            self.faults.append(f"colour {number} is selected before it is defined")

    def paint(self, bits: int, count: int) -> None:
        """``count`` columns of up to six pixels."""
        end = self.x + count
        if end > self.width:
            self.faults.append(f"painted to column {end} of {self.width}")
        if bits and self.colour is None:
            self.faults.append("painted before a colour was selected")
        visible = max(0, min(end, self.width) - self.x)
        for bit in range(BAND):
            if bits >> bit & 1 and self.colour is not None:
                row = self._row(self.band * BAND + bit)
                row[self.x * 4 : (self.x + visible) * 4] = self.colour * visible
        self.x = end

    def _row(self, y: int) -> bytearray:
        while len(self.rows) <= y:
            self.rows.append(bytearray(self.width * 4))
        return self.rows[y]


@lru_cache(maxsize=2048)
def painted(body: str) -> Painting:
    """The pixels of one DCS body (between ``ESC P`` and ``ESC \\``)."""
    head = _HEAD.match(body)
    if head is None or head[3] is None:
        return Painting(0, (), 0, (f"no sixel with its size: {body[:20]!r}",))
    width, height = int(head[5]), int(head[6])
    brush = _Brush(width)
    if head["ground"] != "1":
        brush.faults.append("unpainted pixels would turn black")
    at = head.end()
    while at < len(body):
        token = _TOKEN.match(body, at)
        if token is None:
            brush.faults.append(f"not a sixel: {body[at : at + 10]!r}")
            break
        at = token.end()
        if token["number"]:
            levels = (token["red"], token["green"], token["blue"])
            brush.choose(int(token["number"]), levels if levels[0] else None)
        elif token["move"]:
            brush.x, brush.band = 0, brush.band + (token["move"] == "-")
        else:
            brush.paint(ord(token["bits"]) - 63, int(token["count"] or 1))
    if len(brush.rows) > height:
        brush.faults.append(f"painted {len(brush.rows)} rows of {height}")
    rows = tuple(bytes(row) for row in brush.rows)
    return Painting(width, rows, brush.band + 1, tuple(dict.fromkeys(brush.faults)))


@lru_cache(maxsize=8192)
def tile(body: str, column: int, row: int, cell: tuple[int, int]) -> tuple[bytes, bool]:
    """The RGBA of one cell of a painting, and whether it is all painted."""
    painting, (width, height) = painted(body), cell
    part = slice(column * width * 4, (column + 1) * width * 4)
    rows = painting.rows[row * height : (row + 1) * height]
    pixels = b"".join(line[part].ljust(width * 4, b"\0") for line in rows)
    pixels = pixels.ljust(width * height * 4, b"\0")
    return pixels, 0 not in pixels[3::4]


def over(above: bytes, below: bytes) -> bytes:
    """The painted pixels of the one, the other elsewhere."""
    if not any(below[3::4]) or not any(above[3::4]):
        return above if any(above[3::4]) else below
    return b"".join(
        above[at : at + 4] if above[at + 3] else below[at : at + 4]
        for at in range(0, len(above), 4)
    )
