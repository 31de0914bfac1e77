"""A piece of text that takes no room while it is empty."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Line(Static):
    """Plain or styled content of one or more rows; hidden while there is none."""

    def __init__(self, *, classes: str) -> None:
        super().__init__(Content(""), classes=classes, markup=False)
        self.said = Content("")
        self.display = False

    def say(self, content: Content) -> None:
        """Shows ``content`` if it is new."""
        if not self.said.is_same(content):
            self.said = content
            self.update(content)
        self.display = bool(content)
