"""The same with textual-image's widgets as they come: a driven program to compare with."""

from __future__ import annotations

import asyncio
import sys
import time
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Footer, Input, Static

# Asks the terminal when it is imported: before Textual reads the answers.
from textual_image.widget import HalfcellImage, SixelImage, TGPImage

from tests.benchmarks import driven
from tests.benchmarks.scenes import PROMPT

WIDGETS = {"kitty": TGPImage, "sixel": SixelImage, "halfcell": HalfcellImage}


class Plain(App[None]):
    """Pictures of a fixed size in a scroller; with files, between the words of a chat."""

    # Without a colour of their own, words beside a sixel widget are invisible.
    CSS = """
    Vertical { height: auto; } Horizontal { height: auto; margin-bottom: 1; }
    Static { color: white; margin-left: 2; width: 1fr; } VerticalScroll { height: 1fr; }
    """

    def __init__(self, protocol: str, files: list[str]) -> None:
        super().__init__()
        self._widget = WIDGETS[protocol]
        self._files = files
        self.heart = driven.Heart()

    def compose(self) -> ComposeResult:
        if self._files:
            yield Static("Pictures")
        with VerticalScroll():
            for file in self._files:
                yield Static(PROMPT)
                words = Vertical(*(Static(PROMPT) for _ in range(3)))
                yield Horizontal(self._picture(file, (60, 30)), words)
        if self._files:
            yield Input()
            yield Footer()

    def on_ready(self) -> None:
        verbs: dict[str, driven.Verb] = {
            "arrive": self.arrive,
            "clear": self.clear,
            "scroll": self.scroll,
        }
        self._serving = asyncio.create_task(driven.serve(verbs))

    @property
    def view(self) -> VerticalScroll:
        """What scrolls."""
        return self.query_one(VerticalScroll)

    async def clear(self) -> dict[str, Any]:
        """An empty page; says how long the longest stall was until now."""
        stall = self.heart.stop()
        await self.view.remove_children()
        await driven.refreshed(self.view)
        return {"stall": stall * 1000}

    async def arrive(
        self, file: str, key: str, size: list[int], cells: list[int]
    ) -> dict[str, Any]:
        """A picture comes as text and is shown in exactly so many cells; says when it came."""
        text = await asyncio.to_thread(Path(file).read_text)
        self.heart.start()
        await self.heart.next()
        came = time.monotonic()
        data = b64decode(text)
        decoding = await self.heart.next()
        await self.view.mount(self._picture(BytesIO(data), (cells[0], cells[1])))
        await driven.refreshed(self.view)
        return {"came": came, "decoding": decoding * 1000}

    async def scroll(self, steps: int, lines: int, stalls: bool = False) -> dict[str, Any]:
        """Scrolls the pictures."""
        return await driven.scroll(self.view, steps, lines, stalls=stalls)

    def _picture(self, source: str | BytesIO, cells: tuple[int, int]) -> Widget:
        picture: Widget = self._widget(source)
        picture.styles.width, picture.styles.height = cells
        return picture


if __name__ == "__main__":
    Plain(sys.argv[1], sys.argv[2:]).run()
