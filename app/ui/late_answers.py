"""What is typed: a terminal's late answers are kept out of it, and what came too early is kept."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from textual._xterm_parser import XTermParser
from textual.message import Message

from app.imaging.answers import AnswerFilter


def expect(typed: str) -> None:
    """Has Textual read ``typed`` first, and skip answers to questions that were asked before it.

    Textual types the answers that it did not ask for into whatever has the focus. Call it before
    the app runs, where a terminal may still answer or something was typed while it was asked.
    """
    from textual.drivers import linux_driver

    class Parser(_PatientParser):
        early = typed

    # The driver offers no other way to a parser of one's own.
    linux_driver.XTermParser = Parser  # type: ignore[attr-defined]


class _PatientParser(XTermParser):
    """Textual's parser behind a filter."""

    early = ""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._filter = AnswerFilter()

    def feed(self, data: str) -> Iterable[Message]:
        """Events of what is typed; "" ends the typing."""
        kept = self._filter.feed(data, monotonic()) if data else ""
        return super().feed(kept) if kept or not data else ()

    def tick(self) -> Iterable[Message]:
        """Events that waited for their time, and first of all what was typed early."""
        early, self.early = self.early, ""
        if early:
            yield from self.feed(early)
        if key := self._filter.release(monotonic()):
            yield from super().feed(key)
        yield from super().tick()
