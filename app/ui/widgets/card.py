"""The card of one turn: what was typed, the picture, its words, and how it ended."""

from __future__ import annotations

import time

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget

from app.domain.conversation import Picture as PictureFile
from app.domain.conversation import Status, Turn
from app.domain.options import Action
from app.domain.text import plain
from app.imaging.detection import Graphics
from app.session.live import Live
from app.ui import words
from app.ui.graphics import PictureCache
from app.ui.status import pictures_line
from app.ui.widgets.line import Line
from app.ui.widgets.picture import Picture


class PictureRow(Widget):
    """One picture with its words beside it, or below it when the card is narrow."""

    def __init__(self, graphics: Graphics, cache: PictureCache) -> None:
        super().__init__()
        self.picture = Picture(graphics=graphics, cache=cache)
        self.revised = Line(classes="revised")
        self.facts = Line(classes="facts")
        self.path = Line(classes="path")

    def compose(self) -> ComposeResult:
        """The picture first, then the words."""
        yield self.picture
        yield Vertical(self.revised, self.facts, self.path, classes="words")

    def set_room(self, columns: int, rows: int) -> None:
        """Says how many cells the picture may take."""
        self.picture.max_columns, self.picture.max_rows = columns, rows

    def say(self, revised: Content, facts: Content, path: Content) -> None:
        """The words of the picture; empty ones take no room."""
        self.revised.say(revised)
        self.facts.say(facts)
        self.path.say(path)


class TurnCard(Widget):
    """Shows one turn as it is now. ``show`` is told whenever the turn or its progress changes."""

    def __init__(self, turn: Turn, graphics: Graphics, cache: PictureCache) -> None:
        super().__init__()
        self.turn = turn
        self.live: Live | None = None
        self.place = (1, 1)
        self.canvas = (1, 1)
        self.unfolded = False
        self.asked = Line(classes="asked")
        self.attached = Line(classes="attached")
        self.pictures = Vertical(classes="pictures")
        self.state = Line(classes="state")
        self.said = Vertical(classes="said")
        self._graphics = graphics
        self._cache = cache
        self._rows: list[PictureRow] = []
        self._room = (40, 12)
        self._clock: Timer | None = None
        self._composed = False
        self._said_text = ""
        self._answer: list[Widget] = []

    def compose(self) -> ComposeResult:
        """What was typed above, how it ended below; picture rows come between as they arrive.

        All that is known is there from the start, so that the card is never shown half.
        """
        self._show_all()
        self._composed = True
        yield self.asked
        yield self.attached
        with self.pictures:
            yield from self._rows
        with self.said:
            yield from self._answer
        yield self.state

    def show(
        self, turn: Turn, live: Live | None, place: tuple[int, int], canvas: tuple[int, int]
    ) -> None:
        """Shows ``turn`` with its progress; ``place`` is "2 of 4" among its siblings and
        ``canvas`` the expected size in pixels of a picture that is still to come."""
        same = turn is self.turn and live is self.live
        if same and place == self.place and canvas == self.canvas:
            return
        self.turn, self.live, self.place, self.canvas = turn, live, place, canvas
        if self._composed:
            self._show_all()

    def set_room(self, columns: int, rows: int, narrow: bool) -> None:
        """Says how many cells a picture may take, and whether its words go below it."""
        self._room = (columns, rows)
        self.set_class(narrow, "-narrow")
        for row in self._rows:
            row.set_room(columns, rows)

    def toggle_fold(self) -> None:
        """Opens or folds a long revised prompt."""
        self.unfolded = not self.unfolded
        self._show_pictures()

    def _show_all(self) -> None:
        turn = self.turn
        self.set_class(turn.status.open, "-open")
        self.set_class(not turn.pictures, "-waiting")
        self.asked.say(Content(plain(turn.prompt)))
        masks = [item for item in turn.inputs if item.mask]
        self.attached.say(pictures_line(turn.references, masks[0] if masks else None))
        self._show_pictures()
        self._say_state()
        self._show_said()
        self._run_clock(turn.status is Status.RUNNING)

    def _run_clock(self, running: bool) -> None:
        """Counts the seconds of a running turn; other cards need no clock."""
        if running and self._clock is None:
            self._clock = self.set_interval(1, self._say_state)
        elif not running and self._clock is not None:
            self._clock.stop()
            self._clock = None

    def _show_pictures(self) -> None:
        """One row for each picture; before the first, an empty canvas or the last preview."""
        pictures = self.turn.pictures
        waiting = not pictures and (self._drawing() or self.turn.partial is not None)
        self._set_row_count(len(pictures) or int(waiting))
        if waiting:
            self._show_preview(self._rows[0].picture)
        for row, picture in zip(self._rows, pictures, strict=False):
            self._show_picture(row, picture)

    def _drawing(self) -> bool:
        """Whether a picture is likely to come: asked for, or already begun."""
        if self.turn.status is not Status.RUNNING:
            return False
        live = self.live
        begun = live is not None and (live.partial is not None or live.stage == "drawing")
        return begun or self.turn.options.action is not Action.AUTO

    def _set_row_count(self, count: int) -> None:
        while len(self._rows) > count:
            self._rows.pop().remove()
        while len(self._rows) < count:
            row = PictureRow(self._graphics, self._cache)
            row.set_room(*self._room)
            row.set_class(bool(self._rows), "-later")
            self._rows.append(row)
            if self.pictures.is_attached:
                self.pictures.mount(row)
        self.pictures.display = bool(count)

    def _show_preview(self, picture: Picture) -> None:
        """The newest preview, or an empty canvas of the shape that is expected."""
        live = self.live
        if live is not None and live.partial is not None:
            picture.show(live.partial, f"{live.partial_key}-{live.partial_index}", self.canvas)
        elif self.turn.partial is not None and not self.turn.status.open:
            picture.show(self.turn.partial, f"partial-{self.turn.id}", self.canvas)
        else:
            picture.show(None, "", self.canvas)

    def _show_picture(self, row: PictureRow, picture: PictureFile) -> None:
        row.picture.show(picture.path, picture.sha256, (picture.width, picture.height))
        turn, text = self.turn, picture.revised_prompt
        shown = words.revised(turn.prompt, text, unfolded=self.unfolded) if text else Content("")
        facts = words.facts(turn, picture, self.place if row is self._rows[-1] else (1, 1))
        row.say(shown, facts, words.path_link(picture.path))

    def _say_state(self) -> None:
        """What is happening, or how it ended: beside the canvas if there is one, else below."""
        turn, live = self.turn, self.live
        if turn.status is Status.RUNNING and live is not None:
            said = words.progress(live, time.monotonic())
        elif turn.status is Status.RUNNING:
            said = words.elsewhere()
        elif turn.status.open:
            said = words.queued()
        else:
            said = words.ended(turn)
            if not turn.pictures and self.place[1] > 1:
                said = Content("\n").join(
                    part for part in (said, words.siblings(self.place)) if part
                )
        if self._rows and not turn.pictures:
            self._rows[0].say(said, Content(""), Content(""))
            said = Content("")
        self.state.say(said)

    def _show_said(self) -> None:
        """The model's own words as Markdown; the reader is imported when the first one comes."""
        text = plain(self.turn.said).strip()
        self.said.display = bool(text)
        if not text or self._said_text == text:
            return
        from textual.widgets import Markdown

        self._said_text = text
        self._answer = [Markdown(text, open_links=False)]
        if self.said.is_attached:
            self.said.remove_children()
            self.said.mount(*self._answer)
