"""The options screen: one row per option, legal values only, others typed and checked."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from app.domain.errors import BadOption
from app.domain.options import SPECS, Options, OptionSpec, legal_values, value_of, with_value
from app.domain.text import plain
from app.ui.screens.option_row import OptionRow
from app.ui.screens.sheet import Sheet

TYPED = ("size", "number", "model")
"""The kinds of options whose values can also be typed."""


class OptionsScreen(Sheet[Options | None]):
    """Changes options row by row; closing answers with what was chosen."""

    CSS_PATH = ["sheet.tcss", "options.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("enter,space", "enter", show=False),
        Binding("r", "reset", show=False),
        Binding("escape", "leave", show=False),
        Binding("f2", "done", show=False),
    ]
    sheet_title = "Options"

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.options = options
        """What is chosen so far."""
        self.at = 0
        """The index of the chosen row in ``SPECS``."""

    def body(self) -> ComposeResult:
        """The rows, and below them what the chosen one may be."""
        with Vertical(classes="rows"):
            for index, spec in enumerate(SPECS):
                yield OptionRow(spec, index)
        yield Static(classes="help", markup=False)
        yield Static(classes="choices", markup=False)
        yield Static(classes="reason", markup=False)

    def on_mount(self) -> None:
        """Shows the options as they came in."""
        self._show()

    @property
    def spec(self) -> OptionSpec:
        """The option of the chosen row."""
        return SPECS[self.at]

    def action_move(self, by: int) -> None:
        """Chooses the next row above (-1) or below (1)."""
        self._close_input()
        rows = [index for index, spec in enumerate(SPECS) if offered(spec, self.options)]
        place = rows.index(self.at) + by
        self.at = rows[min(max(place, 0), len(rows) - 1)]
        self._show()

    def action_step(self, by: int) -> None:
        """Takes the next legal value of the row, to the left (-1) or right (1)."""
        self.options, reason = stepped(self.options, self.spec, by)
        self._show(reason)

    def action_enter(self) -> None:
        """Opens the row for typing, or takes its next value."""
        if self.spec.kind in TYPED:
            self._open_input(value_of(self.options, self.spec))
        else:
            self.action_step(1)

    def action_reset(self) -> None:
        """Puts the row back to its default."""
        self._show(self._take(self.spec.default))

    def action_leave(self) -> None:
        """Leaves the typing with the old value, or the screen with what is chosen."""
        if self._row().typing:
            self._close_input()
            self._show()
        else:
            self.action_done()

    def action_done(self) -> None:
        """Closes the screen; what was chosen stays."""
        self.dismiss(self.options)

    def on_key(self, event: events.Key) -> None:
        """Typing on a row that takes free values opens it; r and Space do what they always do."""
        if event.key in ("r", "space") or self.spec.kind not in TYPED or self._row().typing:
            return
        if event.is_printable and event.character:
            event.stop()
            self._open_input(event.character)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Takes the typed value, or says why not and leaves it to be mended."""
        event.stop()
        reason = self._take(event.value)
        if not reason:
            self._close_input()
        self._show(reason)

    def on_option_row_clicked(self, event: OptionRow.Clicked) -> None:
        """Chooses the row under the mouse."""
        self._close_input()
        self.at = event.index
        self._show()

    def _take(self, value: str) -> str:
        """Sets the row's value; answers the reason when it is refused."""
        try:
            self.options = with_value(self.options, self.spec.command, value)
        except BadOption as error:
            return reason_of(error)
        return ""

    def _row(self) -> OptionRow:
        return self.query(OptionRow)[self.at]

    def _open_input(self, value: str) -> None:
        self._row().open_input(value)
        self.hint(("Enter", "accept"), ("Esc", "keep the old value"))

    def _close_input(self) -> None:
        self._row().close_input()

    def _show(self, reason: str = "") -> None:
        """Brings rows, choices, reason and keys up to date."""
        for row in self.query(OptionRow):
            row.display = offered(row.spec, self.options)
            row.show(
                value_of(self.options, row.spec),
                chosen=row.spec is self.spec,
                steps=len(legal_values(row.spec, self.options)) > 1,
            )
        self.query_one(".help", Static).update(f"{self.spec.label}: {self.spec.help}")
        self.query_one(".choices", Static).update(_choices(self.options, self.spec))
        self.query_one(".reason", Static).update(plain(reason))
        if not self._row().typing:
            enter = "type a value" if self.spec.kind in TYPED else "next"
            self.hint(
                ("↑↓", "move"), ("←→", "change"), ("Enter", enter), ("r", "reset"), ("Esc", "done")
            )


def offered(spec: OptionSpec, options: Options) -> bool:
    """Whether the image model leaves a choice at all for the option."""
    return spec.kind in TYPED or len(legal_values(spec, options)) > 1


def stepped(options: Options, spec: OptionSpec, by: int) -> tuple[Options, str]:
    """The options with the next legal value of ``spec`` (``by`` is -1 or 1, around the end).

    Values that do not go with the other options are passed over; the reason is the second part.
    """
    legal = legal_values(spec, options)
    value = value_of(options, spec)
    at = legal.index(value) if value in legal else 0
    reason = ""
    for distance in range(1, len(legal)):
        candidate = legal[(at + by * distance) % len(legal)]
        try:
            return with_value(options, spec.command, candidate), reason
        except BadOption as error:
            reason = reason or f"Passed over {candidate}. {reason_of(error)}"
    return options, reason or f"{spec.label} can only be {legal[0]} now ({spec.help})."


def reason_of(error: BadOption) -> str:
    """Why a value was refused, and what would do."""
    return f"{error.sentence} {error.hint}".strip()


def _choices(options: Options, spec: OptionSpec) -> Content:
    """The values to step through, the present one marked."""
    value = value_of(options, spec)
    parts = [
        Content.styled(item, "bold $accent" if item == value else "$muted")
        for item in legal_values(spec, options)
    ]
    return Content("  ").join(parts)
