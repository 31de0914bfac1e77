"""A scrolled app of pictures and words in a terminal of the tests, and somebody who reads in it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from app.imaging.detection import Graphics
from app.ui.display import LeanApp
from app.ui.graphics import PictureCache
from app.ui.widgets.picture import Picture
from tests.imaging.pictures import encoded, halves
from tests.terminal.harness import Window, window

UPLOAD = re.compile("\x1b_G.*?\x1b\\\\")
"""What goes into kitty's memory, not on the screen."""


class Question(ModalScreen[None]):
    """A dialog with a tinted background."""

    CSS = "Question { align: center middle; } Question > Static { width: 20; height: 3; }"
    BINDINGS = [Binding("escape", "dismiss")]

    def compose(self) -> ComposeResult:
        yield Static("Really?")


class Chronicle(LeanApp):
    """A head, pictures with words beside them in a scrolled column, and a line to type in."""

    CSS = """
    Screen { layers: base over; }
    VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    VerticalScroll > Horizontal { height: auto; }
    Horizontal > Static { width: 1fr; }
    Input { height: 1; border: none; }
    #over { layer: over; dock: right; width: 12; height: 3; display: none; background: green; }
    """
    BINDINGS = [Binding("f2", "ask"), Binding("f3", "cover")]

    def __init__(self, graphics: Graphics, *, moves_rows: bool = True) -> None:
        super().__init__()
        self.graphics = graphics
        self.moves_rows = moves_rows
        self.cache = PictureCache()
        self.column = VerticalScroll(can_focus=False)

    def compose(self) -> ComposeResult:
        yield Static("A chronicle with a 🦊 in its head")
        with self.column:
            for number in range(8):
                picture = Picture(graphics=self.graphics, cache=self.cache)
                picture.max_columns, picture.max_rows = 24, 12
                picture.show(encoded(halves(240, 160)), str(number % 3), (240, 160))
                with Horizontal():
                    yield picture
                    yield Static("\n".join(f"{number}.{line} said" for line in range(number)))
                yield Static(f"end of 画 {number}")
        line = Input(select_on_focus=False)
        line.cursor_blink = False
        yield line
        yield Static("over it", id="over")

    def on_unmount(self) -> None:
        self.cache.close()

    def action_ask(self) -> None:
        """Opens a dialog."""
        self.push_screen(Question())

    def action_cover(self) -> None:
        """Shows or hides something in a corner."""
        over = self.query_one("#over")
        over.display = not over.display


class Reader:
    """Somebody who scrolls, types and opens things, and looks at the terminal each time."""

    def __init__(self, app: Chronicle, opened: Window) -> None:
        self.app = app
        self.window = opened
        self._written: list[str] = []
        feed = opened.model.feed
        opened.model.feed = lambda data: feed(data) or self._written.append(data)  # type: ignore[method-assign,func-returns-value]

    async def scroll(self, lines: int) -> str:
        """Scrolls; what was written for it on the screen."""
        self._written.clear()
        self.app.column.scroll_relative(y=lines, animate=False)
        await self.window.settled()
        return UPLOAD.sub("", "".join(self._written))

    def whole(self) -> int:
        """How many characters a whole repaint takes."""
        return self.window.repainted().written

    def looks_right(self) -> None:
        """The terminal shows what it would after a whole repaint."""
        model = self.window.model
        assert model.check() == []
        assert model.snapshot() == self.window.repainted().snapshot()


@asynccontextmanager
async def reading(
    graphics: Graphics, columns: int = 60, rows: int = 24, *, moves_rows: bool = True
) -> AsyncIterator[Reader]:
    """Opens a chronicle in the terminal of the tests."""
    app = Chronicle(graphics, moves_rows=moves_rows)
    async with window(app, columns, rows) as opened:
        yield Reader(app, opened)
