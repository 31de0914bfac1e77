"""A picture in cells: prepared in a thread at exactly its size, drawn by what the terminal can."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.segment import Segment
from rich.style import Style
from textual.errors import NoWidget
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from app.domain.errors import BadInput
from app.imaging.decode import fit_cells
from app.imaging.detection import Graphics
from app.imaging.headers import probe
from app.imaging.raster import Job, Prepared
from app.imaging.sixel import BAND
from app.ui.graphics import Entry, PictureCache
from app.ui.widgets.picture_rows import Sheet, in_words

CANNOT = "This picture cannot be shown"
UNKNOWN = (1024, 1024)
"""Size in pixels that is assumed until the real one is known."""


class Picture(Widget):
    """One picture at its aspect, at most ``max_columns`` x ``max_rows`` cells.

    The height in cells follows from the size given to ``show`` before anything is decoded. The
    picture before stays until the new one is ready. Nothing is prepared while out of view.
    Put it into a container for a border or padding: on the widget itself they mean half cells.
    """

    DEFAULT_CSS = "Picture { width: auto; height: auto; }"
    ALLOW_SELECT = False

    max_columns: reactive[int] = reactive(80, layout=True)
    """Columns at most; the width of the container bounds them too."""
    max_rows: reactive[int] = reactive(30, layout=True)
    """Rows at most."""

    @dataclass
    class Ready(Message):
        """The picture asked for last is prepared and being drawn."""

        picture: Picture
        key: str

    @dataclass
    class Failed(Message):
        """The picture cannot be shown; the widget says so in one line."""

        picture: Picture
        key: str
        error: BadInput

    def __init__(
        self,
        *,
        graphics: Graphics,
        cache: PictureCache,
        id: str | None = None,  # noqa: A002 - Textual's own name
        classes: str | None = None,
    ) -> None:
        """``graphics`` is what detection found; ``cache`` is the one of the whole app."""
        super().__init__(id=id, classes=classes)
        self._graphics = graphics
        self._cache = cache
        self._source: Path | bytes | None = None
        self._key = ""
        self._pixels = (0, 0)
        self._entry: Entry | None = None
        self._asked: Job | None = None
        self.error: BadInput | None = None
        """Why the picture cannot be shown, or None."""
        self._sheet = Sheet()

    @property
    def ready(self) -> bool:
        """Whether what is on screen is what was asked for last."""
        job = self._job()
        return bool(job and self._entry and self._entry.serves(job))

    def show(self, source: Path | bytes | None, key: str, size: tuple[int, int] = (0, 0)) -> None:
        """Shows a picture file or its bytes, None for nothing but its space.

        ``key`` names the content; ``size`` is the original's in pixels ((0, 0): not known).
        """
        if size == (0, 0) and isinstance(source, bytes):
            found = probe(source)
            size = (found.width, found.height)
        same = key == self._key and (source is None) == (self._source is None)
        if same and size in ((0, 0), self._pixels):
            return
        moved = size != self._pixels or bool(self._words())
        self._source, self._key, self._pixels = source, key, size
        self.error, self._asked = None, None
        if source is None:
            self._drop()
        self.refresh(layout=moved or bool(self._words()))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """The picture's columns inside the container."""
        del viewport
        return min(len(self._words()), container.width) or self._cells(container.width)[0]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The picture's rows at that width; known before anything is decoded."""
        del container, viewport
        return 1 if self._words() else self._cells(width)[1]

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows in view; being asked for them is what starts the preparing."""
        self._want()
        made = self._made()
        if made is None or self.gutter or self.opacity < 1:
            return super().render_lines(crop)
        return self._sheet.lines(made, self.size, self._blank(), crop, self._floor())

    def render_line(self, y: int) -> Strip:
        """A row for Textual's own styling: words, half cells, or blank."""
        width = self.size.width
        if words := self._words():
            line = Segment(words if y == 0 else "", self.visual_style.rich_style)
            return Strip([line]).adjust_cell_length(width, line.style)
        made = self._made()
        rows = self._sheet.rows(made, width, self._blank()) if made else []
        return Strip(rows[y], width) if y < len(rows) else Strip.blank(width, self._blank())

    def on_mount(self) -> None:
        """Gives the cache its way to the terminal."""
        self._cache.uploads.connect(self.app._driver)

    def on_unmount(self) -> None:
        """Frees what only this widget showed."""
        self._drop()

    def wants(self, job: Job) -> bool:
        """Whether this job is still what should be seen, and can be seen now."""
        return self.in_view() and job == self._job()

    def in_view(self) -> bool:
        """Whether any part of it is in view now."""
        with suppress(NoWidget):
            if self.is_attached and self.is_mounted:
                return bool(self.screen.find_widget(self).visible_region)
        return False

    def take(self, entry: Entry) -> None:
        """A prepared picture: shown if it is still the one that is wanted."""
        job = self._job()
        if job is None or not self.is_attached or not entry.serves(job) or entry.prepared is None:
            return
        self._asked = None
        if entry is self._entry:
            return
        self.call_after_refresh(self._leave, self._entry)
        self._entry, unsized = entry, 0 in self._pixels
        entry.owners.add(self)
        if unsized:
            self._pixels = (entry.prepared.width, entry.prepared.height)
        self.refresh(layout=unsized)
        self._tell(self.Ready(self, self._key))

    def fail(self, job: Job, error: BadInput) -> None:
        """Says that the picture cannot be shown, unless another is wanted by now."""
        if job == self._asked:
            self._drop()
            self.error = error
            self.refresh(layout=True)
            self._tell(self.Failed(self, self._key, error))

    def pass_over(self, job: Job) -> None:
        """The job was dropped: it is asked for again when the widget is next in view."""
        if job == self._asked:
            self._asked = None

    def _want(self) -> None:
        """Finds or orders the picture for the present size, unless that was done already."""
        job = self._job()
        if job is None or self._source is None or (self._entry and self._entry.serves(job)):
            return
        found = self._cache.find(job)
        if found is not None:
            self.take(found)
        elif job != self._asked:
            self._asked = job
            self._cache.request(job, self._source, self)

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
        return Job(self._key, columns, rows, way.protocol, *cell, card, *how)

    def _cells(self, width: int, height: int | None = None) -> tuple[int, int]:
        """Columns and rows of the picture inside so many columns (and rows)."""
        pixels = self._pixels if all(self._pixels) else UNKNOWN
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

    def _made(self) -> Prepared | None:
        """The picture to draw, if there is one and no words stand in its place."""
        return self._entry.prepared if self._entry and not self._words() else None

    def _floor(self) -> int:
        """The first row too low for sixels: one below the last line but one scrolls the screen."""
        if self._graphics.protocol != "sixel":
            return self.size.height
        cell_height = self._cache.cell(self._graphics, self.app.size)[1]
        return self.app.size.height - self.region.y - (2 if cell_height % BAND else 1)

    def _blank(self) -> Style:
        return Style(bgcolor=self.background_colors[1].rich_color)

    def _tell(self, message: Message) -> None:
        """Posts a message from here, not from the screen in whose name the cache was asked."""
        self.post_message(message.set_sender(self))

    def _leave(self, entry: Entry | None) -> None:
        """Lets go of what was on screen before, unless it is back by now."""
        if entry is not self._entry:
            self._cache.leave(self, entry)

    def _drop(self) -> None:
        self._entry, self._sheet = None, Sheet()
        self._cache.leave_all(self)
