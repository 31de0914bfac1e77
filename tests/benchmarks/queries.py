"""What programs ask a terminal when they start, and what a real one answers."""

from __future__ import annotations

import re

CELL = (10, 20)
"""Pixels of a cell in every measured terminal."""
_SYNC, _CELL_SIZE, _NAME, _FENCE = b"\x1b[?2026$p", b"\x1b[16t", b"\x1b[>0q", b"\x1b[c"
_COLOUR = b"\x1b]11;?\x1b\\"
_KITTY = re.compile(rb"\x1b_G(?=[^;]*a=q)[^;]*?i=([0-9]+)[^;]*;[^\x1b]*\x1b\\")
_ATTRIBUTES = {"kitty": b"\x1b[?62;22c", "sixel": b"\x1b[?62;4;22c"}
_NAMES = {"kitty": b"kitty(0.41.1)", "sixel": b"foot(1.13.1)"}
_QUERIES = re.compile(
    b"|".join(
        [_KITTY.pattern, *(re.escape(each) for each in (_SYNC, _CELL_SIZE, _NAME, _FENCE, _COLOUR))]
    )
)


def answers(asked: bytes, protocol: str = "") -> bytes:
    """What a terminal of this protocol ("": one without pictures) says to the queries in a text."""
    fixed = {
        _SYNC: b"\x1b[?2026;2$y",
        _CELL_SIZE: b"\x1b[6;%d;%dt" % (CELL[1], CELL[0]),
        _NAME: b"\x1bP>|%s\x1b\\" % _NAMES.get(protocol, b"plain(1)"),
        _COLOUR: b"\x1b]11;rgb:0000/0000/0000\x1b\\",
        _FENCE: _ATTRIBUTES.get(protocol, b"\x1b[?62;22c"),
    }
    said = b""
    for query in _QUERIES.finditer(asked):
        if query[0] in fixed:
            said += fixed[query[0]]
        elif protocol == "kitty":
            said += b"\x1b_Gi=%s;OK\x1b\\" % query[1]
    return said
