"""The prompt: a growing box with its own history, attachments and completion of slash commands."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from app.domain.options import Action, Options
from app.domain.text import plain
from app.ui.status import pictures_line, prompt_subtitle, prompt_title
from app.ui.widgets.line import Line
from app.ui.widgets.prompt_area import PromptArea

if TYPE_CHECKING:
    from app.imaging.inputs import Checked
    from app.session.commands import Completion

PLACEHOLDERS = {
    Action.AUTO: "Describe a picture, or say what to change …",
    Action.GENERATE: "Describe a new picture …",
    Action.EDIT: "Say what to change in the last picture …",
}
COMPLETIONS_SHOWN = 6
"""Rows of the completion list."""


class Prompt(Widget):
    """The framed prompt. Its border shows the action and all that decides the next picture."""

    options: reactive[Options] = reactive(Options)
    attachments: reactive[tuple[Checked, ...]] = reactive(())
    mask: reactive[Checked | None] = reactive(None)
    state: reactive[str] = reactive("")
    """What is being done now, for the border; "" at rest."""
    target: reactive[str] = reactive("")
    """The turn that the next prompt starts from, in words; "" for the last one."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.area = PromptArea()
        self._list = Line(classes="completions")
        self._chips = Line(classes="chips")
        self._frame = Widget(self._chips, self.area, classes="frame")
        self._found: list[Completion] = []
        self._at = 0

    def compose(self) -> ComposeResult:
        """Completions above the frame, attachments above the text."""
        yield self._list
        yield self._frame

    @property
    def text(self) -> str:
        """What is typed."""
        return self.area.text

    def put(self, text: str) -> None:
        """Replaces what is typed."""
        self.area.put(text)

    def watch_options(self, options: Options) -> None:
        """Shows the options on the border."""
        self.area.placeholder = PLACEHOLDERS[options.action]
        for action in Action:
            self._frame.set_class(action is options.action, f"-{action}")
        self._dress()

    def watch_attachments(self) -> None:
        """Shows the attachments above the text."""
        self._dress()

    watch_mask = watch_state = watch_target = watch_attachments

    def _dress(self) -> None:
        """Border and chips say what the next Enter would send."""
        self._frame.border_title = prompt_title(self.options, self.target, self.state)
        count = len(self.attachments)
        self._frame.border_subtitle = prompt_subtitle(self.options, count, self.mask is not None)
        self._chips.say(pictures_line(self.attachments, self.mask))

    def on_text_area_changed(self) -> None:
        """Looks for completions of what is typed so far."""
        text = self.area.text
        if text.startswith("/") and "\n" not in text:
            self._complete(text)
        else:
            self.close_completions()

    @work(group="complete", exclusive=True)
    async def _complete(self, text: str) -> None:
        """Completes ``text``; in a thread, since paths are looked up on the disk."""
        from app.session.commands import complete

        found = await asyncio.to_thread(complete, text, self.options)
        if self.area.text == text:
            self._found, self._at = found[:COMPLETIONS_SHOWN], 0
            self._show_completions()

    def _show_completions(self) -> None:
        self.area.completing = bool(self._found)
        rows = [
            Content.assemble(
                ("▸ " if index == self._at else "  ", "$accent"),
                (plain(found.text), "bold" if index == self._at else ""),
                (f"  {plain(found.help)}", "$muted"),
            )
            for index, found in enumerate(self._found)
        ]
        self._list.say(Content("\n").join(rows))

    def close_completions(self) -> bool:
        """Closes the list; says whether it was open."""
        was_open = bool(self._found)
        self._found = []
        self._show_completions()
        return was_open

    def on_prompt_area_completing(self, message: PromptArea.Completing) -> None:
        """Moves in the list, or accepts the marked one."""
        message.stop()
        if not self._found:
            return
        if message.step:
            self._at = (self._at + message.step) % len(self._found)
            self._show_completions()
        else:
            self.area.put(self._found[self._at].text)
