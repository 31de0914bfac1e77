"""Questions to the terminal itself: all at once, fenced, with every answer read away (POSIX)."""

from __future__ import annotations

import contextlib
import os
import re
import select
import sys
import termios
import time
import tty
from collections.abc import Iterator

from app.imaging.answers import ATTRIBUTES, Terminal, read_answers

_KITTY = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
_NAME = b"\x1b[>0q"
_CELL = b"\x1b[16t"
_FENCE = b"\x1b[c"
"""Device attributes: answered by every terminal, and last."""
_FENCE_ANSWER = re.compile(ATTRIBUTES.encode())
_MOST = 65536
"""Bytes that are read at most, whatever comes."""


def ask(patience: float, *, skip_kitty: bool = False) -> Terminal:
    """What the terminal can do, asked for so many seconds at most; answers in time are used up."""
    if sys.__stdin__ is None or sys.__stdout__ is None:
        return Terminal()
    source, target = sys.__stdin__.fileno(), sys.__stdout__.fileno()
    questions = (b"" if skip_kitty else _KITTY) + _NAME + _CELL + _FENCE
    try:
        with _raw(source):
            os.write(target, questions)
            return read_answers(_until_fence(source, patience))
    except (OSError, termios.error):
        return Terminal(answered=False)


@contextlib.contextmanager
def _raw(source: int) -> Iterator[None]:
    """The terminal without echo and line editing; as it was afterwards."""
    before = termios.tcgetattr(source)
    tty.setcbreak(source, termios.TCSANOW)
    try:
        yield
    finally:
        termios.tcsetattr(source, termios.TCSANOW, before)


def _until_fence(source: int, patience: float) -> bytes:
    """Everything that arrives until the fence's answer, or until patience ends."""
    deadline = time.monotonic() + patience
    data = b""
    while (left := deadline - time.monotonic()) > 0 and len(data) < _MOST:
        if not select.select([source], [], [], left)[0]:
            break
        piece = os.read(source, 4096)
        data += piece
        if not piece or _FENCE_ANSWER.search(data):
            break
    return data
