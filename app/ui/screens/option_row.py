"""One row of the options screen: label, value, help, and a line to type a value in."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from app.domain.options import OptionSpec
from app.domain.text import plain


class OptionRow(Horizontal):
    """Shows one option; it knows no rules, the screen tells it what to show."""

    class Clicked(Message):
        """The mouse chose this row."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, spec: OptionSpec, index: int) -> None:
        super().__init__()
        self.spec = spec
        self.index = index
        self._input: Input | None = None

    def compose(self) -> ComposeResult:
        """Label, value and help."""
        yield Static(self.spec.label, classes="label", markup=False)
        yield Static(classes="value", markup=False)
        yield Static(self.spec.help, classes="note", markup=False)

    @property
    def typing(self) -> bool:
        """Whether the line to type in is open."""
        return self._input is not None

    def show(self, value: str, *, chosen: bool, steps: bool) -> None:
        """Shows a value; ``steps`` tells whether there are others to step to."""
        text = Content.styled(plain(value), "$muted" if value == self.spec.default else "bold")
        if chosen and steps:
            text = Content.assemble(("‹ ", "$accent"), text, (" ›", "$accent"))
        else:
            text = Content("  ") + text
        self.set_class(chosen, "-chosen")
        self.query_one(".value", Static).update(text)

    def open_input(self, value: str) -> None:
        """Opens the line, with ``value`` in it."""
        self._input = Input(value, select_on_focus=False)
        self.mount(self._input, after=self.query_one(".value"))
        self.query_one(".value").display = False
        self._input.focus()

    def close_input(self) -> None:
        """Closes the line, if it is open."""
        if self._input is not None:
            self._input.remove()
            self._input = None
            self.query_one(".value").display = True

    def on_click(self) -> None:
        """Tells the screen."""
        self.post_message(self.Clicked(self.index))
