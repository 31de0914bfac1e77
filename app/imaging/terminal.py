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

from app.imaging.detection import Terminal

_KITTY = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
_NAME = b"\x1b[>0q"
_CELL = b"\x1b[16t"
_FENCE = b"\x1b[c"
"""Device attributes: answered by every terminal, and last."""
_FENCE_ANSWER = re.compile(rb"\x1b\[\?([0-9;]*)c")


def ask(patience: float, *, skip_kitty: bool = False) -> Terminal:
    """What the terminal can do, asked for so many seconds at most; answers in time are used up."""
    if sys.__stdin__ is None or sys.__stdout__ is None:
        return Terminal(answered=False)
    source, target = sys.__stdin__.fileno(), sys.__stdout__.fileno()
    questions = (b"" if skip_kitty else _KITTY) + _NAME + _CELL + _FENCE
    try:
        with _raw(source):
            os.write(target, questions)
            return read_answers(_until_fence(source, patience))
    except (OSError, termios.error):
        return Terminal(answered=False)


def read_answers(data: bytes) -> Terminal:
    """A terminal's answers, in any order and mixed with typing. Pure."""
    fence = _FENCE_ANSWER.search(data)
    name = re.search(rb"\x1bP>\|([^\x1b]*)\x1b\\", data)
    cell = re.search(rb"\x1b\[6;([0-9]{1,4});([0-9]{1,4})t", data)
    return Terminal(
        name=name[1].decode("utf-8", "replace").lower() if name else "",
        kitty=b"\x1b_Gi=31;OK\x1b\\" in data,
        sixel=bool(fence and b"4" in fence[1].split(b";")[1:]),
        cell=(int(cell[2]), int(cell[1])) if cell else (0, 0),
        answered=fence is not None,
    )


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
    while (left := deadline - time.monotonic()) > 0 and len(data) < 65536:
        if not select.select([source], [], [], left)[0]:
            break
        piece = os.read(source, 4096)
        data += piece
        if not piece or _FENCE_ANSWER.search(data):
            break
    return data
