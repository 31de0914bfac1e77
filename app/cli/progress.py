"""How a turn is getting on, on one line of a terminal's stderr; nothing when nobody looks there."""

from __future__ import annotations

import sys
from typing import Self

from app.domain.text import one_line
from app.session.live import Live

WIDTH = 60
"""Characters of the line."""


class Progress:
    """One line that is written over, and is gone after the ``with`` block."""

    def __init__(self) -> None:
        self._shown = ""
        self._watched = sys.stderr is not None and sys.stderr.isatty()

    def show(self, live: Live | None) -> None:
        """Shows what is happening now; None when the turn has ended."""
        text = _words(live) if live is not None else ""
        if self._watched and text != self._shown:
            sys.stderr.write(f"\r{text:<{WIDTH}}\r{text}")
            sys.stderr.flush()
            self._shown = text

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.show(None)


def _words(live: Live) -> str:
    """The stage, and how long it waits before sending again."""
    waits = f", {live.retry_in:.0f} s left" if live.retry_in is not None else ""
    return one_line(f"{live.stage}{waits} …", WIDTH)
