"""Small questions over the screen: yes or no, one line of text, a long text to read."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from app.domain.text import one_line, plain
from app.ui.screens.sheet import SCROLL_BINDINGS, ScrollSheet, Sheet


class Confirm(Sheet[bool]):
    """A question; y or Enter answers True, n or Esc answers False."""

    CSS_PATH = ["sheet.tcss", "dialogs.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", show=False),
        Binding("n,escape", "answer(False)", show=False),
    ]

    def __init__(
        self, question: str, detail: str = "", *, yes: str = "Quit", no: str = "Stay"
    ) -> None:
        super().__init__()
        self.question = question
        self.detail = detail
        self.keys = (("Enter y", yes), ("Esc n", no))

    def body(self) -> ComposeResult:
        """The question, and what more there is to know."""
        yield Static(plain(self.question), classes="question", markup=False)
        if self.detail:
            yield Static(plain(self.detail), classes="quiet", markup=False)

    def action_answer(self, answer: bool) -> None:
        """Closes with the answer."""
        self.dismiss(answer)


class Ask(Sheet[str | None]):
    """One line of text; Enter answers it without blanks around, Esc answers None."""

    CSS_PATH = ["sheet.tcss", "dialogs.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", show=False)]
    keys = (("Enter", "accept"), ("Esc", "cancel"))

    def __init__(
        self, title: str, value: str = "", *, placeholder: str = "", hint: str = ""
    ) -> None:
        super().__init__()
        self.sheet_title = title
        self.value = value
        self.placeholder = placeholder
        self.detail = hint

    def body(self) -> ComposeResult:
        """The line, and a hint below it."""
        yield Input(
            one_line(self.value), placeholder=one_line(self.placeholder), select_on_focus=False
        )
        if self.detail:
            yield Static(plain(self.detail), classes="quiet", markup=False)

    def on_mount(self) -> None:
        """Puts the cursor behind the value."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Accepts the line; an empty one is no answer."""
        event.stop()
        value = event.value.strip()
        if value:
            self.dismiss(value)

    def action_cancel(self) -> None:
        """Closes without an answer."""
        self.dismiss(None)


class PlainText(ScrollSheet):
    """A long text from outside, to read and scroll."""

    CSS_PATH = ["sheet.tcss", "dialogs.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        *SCROLL_BINDINGS,
        Binding("escape,q,enter", "close", show=False),
    ]
    keys = (("↑↓", "scroll"), ("Esc", "close"))

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.sheet_title = title
        self.text = text

    def body(self) -> ComposeResult:
        """The text in an area that scrolls."""
        with VerticalScroll(can_focus=False):
            yield Static(plain(self.text), markup=False)
