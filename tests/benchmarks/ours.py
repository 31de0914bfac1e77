"""The chat as a driven program: a picture that arrives on its page, and its own transcript."""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from functools import partial
from pathlib import Path
from typing import Any, get_args

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen

import app.ui
from app.api.events import decoded
from app.api.gateway import OpenAIGateway
from app.domain.options import Options
from app.imaging.detection import Graphics
from app.imaging.raster import Protocol, Symbols
from app.storage.library import Library
from app.ui.app import SfumatoApp
from app.ui.widgets.picture import Picture
from app.ui.workshop import Workshop
from tests.benchmarks import driven
from tests.benchmarks.queries import CELL


class Page(Screen[None]):
    """A scroller and nothing else."""

    def compose(self) -> ComposeResult:
        yield VerticalScroll()


class Driven(SfumatoApp):
    """The chat without a server; with a bare page in place of the main screen if there is none."""

    # A subclass's own folder is not where the style sheets are.
    CSS_PATH = [Path(app.ui.__file__).parent / sheet for sheet in SfumatoApp.CSS_PATH]

    def __init__(self, workshop: Workshop, *, bare: bool) -> None:
        self._bare = bare
        super().__init__(workshop)
        self.heart = driven.Heart()
        self.shown = asyncio.Event()

    def get_default_screen(self) -> Screen[None]:
        return Page() if self._bare else super().get_default_screen()

    def on_ready(self) -> None:
        verbs: dict[str, driven.Verb] = {
            "arrive": self.arrive,
            "clear": self.clear,
            "stalls": self.stalls,
            "warm": self.warm,
            "open": self.open,
            "scroll": self.scroll,
            "go": self.go,
            "shape": self.shape,
        }
        self._serving = asyncio.create_task(driven.serve(verbs))

    def on_picture_ready(self) -> None:
        self.shown.set()

    def _fatal_error(self) -> None:
        """Says what went wrong, for whoever measures."""
        error = self._exception
        trace = traceback.extract_tb(error.__traceback__) if error else ()
        self.panic(f"{error!r} in {[f'{step.name}:{step.lineno}' for step in trace]}")

    @property
    def view(self) -> VerticalScroll:
        """What scrolls."""
        return self.screen.query(VerticalScroll).first()

    async def clear(self) -> dict[str, Any]:
        """An empty page; says how long the longest stall was until now."""
        stall = self.heart.stop()
        await self.view.remove_children()
        await driven.refreshed(self.view)
        return {"stall": stall * 1000}

    async def arrive(
        self, file: str, key: str, size: list[int], cells: list[int]
    ) -> dict[str, Any]:
        """A picture comes as text and is shown in so many cells at most; says when it came."""
        text = await asyncio.to_thread(Path(file).read_bytes)
        self.shown.clear()
        self.heart.start()
        await self.heart.next()
        came = time.monotonic()
        data = await asyncio.to_thread(decoded, text)
        decoded_at = time.monotonic()
        decoding = await self.heart.next()
        picture = Picture(graphics=self.workshop.graphics, cache=self.studio.cache)
        picture.max_columns, picture.max_rows = cells
        picture.show(data, key, (size[0], size[1]))
        await self.view.mount(picture)
        await self.shown.wait()
        return {"came": came, "decoded": decoded_at, "decoding": decoding * 1000}

    async def stalls(self) -> dict[str, Any]:
        """The longest stall since a conversation was asked for."""
        return {"stall": self.heart.stop() * 1000}

    async def warm(self) -> dict[str, Any]:
        """Waits until the library is open and everything that a turn needs is imported."""
        await self.studio.ready.wait()
        await self.workers.wait_for_complete(
            [worker for worker in self.workers if worker.group == "start"]
        )
        return {}

    async def open(self, conversation: str) -> dict[str, Any]:
        """Opens a conversation as Enter does in the list of them; says when it was asked for."""
        await self.warm()
        studio = self.studio
        assert studio.library is not None
        self.heart.start()
        asked = time.monotonic()
        found = await asyncio.to_thread(studio.library.load, conversation)
        studio.open_conversation(found)
        await driven.refreshed(self.view)
        await self._seen()
        return {"came": asked}

    async def scroll(self, steps: int, lines: int, stalls: bool = False) -> dict[str, Any]:
        """Scrolls the transcript."""
        return await driven.scroll(self.view, steps, lines, stalls=stalls)

    async def go(self, first: bool = True) -> dict[str, Any]:
        """Goes to the first turn, or to the last."""
        asked = time.monotonic()
        self.studio.transcript.focus()
        action = "select_first" if first else "select_last"
        await self.run_action(action, self.studio.transcript)
        await driven.refreshed(self.view)
        await self._seen()
        return {"came": asked}

    async def shape(self) -> dict[str, Any]:
        """The cells of the pictures that are in view."""
        seen = [picture for picture in self.screen.query(Picture) if picture.in_view()]
        return {"cells": [list(picture.size) for picture in seen]}

    async def _seen(self) -> None:
        """Waits for the pictures that are in view."""
        async with asyncio.timeout(20):
            while True:
                seen = [each for each in self.screen.query(Picture) if each.in_view()]
                if seen and all(each.ready for each in seen):
                    return
                await asyncio.sleep(0.005)


def main(protocol: str, symbols: str, folder: str = "") -> None:
    """Runs the chat on the library in ``folder``, or a bare page of it without."""
    graphics = Graphics(
        protocol=next(each for each in get_args(Protocol) if each == protocol),
        cell_width=CELL[0],
        cell_height=CELL[1],
        moves_rows=True,
        symbols=next(each for each in get_args(Symbols) if each == symbols),
    )
    workshop = Workshop(
        open_library=partial(Library, Path(folder)),
        gateway=OpenAIGateway(base_url="http://127.0.0.1:9/v1", api_key="none"),
        graphics=graphics,
        options=Options(),
    )
    Driven(workshop, bare=not folder).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
