"""The app: themes, the palette, and the main screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.theme import Theme

from app.domain.errors import DiskTrouble
from app.domain.text import plain
from app.ui.display import LeanApp
from app.ui.keys import palette_keys
from app.ui.screens.studio import Studio
from app.ui.theming import DEFAULT_THEME, default_variables, load_themes
from app.ui.workshop import Workshop

if TYPE_CHECKING:
    from app.session.commands import Command


class SfumatoApp(LeanApp):
    """Opens on the main screen; everything that happens there is the screen's.

    Textual does not load the style sheet of a default screen by itself, so it stands here.
    """

    TITLE = "Sfumato"
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "screens/studio.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", key_display="^Q", priority=True)
    ]

    def __init__(self, workshop: Workshop) -> None:
        self._ours: dict[str, Theme] = {}
        super().__init__()
        self.workshop = workshop
        graphics = workshop.graphics
        self.moves_rows = workshop.scroll_regions and graphics.moves_rows
        self.loses_pictures = graphics.protocol == "sixel"
        self.studio = Studio(workshop)
        themes, self._theme_problems = load_themes(workshop.themes_folder)
        self._ours = {theme.name: theme for theme in themes}
        for theme in themes:
            self.register_theme(theme)
        known = self.available_themes
        self.theme = workshop.theme if workshop.theme in known else DEFAULT_THEME
        if workshop.theme and workshop.theme not in known:
            self._theme_problems.append(f"There is no theme named {workshop.theme}.")

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Our themes and the person's own; Textual's know nothing of our colours.

        Textual asks for this a hundred times a frame.
        """
        return self._ours or super().available_themes

    def get_default_screen(self) -> Screen[None]:
        """The main screen."""
        return self.studio

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own variables, for themes that do not set them."""
        return default_variables(self.current_theme)

    def on_mount(self) -> None:
        """Says which themes were skipped, and remembers a theme that is chosen from now on."""
        for problem in self._theme_problems:
            self.notify(problem, title="Themes", severity="warning", markup=False)
        self.theme_changed_signal.subscribe(self, self._remember_theme)

    @work(thread=True, exit_on_error=False)
    def _remember_theme(self, theme: object) -> None:
        """Writes the choice down, in a thread; a disk that refuses it costs only that."""
        from app.storage.settings import save_choice

        settings = self.workshop.settings_file
        if settings is not None:
            save_choice(settings, "theme", self.theme)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every command of the main screen, then the theme picker and quitting."""
        from app.session.commands import COMMANDS

        if screen is self.studio:
            for key in palette_keys():
                title = key.help[:1].upper() + key.help[1:]
                yield SystemCommand(title, key.name, self._runner(key.action))
            for command in COMMANDS.values():
                yield SystemCommand(command.usage, command.help, self._starter(command))
            moving = self.studio.cache.animate
            title = "Pause animations" if moving else "Play animations"
            yield SystemCommand(title, "GIF, WebP and APNG", self.action_animate)
        yield SystemCommand("Change the theme", "colours", self.action_change_theme)
        yield SystemCommand("Redraw the screen", "where something else wrote on it", self.repaint)
        yield SystemCommand("Quit", "Ctrl+Q", self.action_quit)

    def action_animate(self) -> None:
        """Plays or pauses animations, until the app is left; the setting is for ever."""
        self.studio.cache.animate = not self.studio.cache.animate

    def _runner(self, action: str) -> Callable[[], Awaitable[None]]:
        return partial(self.studio.run_action, action.removeprefix("screen."))

    def _starter(self, command: Command) -> Callable[[], Awaitable[None]]:
        return partial(self.studio.start_command, command)

    def _fatal_error(self) -> None:
        """Leaves with one sentence: Textual's own report shows variables, a key among them."""
        said = "Something went wrong that nobody foresaw."
        from app.storage.logs import record

        error, folder = self._exception, self.workshop.log_folder
        if error is not None and folder is not None:
            with suppress(DiskTrouble):
                said += f" What happened is in {plain(str(record(folder, error)))}"
        self.bell()
        self.panic(Text(said))

    async def action_quit(self) -> None:
        """Quits; asks once while a turn runs."""
        count = len(self.studio.session.running()) if self.studio.session else 0
        if not count or len(self.screen_stack) > 1:
            await self._leave()
            return
        from app.ui.screens.dialogs import Confirm

        question = "A picture is still being made." if count == 1 else f"{count} turns are running."
        detail = "Quitting cancels it. What has arrived is kept, and r sends it again."
        self.push_screen(Confirm(question, detail, yes="Quit", no="Stay"), self._answered)

    async def _answered(self, leave: bool | None) -> None:
        if leave:
            await self._leave()

    async def _leave(self) -> None:
        await self.studio.shut()
        self.exit()
