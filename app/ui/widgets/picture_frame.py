"""The room of a picture: how many cells it takes, and what is to be prepared to fill them."""

from __future__ import annotations

from pathlib import Path

from rich.style import Style
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from app.domain.errors import BadInput
from app.imaging.decode import fit_cells
from app.imaging.detection import Graphics
from app.imaging.raster import LIMITLESS, Crop, Job, inside
from app.imaging.sixel import BAND
from app.ui.graphics import PictureCache
from app.ui.widgets.picture_rows import in_words

CANNOT = "This picture cannot be shown"
UNKNOWN = (1024, 1024)
"""Size in pixels that is assumed until the real one is known."""


class PictureFrame(Widget):
    """What is known of a picture before it is prepared: its source, its size, its cells."""

    ALLOW_SELECT = False

    max_columns: reactive[int] = reactive(80, layout=True)
    """Columns at most; the width of the container bounds them too."""
    max_rows: reactive[int] = reactive(30, layout=True)
    """Rows at most."""
    crop: reactive[Crop | None] = reactive(None, layout=True)
    """The part that is shown, in pixels of the upright original, enlarged as far as the cells
    allow; None for all of it. The original's size must be known."""

    def __init__(
        self,
        *,
        graphics: Graphics,
        cache: PictureCache,
        id: str | None,  # noqa: A002 - Textual's own name
        classes: str | None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._graphics = graphics
        self._cache = cache
        self._source: Path | bytes | None = None
        self._key = ""
        self._pixels = (0, 0)
        self.error: BadInput | None = None
        """Why the picture cannot be shown, or None."""

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The picture's columns inside the container."""
        del viewport
        return min(len(self._words()), container.width) or self._cells(container.width)[0]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The picture's rows at that width; known before anything is decoded."""
        del container, viewport
        return 1 if self._words() else self._cells(width)[1]

    def _job(self) -> Job | None:
        """What is to be prepared now, None when nothing can be."""
        width, height = self.size
        if not (width and height) or self._words() or self._source is None:
            return None
        columns, rows = self._cells(width)
        if rows > height:
            columns, rows = self._cells(width, height)
        cell = self._cache.cell(self._graphics, self.app.size)
        way, card = self._graphics, self.background_colors[1].rgb
        how = (way.tmux, way.remote, way.forgetful)
        place = (self._key, columns, rows, way.protocol, *cell)
        return Job(*place, card, *how, symbols=way.symbols, crop=self.crop)

    def _cells(self, width: int, height: int | None = None) -> tuple[int, int]:
        """Columns and rows of the picture inside so many columns (and rows)."""
        pixels = self._pixels if all(self._pixels) else UNKNOWN
        if self.crop is not None:
            left, top, right, bottom = inside(pixels, self.crop)
            pixels = ((right - left) * LIMITLESS, (bottom - top) * LIMITLESS)
        rows = self.max_rows if height is None else min(height, self.max_rows)
        cell = self._cache.cell(self._graphics, self.app.size)
        return fit_cells(*pixels, min(self.max_columns, width), rows, *cell)

    def _words(self) -> str:
        """What stands in place of the picture: why it failed, or its description."""
        if self.error is not None:
            return f"{CANNOT}: {self.error.sentence}"
        if self._source is None or self._graphics.protocol != "text":
            return ""
        return in_words(self._source, self._pixels)

    def _floor(self) -> int:
        """The first row too low for sixels: one below the last line but one scrolls the screen."""
        if self._graphics.protocol != "sixel":
            return self.size.height
        cell_height = self._cache.cell(self._graphics, self.app.size)[1]
        return self.app.size.height - self.region.y - (2 if cell_height % BAND else 1)

    def _blank(self) -> Style:
        return Style(bgcolor=self.background_colors[1].rich_color)
