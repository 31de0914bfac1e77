"""A stage for one secondary screen: an app with our themes that opens it and keeps its answer."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.content import Content
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import Static

from app.ui.theming import DEFAULT_THEME, default_variables, load_themes

NOT_YET = object()


class Stage(App[None]):
    """Opens ``screen`` at the start; ``answer`` is what it was closed with."""

    def __init__(self, screen: Screen[Any], theme: str | Theme = DEFAULT_THEME) -> None:
        super().__init__()
        self.first = screen
        self.answer: object = NOT_YET
        for known in load_themes(None)[0]:
            self.register_theme(known)
        if isinstance(theme, Theme):
            self.register_theme(theme)
        self.theme = theme.name if isinstance(theme, Theme) else theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return default_variables(self.current_theme)

    def on_mount(self) -> None:
        self.push_screen(self.first, self._keep)

    def _keep(self, answer: object) -> None:
        self.answer = answer

    def text(self, selector: str) -> str:
        """What one Static of the open screen says."""
        shown = self.screen.query_one(selector, Static).visual
        assert isinstance(shown, Content)
        return shown.plain

    def page(self) -> str:
        """The open screen as the terminal shows it."""
        strips = self.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)
