"""Pictures that can be told apart by every cell, and a small app that shows them in a column."""

from __future__ import annotations

from colorsys import hsv_to_rgb
from functools import lru_cache

from PIL import Image
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Static

from app.imaging.detection import Graphics
from app.ui.display import LeanApp
from app.ui.graphics import PictureCache
from app.ui.widgets.picture import Picture
from tests.imaging.pictures import encoded

COUNT = 6
"""Pictures whose colours all differ."""


@lru_cache
def colours(number: int) -> list[tuple[int, int, int]]:
    """The four colours of a picture: upper left, upper right, lower left, lower right."""
    hues = [((number + COUNT * corner) % (4 * COUNT)) / (4 * COUNT) for corner in range(4)]
    tones = [hsv_to_rgb(hue, 0.9, 0.9) for hue in hues]
    return [(round(r * 255), round(g * 255), round(b * 255)) for r, g, b in tones]


@lru_cache
def original(number: int, width: int = 240, height: int = 160) -> Image.Image:
    """A picture of four flat quarters."""
    image = Image.new("RGB", (width, height))
    for corner, colour in enumerate(colours(number)):
        left, top = corner % 2 * (width // 2), corner // 2 * (height // 2)
        image.paste(colour, (left, top, left + width // 2, top + height // 2))
    return image


class Dialog(ModalScreen[None]):
    """A dialog in the middle of the screen."""

    CSS = "Dialog { align: center middle; } Dialog > Static { width: 20; height: 3; }"
    BINDINGS = [Binding("escape", "dismiss")]

    def compose(self) -> ComposeResult:
        yield Static("A question?")


class Album(LeanApp):
    """A row of text, then a scrolled column of pictures with text between them, and a foot."""

    CSS = """
    VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    Static { height: 1; width: 1fr; }
    """
    BINDINGS = [Binding("d", "ask")]

    def __init__(self, graphics: Graphics, count: int = COUNT, budget: int = 2**27) -> None:
        super().__init__()
        self.graphics = graphics
        self.moves_rows = graphics.moves_rows
        self.cache = PictureCache(budget)
        self.count = count
        self.column = VerticalScroll()
        self.numbers: dict[str, int] = {}

    def compose(self) -> ComposeResult:
        yield Static("An album")
        with self.column:
            for number in range(self.count):
                picture = Picture(graphics=self.graphics, cache=self.cache, id=f"p{number}")
                picture.max_columns, picture.max_rows = 24, 12
                yield picture
                yield Static(f"below {number}")
        yield Static("the foot")

    def on_mount(self) -> None:
        for number in range(self.count):
            self.put(number, number)

    def on_resize(self, event: Resize) -> None:
        """A font zoom changes the pixels of a cell."""
        if event.pixel_size is not None and event.size:
            pixels, cells = event.pixel_size, event.size
            self.cache.set_cell(pixels.width // cells.width, pixels.height // cells.height)

    def on_unmount(self) -> None:
        self.cache.close()

    def picture(self, place: int) -> Picture:
        """The picture in a place of the column."""
        return self.screen_stack[0].query_one(f"#p{place}", Picture)

    def put(self, place: int, number: int, size: tuple[int, int] = (240, 160)) -> None:
        """Shows a picture in a place."""
        self.numbers[f"p{place}"] = number
        self.picture(place).show(
            encoded(original(number, *size)), f"{number} {size}", original(number).size
        )

    def expected(self, picture: Picture) -> Image.Image:
        """What should be seen in a picture's place."""
        return original(self.numbers[picture.id or ""])

    def scroll(self, y: float) -> None:
        """Scrolls the column so that its line ``y`` is the first in view."""
        self.column.scroll_to(y=y, animate=False)

    def action_ask(self) -> None:
        """Opens a dialog over everything."""
        self.push_screen(Dialog())
