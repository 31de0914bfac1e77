"""The help screen: every key and slash command on one page, from the tables that define them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from app.session.commands import COMMANDS
from app.ui.keys import by_place
from app.ui.screens.sheet import SCROLL_BINDINGS, ScrollSheet

Row = tuple[str, str]
"""What to press or type, and what it does."""


class HelpScreen(ScrollSheet):
    """All keys by place, then the slash commands; two columns where there is room."""

    CSS_PATH = ["sheet.tcss", "help.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        *SCROLL_BINDINGS,
        Binding("escape,f1,q,question_mark", "close", show=False),
    ]
    sheet_title = "Keys and commands"
    keys = (("↑↓ PgUp PgDn", "scroll"), ("Esc", "close"))

    def body(self) -> ComposeResult:
        """The sections, shared out over two columns of about the same length."""
        *places, last = (
            (name, [(key.name, key.help) for key in keys]) for name, keys in by_place()
        )
        sections = [*places, ("Slash commands", commands()), last]
        with VerticalScroll(can_focus=False), Horizontal(classes="columns"):
            for column in halves(sections):
                with Vertical(classes="column"):
                    for title, rows in column:
                        yield from _section(title, rows)


def commands() -> list[Row]:
    """The slash commands: how each is typed, and its help."""
    return [(command.usage, command.help) for command in COMMANDS.values()]


def halves(sections: list[tuple[str, list[Row]]]) -> list[list[tuple[str, list[Row]]]]:
    """The sections in two columns, in order, cut where the longer column is shortest."""

    def longer(cut: int) -> int:
        left = sum(len(rows) + 2 for _, rows in sections[:cut])
        return max(left, sum(len(rows) + 2 for _, rows in sections[cut:]))

    cut = min(range(1, len(sections)), key=longer)
    return [sections[:cut], sections[cut:]]


def _section(title: str, rows: Iterable[Row]) -> ComposeResult:
    yield Static(title, classes="heading", markup=False)
    with Grid(classes="rows"):
        for name, what in rows:
            yield Static(name, classes="name", markup=False)
            yield Static(what, classes="what", markup=False)
