"""The frame of all secondary screens: a titled sheet over the studio, its keys at the foot."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen, ScreenResultType
from textual.widgets import Static

from app.domain.text import one_line

WIDE = 110
"""Columns from which a sheet may use a second column."""
TALL = 36
"""Lines from which a sheet has air around it."""


class Sheet(ModalScreen[ScreenResultType]):
    """A screen over the studio: ``body`` in a frame with ``title``, and ``keys`` below."""

    CSS_PATH = ["sheet.tcss"]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (TALL, "-tall")]

    sheet_title = ""
    """What stands in the frame; outside text is welcome."""
    keys: tuple[tuple[str, str], ...] = ()
    """The keys of the sheet and what they do, for its last line."""

    def compose(self) -> ComposeResult:
        """The frame with the body inside."""
        frame = Vertical(classes="sheet")
        frame.border_title = Content(one_line(self.sheet_title))
        with frame:
            yield from self.body()
            yield Static(key_hints(self.keys), classes="hints")

    def body(self) -> ComposeResult:
        """The widgets between title and keys."""
        raise NotImplementedError

    def hint(self, *keys: tuple[str, str]) -> None:
        """Shows ``keys`` at the foot instead of the sheet's own."""
        self.query_one(".hints", Static).update(key_hints(keys or self.keys))


SCROLL_BINDINGS: list[BindingType] = [
    Binding("up,k", "scroll_by(-1)", show=False),
    Binding("down,j", "scroll_by(1)", show=False),
    Binding("pageup,b", "scroll_page(-1)", show=False),
    Binding("pagedown,space", "scroll_page(1)", show=False),
    Binding("home,g", "scroll_to_end(-1)", show=False),
    Binding("end,G", "scroll_to_end(1)", show=False),
]
"""The keys of ``ScrollSheet``."""


class ScrollSheet(Sheet[None]):
    """A sheet to read: its first ``VerticalScroll`` scrolls by all the usual keys."""

    def _area(self) -> VerticalScroll:
        return self.query_one(VerticalScroll)

    def action_scroll_by(self, lines: int) -> None:
        """Scrolls by lines."""
        self._area().scroll_relative(y=lines, animate=False)

    def action_scroll_page(self, pages: int) -> None:
        """Scrolls by the height of the area less one line."""
        area = self._area()
        area.scroll_relative(y=pages * max(area.size.height - 1, 1), animate=False)

    def action_scroll_to_end(self, direction: int) -> None:
        """Scrolls to the top (-1) or the bottom (1)."""
        area = self._area()
        area.scroll_to(y=0 if direction < 0 else area.max_scroll_y, animate=False)

    def action_close(self) -> None:
        """Closes the sheet."""
        self.dismiss(None)


def key_hints(keys: Iterable[tuple[str, str]]) -> Content:
    """``Esc close   F1 help`` as the last line of a sheet."""
    parts = [
        Content.assemble((key, "bold $foreground"), (f" {what}", "$muted")) for key, what in keys
    ]
    return Content("   ").join(parts)
