"""The text box of the prompt: Enter sends, Ctrl+J breaks the line, ↑ in an empty box recalls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from inspect import isawaitable
from pathlib import Path

from textual import actions, events
from textual.binding import Binding
from textual.message import Message
from textual.widgets import TextArea

from app.domain.text import plain
from app.ui.keys import bindings

EDITING = {
    key: binding.action
    for binding in Binding.make_bindings(TextArea.BINDINGS)
    for key in binding.key.split(",")
}
"""What editing keys do. A binding is looked up only after the key has travelled up the screen, and
letters typed in the meantime would be there before it; so the box carries them out itself."""


class PromptArea(TextArea):
    """The text itself. Enter sends, Ctrl+J breaks the line, ↑ in an empty box recalls."""

    BINDINGS = bindings("prompt")

    class Submitted(Message):
        """The person pressed Enter."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Dropped(Message):
        """A paste consisted of paths of existing pictures."""

        def __init__(self, paths: list[Path]) -> None:
            super().__init__()
            self.paths = paths

    class Left(Message):
        """Tab with nothing to complete: on to the transcript."""

    class Scrolled(Message):
        """PageUp (-1) or PageDown (1): the transcript is meant."""

        def __init__(self, pages: int) -> None:
            super().__init__()
            self.pages = pages

    class Completing(Message):
        """↑ ↓ Tab while completions are shown: ``step`` moves, 0 accepts."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self) -> None:
        super().__init__(id="prompt-text", soft_wrap=True, show_line_numbers=False)
        self.recent: list[str] = []
        self.completing = False
        self._recalled: int | None = None

    async def _on_key(self, event: events.Key) -> None:
        """The keys that mean something else here than in an editor; the rest edits."""
        handlers: dict[str, Callable[[], bool]] = {
            "enter": self._submit,
            "ctrl+j": self._newline,
            "shift+enter": self._newline,
            "alt+enter": self._newline,
            "tab": self._accept,
            "pageup": partial(self._scroll, -1),
            "pagedown": partial(self._scroll, 1),
            "up": self._up,
            "down": self._down,
        }
        handler = handlers.get(event.key)
        if handler is not None and handler():
            event.stop()
            event.prevent_default()
            return
        action = EDITING.get(event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            _, name, parameters = actions.parse(action)
            done = getattr(self, f"action_{name}")(*parameters)
            if isawaitable(done):
                await done
            return
        await super()._on_key(event)

    def _submit(self) -> bool:
        # Cleared here and now: the next key may be in the queue already, for the next prompt.
        text = self.text
        self.load_text("")
        self.post_message(self.Submitted(text))
        return True

    def _newline(self) -> bool:
        self.insert("\n")
        return True

    def _accept(self) -> bool:
        self.post_message(self.Completing(0) if self.completing else self.Left())
        return True

    def _scroll(self, pages: int) -> bool:
        self.post_message(self.Scrolled(pages))
        return True

    def _up(self) -> bool:
        if self.completing:
            self.post_message(self.Completing(-1))
            return True
        return self._recall(-1)

    def _down(self) -> bool:
        if self.completing:
            self.post_message(self.Completing(1))
            return True
        return self._recall(1)

    def _recall(self, step: int) -> bool:
        """Walks the history: from an empty box, or from an entry that was not changed."""
        at = self._recalled
        unchanged = at is not None and at < len(self.recent) and self.text == self.recent[at]
        if not self.recent or not (unchanged or (not self.text and step < 0)):
            return False
        target = (at if unchanged and at is not None else len(self.recent)) + step
        if target < 0:
            return True
        self._recalled = target
        self.put(self.recent[target] if target < len(self.recent) else "")
        return True

    def put(self, text: str) -> None:
        """Replaces the text and puts the cursor at its end."""
        self.load_text(text)
        self.move_cursor(self.document.end)

    def remember(self, *texts: str) -> None:
        """Adds sent prompts to the history."""
        for text in texts:
            if not self.recent or self.recent[-1] != text:
                self.recent.append(text)
        self._recalled = None

    async def _on_paste(self, event: events.Paste) -> None:
        """Paths of existing pictures become attachments; other text is inserted as it is."""
        event.stop()
        event.prevent_default()
        from app.imaging.inputs import paths_in_paste

        paths = await asyncio.to_thread(paths_in_paste, event.text)
        if paths:
            self.post_message(self.Dropped(paths))
        else:
            self.insert(plain(event.text.replace("\r\n", "\n").replace("\r", "\n")))
