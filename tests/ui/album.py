"""A small app that shows pictures in a column, and ways to look at its screen."""

from __future__ import annotations

import asyncio
import re

from rich.color import Color
from rich.console import Console
from rich.style import Style
from textual import on
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Static

from app.imaging.detection import Graphics
from app.ui.graphics import PictureCache
from app.ui.widgets.picture import Picture
from tests.imaging.pictures import GREEN, encoded, halves, plain

HALF = Graphics("halfcell", 10, 20)
KITTY = Graphics("kitty", 10, 20)
SIXEL = Graphics("sixel", 10, 20)
SQUARE = encoded(halves(400, 400))
WIDE = encoded(plain(600, 400, GREEN))


class Dialog(ModalScreen[None]):
    """Something to open over a picture."""

    def compose(self) -> ComposeResult:
        yield Static("over it")


class Album(App[None]):
    """Pictures in a column, with text between them."""

    CSS = "Screen { layers: base; } #top { height: 1; } VerticalScroll { height: 1fr; }"

    def __init__(self, graphics: Graphics = HALF, pictures: int = 1, budget: int = 2**27) -> None:
        super().__init__()
        self.graphics = graphics
        self.cache = PictureCache(budget)
        self.count = pictures
        self.written: list[str] = []
        self.heard: list[object] = []

    def compose(self) -> ComposeResult:
        self.cache.uploads.write = self.written.append
        yield Static("top", id="top")
        with VerticalScroll():
            for number in range(self.count):
                picture = Picture(graphics=self.graphics, cache=self.cache, id=f"p{number}")
                picture.max_columns, picture.max_rows = 40, 20
                yield picture
                yield Static(f"below {number}")

    def picture(self, number: int = 0) -> Picture:
        return self.query_one(f"#p{number}", Picture)

    @on(Picture.Ready)
    @on(Picture.Failed)
    def note(self, event: Picture.Ready | Picture.Failed) -> None:
        self.heard.append(event)

    def uploaded(self) -> list[int]:
        return [int(found) for found in re.findall(r"a=T,U=1,q=2,i=(\d+)", "".join(self.written))]

    def freed(self) -> list[int]:
        return [int(found) for found in re.findall(r"a=d,d=I,i=(\d+)", "".join(self.written))]


async def settled(pilot: Pilot[None]) -> None:
    """Waits until every picture in view is ready or has failed."""
    app = pilot.app
    assert isinstance(app, Album)
    for _ in range(400):
        await pilot.pause()
        pictures = [p for p in app.query(Picture) if p.in_view() and p._source is not None]
        if all(picture.ready or picture.error for picture in pictures):
            await pilot.pause()
            return
        await asyncio.sleep(0.01)
    raise AssertionError("the pictures did not become ready")


def line(app: App[None], y: int) -> Strip:
    """A line of the screen as the compositor has it."""
    return app.screen._compositor.render_strips()[y]


def colours(app: App[None], x: int, y: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The upper and the lower colour of a half cell on screen."""
    (segment,) = line(app, y).crop(x, x + 1)
    assert segment.text == "▀"
    style = segment.style or Style()
    upper, lower = style.color or Color.default(), style.bgcolor or Color.default()
    return tuple(upper.triplet or ()), tuple(lower.triplet or ())


def to_terminal(picture: Picture, y: int) -> str:
    """What the compositor would write for one row of the picture."""
    region = picture.size.region
    return picture.render_lines(region)[y].render(Console(color_system="truecolor"))
