"""What is typed while the app opens: kept until it can be taken, without the terminal's answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic

from textual._xterm_parser import XTermParser
from textual.app import App, ScreenStackError
from textual.message import Message

from app.imaging.answers import AnswerFilter

PATIENCE = 30.0
"""Seconds that keys are kept at most for a prompt that does not come; a busy machine needs many."""


def expect(app: App[None], typed: str, *, late: bool) -> None:
    """Has Textual read ``typed`` first, and skip the answers of a terminal that is ``late``.

    Textual loses the keys that come before something has the focus, and types the answers that it
    did not ask for into whatever has it. Call it before the app runs (not in a browser).
    """
    from textual.drivers import linux_driver

    def parser(debug: bool = False) -> _PatientParser:
        return _PatientParser(typed, lambda: _ready(app), AnswerFilter(expected=late), debug)

    # The driver offers no other way to a parser of one's own.
    linux_driver.XTermParser = parser  # type: ignore[attr-defined, assignment]


def _ready(app: App[None]) -> bool:
    """Whether a key would reach anything."""
    try:
        return app.focused is not None
    except ScreenStackError:
        return False


class _PatientParser(XTermParser):
    """Textual's parser behind a filter and, until the app is ready, a store."""

    def __init__(
        self, typed: str, ready: Callable[[], bool], sieve: AnswerFilter, debug: bool
    ) -> None:
        super().__init__(debug)
        self._filter = sieve
        self._ready = ready
        self._waiting = True
        self._until = monotonic() + PATIENCE
        self._kept = self._filter.feed(typed, monotonic())

    def feed(self, data: str) -> Iterable[Message]:
        """Events of what is typed; "" ends the typing."""
        kept = self._kept + (self._filter.feed(data, monotonic()) if data else "")
        self._kept = kept if data and self._waits() else ""
        return super().feed(kept) if (kept and not self._kept) or not data else ()

    def tick(self) -> Iterable[Message]:
        """Events that waited for their time, or for the app to be ready."""
        self._kept += self._filter.release(monotonic())
        if self._kept and not self._waits():
            kept, self._kept = self._kept, ""
            yield from super().feed(kept)
        yield from super().tick()

    def _waits(self) -> bool:
        """Whether keys are still kept; never again once the app was ready."""
        self._waiting = self._waiting and not self._ready() and monotonic() < self._until
        return self._waiting
