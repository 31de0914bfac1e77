"""The line at the top: the name, the conversation's title, the totals."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from app.domain.conversation import Conversation
from app.domain.text import plain
from app.ui.status import totals


class Header(Horizontal):
    """Shows what conversation this is and what it holds."""

    conversation: reactive[Conversation] = reactive(Conversation, always_update=True)

    def __init__(self, *, demo: bool) -> None:
        super().__init__()
        self._demo = demo
        self._title = Static(classes="title", markup=False)
        self._totals = Static(totals(Conversation()), classes="totals", markup=False)

    def compose(self) -> ComposeResult:
        """The title gives way when the line is short."""
        yield Static("Sfumato", classes="name", markup=False)
        if self._demo:
            yield Static("demo", classes="demo", markup=False)
        yield self._title
        yield self._totals

    def watch_conversation(self, conversation: Conversation) -> None:
        """Shows the title and counts again."""
        self._title.update(Content(plain(conversation.title)))
        self._totals.update(totals(conversation))
