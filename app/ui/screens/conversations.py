"""The conversations screen: find, open, rename and delete conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from app.domain.errors import DiskTrouble
from app.domain.text import one_line, plain
from app.imaging.detection import Graphics
from app.storage.library import Library
from app.storage.rows import ConversationSummary
from app.ui.graphics import PictureCache
from app.ui.screens.conversation_list import ConversationList
from app.ui.screens.dialogs import Ask
from app.ui.screens.sheet import Sheet
from app.ui.widgets.picture import Picture

EMPTY = "No conversations yet. Close this with Esc, describe a picture, and it will be kept here."
NOTHING_FOUND = "No conversation has these words in its title or first prompt."


class ConversationsScreen(Sheet[str | None]):
    """Lists the library's conversations; answers the id of the one to open, or None."""

    CSS_PATH = ["sheet.tcss", "conversations.tcss"]
    # Priority, because the filter has the focus and would eat some of these.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("ctrl+home", "end(-1)", show=False, priority=True),
        Binding("ctrl+end", "end(1)", show=False, priority=True),
        Binding("ctrl+r,f4", "rename", show=False, priority=True),
        Binding("ctrl+d", "trash", show=False, priority=True),
        Binding("delete", "delete", show=False, priority=True),
        Binding("ctrl+z", "restore", show=False, priority=True),
        Binding("escape,ctrl+o", "close", show=False, priority=True),
    ]
    sheet_title = "Conversations"
    keys = (
        ("↑↓", "choose"),
        ("Enter", "open"),
        ("^R", "rename"),
        ("^D", "to trash"),
        ("^Z", "undo"),
        ("Esc", "close"),
    )

    def __init__(
        self,
        library: Library,
        current: str | None,
        graphics: Graphics | None = None,
        cache: PictureCache | None = None,
        trashed: list[ConversationSummary] | None = None,
    ) -> None:
        """``trashed`` is what was moved to the trash before, so that it can be brought back."""
        super().__init__()
        self.library = library
        self.current = current
        self.renamed: dict[str, str] = {}
        """The new titles given here, by conversation."""
        self._thumbnail: Callable[[], Picture] | None = None
        if graphics is not None and cache is not None and graphics.protocol != "text":
            self._thumbnail = lambda: Picture(graphics=graphics, cache=cache)
        self._all: list[ConversationSummary] = []
        self._trashed = trashed if trashed is not None else []

    def body(self) -> ComposeResult:
        """The filter, the list, and a line for what happened."""
        yield Input(placeholder="Filter by title or first prompt", classes="filter")
        yield Static(classes="empty", markup=False)
        yield ConversationList(self.current, self._thumbnail)
        yield Static(classes="notice", markup=False)

    def on_mount(self) -> None:
        """Reads the library, off the event loop."""
        self.query_one(Input).focus()
        self._read()

    @work(group="library")
    async def _read(self) -> None:
        try:
            self._all = await asyncio.to_thread(self.library.list)
        except DiskTrouble as error:
            self._say(f"{error.sentence} {error.hint}")
            return
        self._show(self.current)

    def on_input_changed(self) -> None:
        """Filters as the words are typed."""
        self._show(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Opens the chosen conversation."""
        event.stop()
        chosen = self._list.chosen
        if chosen is not None:
            self.dismiss(chosen.id)

    def on_conversation_list_moved(self) -> None:
        """Tells where in the list the choice is now."""
        self._count()

    def action_move(self, by: int) -> None:
        """Chooses the row above (-1) or below (1)."""
        self._list.move(by)

    def action_page(self, pages: int) -> None:
        """Moves by as many rows as are in view."""
        self.action_move(pages * self._list.room)

    def action_end(self, direction: int) -> None:
        """Chooses the first (-1) or last (1) row."""
        self.action_move(direction * len(self._all))

    def action_close(self) -> None:
        """Closes without opening anything."""
        self.dismiss(None)

    def action_rename(self) -> None:
        """Asks for another title."""
        chosen = self._list.chosen
        if chosen is None:
            return

        async def rename(title: str | None) -> None:
            if title and await self._done(self.library.rename, chosen.id, title):
                self.renamed[chosen.id] = title
                self._all = [
                    replace(item, title=title) if item.id == chosen.id else item
                    for item in self._all
                ]
                self._show(chosen.id)

        self.app.push_screen(Ask("Rename the conversation", chosen.title), rename)

    def action_delete(self) -> None:
        """The Delete key: deletes in the filter where there is something to delete."""
        line = self.query_one(Input)
        if line.cursor_at_end and line.selection.is_empty:
            self.action_trash()
        else:
            line.action_delete_right()

    def action_trash(self) -> None:
        """Moves the chosen conversation to the trash."""
        chosen = self._list.chosen
        if chosen is None:
            return
        if chosen.id == self.current:
            self._say("This conversation is open. Open another or a new one (Ctrl+N) first.")
            return
        self._trash(chosen)

    @work(group="library")
    async def _trash(self, summary: ConversationSummary) -> None:
        if summary in self._all and await self._done(self.library.trash, summary.id):
            self._all = [item for item in self._all if item.id != summary.id]
            self._trashed.append(summary)
            self._show(None, self._list.at)
            self._say(f"Moved “{one_line(summary.title, 40)}” to the trash. Ctrl+Z brings it back.")

    def action_restore(self) -> None:
        """Brings back what was moved to the trash last."""
        if self._trashed:
            self._restore(self._trashed.pop())

    @work(group="library")
    async def _restore(self, summary: ConversationSummary) -> None:
        if await self._done(self.library.restore, summary.id):
            self._all.append(summary)
            self._show(summary.id)
            self._say(f"“{one_line(summary.title, 40)}” is back.")
        else:
            self._trashed.append(summary)

    async def _done(self, verb: Callable[..., None], *arguments: str) -> bool:
        """Whether the library did something, in a thread; a refusal is told."""
        try:
            await asyncio.to_thread(verb, *arguments)
        except DiskTrouble as error:
            self._say(f"{error.sentence} {error.hint}")
            return False
        return True

    @property
    def _list(self) -> ConversationList:
        return self.query_one(ConversationList)

    def _show(self, chosen: str | None, at: int = 0) -> None:
        """Lists what passes the filter, newest first, with ``chosen`` (or place ``at``) chosen."""
        words = self.query_one(Input).value.casefold()
        self._all.sort(key=lambda item: item.updated, reverse=True)
        found = [item for item in self._all if words in _searched(item)]
        places = [place for place, item in enumerate(found) if item.id == chosen]
        self._list.show(found, places[0] if places else at)
        empty = self.query_one(".empty", Static)
        empty.update(NOTHING_FOUND if self._all else EMPTY)
        empty.display = not found
        self._say("")
        self._count()

    def _count(self) -> None:
        """Which of how many are in view, in the frame's lower edge."""
        shown = self._list
        place = f"{shown.at + 1:,} of {len(shown.items):,}" if shown.items else ""
        self.query_one(".sheet").border_subtitle = Content(place)

    def _say(self, text: str) -> None:
        self.query_one(".notice", Static).update(plain(text))


def _searched(item: ConversationSummary) -> str:
    """What the filter looks at."""
    return f"{item.title}\n{item.first_prompt}".casefold()
