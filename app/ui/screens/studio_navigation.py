"""How one moves on the main screen: prompt and transcript, scrolling, the action keys."""

from __future__ import annotations

from app.domain.options import Action
from app.ui.screens.studio_base import StudioBase
from app.ui.widgets.prompt_area import PromptArea


class Navigation(StudioBase):
    """Two places, one obvious switch."""

    def action_to_transcript(self) -> None:
        """From the prompt to the transcript, with its last turn selected."""
        if self.prompt.close_completions():
            return
        self.transcript.select_last()
        self.transcript.focus()

    def on_prompt_area_left(self) -> None:
        """Tab goes to the transcript, also while Esc would cancel."""
        self.action_to_transcript()

    def on_prompt_area_scrolled(self, message: PromptArea.Scrolled) -> None:
        """Scrolls the transcript while the prompt keeps the focus."""
        page = max(1, self.transcript.size.height - 2)
        self.transcript.scroll_relative(y=message.pages * page, animate=False)

    def action_to_prompt(self) -> None:
        """Back to the prompt."""
        self.prompt.area.focus()

    def action_flip_action(self) -> None:
        """auto → generate, then generate ⇄ edit."""
        self.set_action(self.options.action.flipped())

    def action_auto_action(self) -> None:
        """Back to auto."""
        self.set_action(Action.AUTO)
