"""An app in a terminal of the tests: its bytes go to a model, its window can be changed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from rich.color import ColorSystem
from textual.app import App
from textual.driver import Driver
from textual.events import Key, Resize
from textual.geometry import Size
from textual.messages import TerminalSupportsSynchronizedOutput
from textual.pilot import Pilot

from app.ui.widgets.picture import Picture
from tests.terminal.model import TerminalModel

PATIENCE = 30.0
"""Seconds until a test gives up waiting."""
CALM = 5
"""Looks, a few milliseconds apart, at a screen that does not change: then it has settled."""
PACE = 0.003
"""Seconds between two pieces that a slow terminal reads."""
ENTER = "\x1b[?1049h\x1b[?1000h\x1b[?1006h\x1b[?25l\x1b[?1004h\x1b[>1u\x1b[?2004h\x1b[?7l"
LEAVE = "\x1b[?2004l\x1b[?7h\x1b[?1000l\x1b[?1006l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"


class ModelDriver(Driver):
    """Writes into a model what a real driver writes into a terminal; input comes from a pilot."""

    model: TerminalModel
    backlog = 0
    """Writes that the terminal has still to read."""

    def write(self, data: str) -> None:
        self.model.feed(data)

    def start_application_mode(self) -> None:
        self.write(ENTER)
        self.send_message(TerminalSupportsSynchronizedOutput())
        self.tell_size()

    def disable_input(self) -> None:
        """There is no input to end."""

    def stop_application_mode(self) -> None:
        self.write(LEAVE)

    def tell_size(self) -> None:
        """Tells the app its window's size in cells and in pixels."""
        size = Size(*self.model.size)
        self._size = self.model.size
        pixels = Size(size.width * self.model.cell_size[0], size.height * self.model.cell_size[1])
        self.send_message(Resize(size, size, size, pixels))


class SlowDriver(ModelDriver):
    """The same over a slow line: what is written waits, as it does in Textual's writer thread."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._waiting: deque[str] = deque()
        self._writer_thread = SimpleNamespace(_queue=SimpleNamespace(qsize=self._size_of_queue))

    @property
    def backlog(self) -> int:  # type: ignore[override]
        """Writes that the terminal has still to read."""
        return len(self._waiting)

    def write(self, data: str) -> None:
        self._waiting.append(data)
        if len(self._waiting) == 1:
            self._loop.call_later(PACE, self._read)

    def stop_application_mode(self) -> None:
        super().stop_application_mode()
        while self._waiting:
            self.model.feed(self._waiting.popleft())

    def _size_of_queue(self) -> int:
        return len(self._waiting)

    def _read(self) -> None:
        if self._waiting:
            self.model.feed(self._waiting.popleft())
            self._loop.call_later(PACE, self._read)


class Window:
    """A running app with its keyboard, and the terminal that it writes to."""

    def __init__(self, app: App[Any], pilot: Pilot[Any], model: TerminalModel) -> None:
        self.app = app
        self.pilot = pilot
        self.model = model
        self._forgiving: list[str] | None = None

    @property
    def driver(self) -> ModelDriver:
        """What the app writes to."""
        driver = self.app._driver
        assert isinstance(driver, ModelDriver)
        return driver

    @property
    def pictures(self) -> list[Picture]:
        """The pictures of the screen on top that can be seen now."""
        return [picture for picture in self.app.screen.query(Picture) if picture.in_view()]

    async def press(self, *keys: str) -> None:
        """Presses keys, by Textual's names, and waits after each until all is drawn."""
        driver = self.driver
        for key in keys:
            event = Key(key, key if len(key) == 1 else None)
            event.set_sender(self.app)
            driver.send_message(event)
            await self.settled()

    async def resize(self, columns: int, rows: int, cell: tuple[int, int] | None = None) -> None:
        """Gives the window another size, or its font, and waits until all is drawn."""
        await self.settled()
        self.model.resize(columns, rows, cell)
        self.driver.tell_size()
        await self.settled()

    def change(self, columns: int, rows: int, cell: tuple[int, int] | None = None) -> None:
        """The same at once, whatever is under way.

        What an app writes before it has settled again is not held against it: it may have been
        on its way when the window changed, and a cursor may blink where it stood.
        """
        if self._forgiving is None:
            self._forgiving = list(self.model.faults)
        self.model.resize(columns, rows, cell)
        self.driver.tell_size()

    async def settled(self) -> None:
        """Waits until every picture in view is there and nothing more is written."""
        calm, seen = 0, (0, 0)
        async with asyncio.timeout(PATIENCE):
            while calm < CALM:
                await self.pilot._wait_for_screen()
                await asyncio.sleep(0.004)
                self.app.screen._on_timer_update()
                now: tuple[int, int] = (self.model.written, self.app._message_queue.qsize())
                still = now == seen and not self.model.kitty.busy and not self._waiting()
                calm, seen = calm + 1 if still else 0, now
        if self._forgiving is not None:
            self.model.faults[:], self._forgiving = self._forgiving, None

    def _waiting(self) -> bool:
        """Whether something on the screen is about to change by itself."""
        moving = self.app.animator._animations or self.app.animator._scheduled
        return bool(moving or self.driver.backlog) or any(
            not (p.ready or p.error) for p in self.pictures
        )

    def repainted(self) -> TerminalModel:
        """A terminal that has just been told everything anew, with the same pictures in it."""
        app = self.app
        fresh = TerminalModel(*self.model.size, self.model.cell_size)
        fresh.kitty.pictures.update(self.model.kitty_images)
        fresh.feed(ENTER)
        update = app.screen._compositor.render_update(
            full=True, screen_stack=app._background_screens
        )
        fresh.feed(update.render_segments(app.console))  # type: ignore[union-attr]
        return fresh


@asynccontextmanager
async def window(
    app: App[Any],
    columns: int = 80,
    rows: int = 24,
    cell: tuple[int, int] = (10, 20),
    *,
    slow: bool = False,
) -> AsyncIterator[Window]:
    """Runs an app in a terminal of this size; the app has left it when the block ends.

    A ``slow`` terminal reads what is written to it piece by piece.
    """
    model = TerminalModel(columns, rows, cell)
    app.console._color_system = ColorSystem.TRUECOLOR
    app.driver_class = type("Driver", (SlowDriver if slow else ModelDriver,), {"model": model})
    async with app.run_test(headless=False, size=(columns, rows), notifications=True) as pilot:
        opened = Window(app, pilot, model)
        await opened.settled()
        yield opened
