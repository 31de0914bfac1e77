"""A picture in cells: prepared in a thread at exactly its size, drawn by what the terminal can."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from app.domain.errors import BadInput
from app.imaging.detection import Graphics
from app.imaging.headers import probe
from app.imaging.raster import Job, Prepared
from app.ui.entries import Entry
from app.ui.graphics import PictureCache
from app.ui.widgets.motion import Motion
from app.ui.widgets.picture_frame import PictureFrame
from app.ui.widgets.picture_rows import Sheet


class Picture(PictureFrame):
    """One picture at its aspect, at most ``max_columns`` x ``max_rows`` cells.

    The height in cells follows from the size given to ``show`` before anything is decoded. The
    picture before stays until the new one is ready. Nothing is prepared while out of view.
    Animations play where they can be seen, while the app has the focus and no dialog is open.
    Put it into a container for a border or padding: on the widget itself they mean half cells.
    """

    DEFAULT_CSS = "Picture { width: auto; height: auto; }"

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
        super().__init__(graphics=graphics, cache=cache, id=id, classes=classes)
        self._entry: Entry | None = None
        self._asked: Job | None = None
        self._sheet = Sheet()
        self._motion = Motion(self, self._may_play, lambda: self._cache.uploads.busy)

    @property
    def ready(self) -> bool:
        """Whether what is on screen is what was asked for last."""
        job = self._job()
        return bool(job and self._entry and self._entry.serves(job))

    @property
    def playing(self) -> bool:
        """Whether an animation is playing now."""
        return self._motion.playing

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
        self._cache.forget(self)
        if source is None:
            self._drop()
        if moved or source is None or self._words():
            self.refresh(layout=moved or bool(self._words()))
        elif self.is_attached:
            self._want()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows in view; being asked for them is what starts the preparing, and the playing."""
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
        self._cache.open(self.app)

    def on_unmount(self) -> None:
        """Frees what only this widget showed."""
        self._drop()

    def wants(self, job: Job) -> bool:
        """Whether this job is still what should be seen, and can be seen now."""
        return self.in_view() and job == self._job()

    def in_view(self) -> bool:
        """Whether any part of it is in view now, perhaps behind a dialog."""
        if not (self.is_attached and self.is_mounted):
            return False
        return self in self.screen._compositor.visible_widgets

    def take(self, entry: Entry) -> None:
        """A prepared picture: shown if it is still the one that is wanted."""
        job = self._job()
        if job is None or not self.is_attached or not entry.serves(job) or entry.prepared is None:
            return
        self._asked = None
        if entry is self._entry:
            self._move(job)
            return
        self.call_after_refresh(self._leave, self._entry)
        self._entry, unsized = entry, 0 in self._pixels
        self._motion.load(None)
        self._cache.hold(self, entry)
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
        """The job was dropped: it is asked for again, now or when the widget is next in view."""
        if job == self._asked:
            self._asked = None
            if self.wants(job):
                self._want()

    def _want(self) -> None:
        """Finds or orders the picture for the present size, unless that was done already."""
        job = self._job()
        if job is None or self._source is None:
            return
        if self._entry and self._entry.serves(job):
            self._move(job)
            return
        found = self._cache.find(job)
        if found is not None:
            self.take(found)
        elif job != self._asked:
            self._asked = job
            self._cache.request(job, self._source, self)

    def _move(self, job: Job) -> None:
        """Plays the picture if it is an animation; its frames are ordered when they may play."""
        entry = self._entry
        if entry is None or entry.prepared is None or not entry.prepared.moves:
            return
        if entry.motion is not None:
            self._motion.load(entry.motion)
            self._motion.rouse()
        elif self._source is not None and self._may_play():
            self._cache.request_motion(job, self._source, self)

    def _may_play(self) -> bool:
        return (
            self._cache.animate
            and self.app.app_focus
            and self.in_view()
            and self.screen.is_active
            and self._graphics.protocol != "text"
        )

    def _made(self) -> Prepared | None:
        """The picture to draw, if there is one and no words stand in its place."""
        if self._entry is None or self._words():
            return None
        if self._entry.prepared is None:
            self._motion.load(None)
        return self._motion.frame or self._entry.prepared

    def _tell(self, message: Message) -> None:
        """Posts a message from here, not from the screen in whose name the cache was asked."""
        self.post_message(message.set_sender(self))

    def _leave(self, entry: Entry | None) -> None:
        """Lets go of what was on screen before, unless it is back by now."""
        if entry is not self._entry:
            self._cache.leave(self, entry)

    def _drop(self) -> None:
        self._entry, self._sheet = None, Sheet()
        self._motion.load(None)
        self._cache.leave_all(self)
