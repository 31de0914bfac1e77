"""The list of conversations: only the rows in view exist, however long the list is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from app.domain.text import one_line
from app.storage.rows import ConversationSummary
from app.ui.widgets.picture import Picture

ROW_HEIGHT = 4
"""Cells from one row to the next."""
THUMBNAIL = (8, 3)
"""Columns and rows at most of a thumbnail."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class ConversationRow(Horizontal):
    """One conversation: a thumbnail, its title, its first prompt, when and how much."""

    class Clicked(Message):
        """The mouse chose this row."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, picture: Picture | None) -> None:
        super().__init__()
        self.picture = picture
        self.words = Static(classes="words", markup=False)
        self.summary: ConversationSummary | None = None
        self.index = -1
        """Its place in the whole list."""

    def compose(self) -> ComposeResult:
        """The thumbnail, where there is one, and the words."""
        if self.picture is not None:
            self.picture.max_columns, self.picture.max_rows = THUMBNAIL
            yield Container(self.picture, classes="thumbnail")
        yield self.words

    def show(self, summary: ConversationSummary, index: int, *, chosen: bool, opened: bool) -> None:
        """Shows a conversation; ``opened`` tells that it is the one on the screen below."""
        if self.picture is not None and (
            self.summary is None or self.summary.last_picture != summary.last_picture
        ):
            path = summary.last_picture
            self.picture.show(path, str(path or ""))
        self.summary = summary
        self.index = index
        self.set_class(chosen, "-chosen")
        self.words.update(_words(summary, opened))

    def on_click(self) -> None:
        """Tells the list."""
        self.post_message(self.Clicked(self.index))


class ConversationList(Vertical):
    """Shows the part of ``items`` around the chosen one, in as many rows as there is room for."""

    class Moved(Message):
        """Another conversation is chosen."""

    at: reactive[int] = reactive(0, init=False)
    """The index of the chosen item."""

    def __init__(self, opened: str | None, thumbnail: Callable[[], Picture] | None) -> None:
        super().__init__()
        self.items: Sequence[ConversationSummary] = ()
        self.first = 0
        """The index of the topmost item in view."""
        self._opened = opened
        self._thumbnail = thumbnail

    @property
    def room(self) -> int:
        """How many rows fit; the last needs no gap below."""
        return max((self.size.height + 1) // ROW_HEIGHT, 1)

    @property
    def chosen(self) -> ConversationSummary | None:
        """The chosen conversation, None while the list is empty."""
        return self.items[self.at] if self.at < len(self.items) else None

    def show(self, items: Sequence[ConversationSummary], at: int = 0) -> None:
        """Shows other items, with ``at`` chosen."""
        self.items = items
        self.set_reactive(ConversationList.at, max(min(at, len(items) - 1), 0))
        self._arrange()

    def move(self, by: int) -> None:
        """Chooses the item that many places further down."""
        self.at += by

    def validate_at(self, at: int) -> int:
        """Stops at the ends."""
        return max(min(at, len(self.items) - 1), 0)

    def watch_at(self) -> None:
        """Brings the chosen item into view."""
        self._arrange()
        self.post_message(self.Moved())

    def on_resize(self) -> None:
        """More or fewer rows."""
        self._arrange()

    def on_conversation_row_clicked(self, event: ConversationRow.Clicked) -> None:
        """Chooses the row under the mouse."""
        event.stop()
        self.at = event.index

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel moves the choice."""
        event.stop()
        self.move(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel moves the choice."""
        event.stop()
        self.move(-1)

    def _arrange(self) -> None:
        """Fills the rows in view. A row keeps its conversation while that is in view, so that
        scrolling prepares only the thumbnails that are new."""
        room = self.room
        self.first = max(min(self.first, self.at, len(self.items) - room), self.at - room + 1, 0)
        shown = range(self.first, min(self.first + room, len(self.items)))
        rows = list(self.query(ConversationRow))
        added = [self._row() for _ in range(len(shown) - len(rows))]
        if added:
            self.mount(*added)
            rows += added
        known = {row.summary.id: row for row in rows if row.summary is not None}
        keep = {index: known.get(self.items[index].id) for index in shown}
        spare = [row for row in rows if row not in keep.values()]
        for index in shown:
            row = keep[index] or spare.pop()
            row.display = True
            item = self.items[index]
            row.show(item, index, chosen=index == self.at, opened=item.id == self._opened)
        for row in spare:
            row.display = False
            row.index = len(self.items)
        self.sort_children(key=lambda row: row.index if isinstance(row, ConversationRow) else 0)

    def _row(self) -> ConversationRow:
        return ConversationRow(self._thumbnail() if self._thumbnail else None)


def when(moment: datetime, now: datetime) -> str:
    """When something was, as people say it: ``today 14:05``, ``yesterday``, ``12 Nov``."""
    moment = moment.astimezone(now.tzinfo)
    if moment.date() == now.date():
        return f"today {moment:%H:%M}"
    if moment.date() == now.date() - timedelta(days=1):
        return "yesterday"
    day = f"{moment.day} {MONTHS[moment.month - 1]}"
    return day if moment.year == now.year else f"{day} {moment.year}"


def counted(number: int, noun: str) -> str:
    """``1 picture``, ``2 pictures``, ``no pictures``."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _words(summary: ConversationSummary, opened: bool) -> Content:
    """The three lines of a row; the prompt is left out where the title says it already."""
    title, prompt = one_line(summary.title), one_line(summary.first_prompt)
    facts = " · ".join(
        (
            when(summary.updated, datetime.now().astimezone()),
            counted(summary.pictures, "picture"),
            counted(summary.turns, "turn"),
        )
    )
    lines = [Content.styled(title or "Untitled", "bold $foreground")]
    if prompt.casefold() != title.casefold():
        lines.append(Content(prompt))
    lines.append(Content(facts) + Content.styled(" · open now" if opened else "", "$foreground"))
    return Content("\n").join(lines)
