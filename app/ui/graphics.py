"""The app's prepared pictures: made off the event loop, kept by bytes, freed in the terminal."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.app import App

from app.domain.errors import BadInput
from app.imaging import kitty, workers
from app.imaging.animation import Animation, animate
from app.imaging.detection import Graphics
from app.imaging.raster import Job, Prepared, Unwanted, prepare, warm
from app.imaging.window import cell_size, is_cell
from app.ui.entries import Entry
from app.ui.orders import Order, Orders, Owner
from app.ui.uploads import Uploads

BUDGET = 192 * 2**20
"""Bytes of prepared pictures, here and in the terminal (kitty itself keeps 320 MB)."""
WORKERS = 2
SHARE, SLOW_SHARE = 4, 16
"""The part of the budget that one animation may take, and over a slow link: one by so much."""
SPARE = 4
"""The part of the budget for pictures that no widget shows now: one by so much."""
_ANY = (-1, -1, -1)


class PictureCache:
    """One for the whole app: newest request first, least recently seen out first.

    Everything happens on the event loop except the preparing itself. The terminal's memory is
    freed before the app leaves the screen, however it ends.
    """

    def __init__(self, budget: int = BUDGET, *, animate: bool = True) -> None:
        self.budget = budget
        self.uploads = Uploads()
        """kitty's copies of the pictures."""
        self.cost = 0
        """Bytes held now."""
        self._animate = animate
        self._entries: OrderedDict[Job, Entry] = OrderedDict()
        self._held: dict[Owner, set[Entry]] = {}
        self._stills = Orders(WORKERS, self._fulfil)
        self._motions = Orders(1, self._set_in_motion)
        self._ids = kitty.image_ids()
        self._cell: tuple[int, int] | None = None
        self._screen: object = None

    @property
    def animate(self) -> bool:
        """Whether animations play; may be set at any time, and takes effect at once."""
        return self._animate

    @animate.setter
    def animate(self, play: bool) -> None:
        self._animate = play
        self.rouse()

    def rouse(self) -> None:
        """Looks which animations may play now, such as when the app got or lost the focus."""
        for owner, entries in list(self._held.items()):
            for entry in list(entries):
                owner.take(entry)

    def open(self, app: App[Any]) -> None:
        """A first picture is on the way: connects to the terminal, and gets ready in a thread."""
        if self.uploads.connect(app._driver, self.release):
            app.watch(app, "app_focus", self.rouse, init=False)
            self._stills.begin(warm)

    def cell(self, graphics: Graphics, screen: object) -> tuple[int, int]:
        """The cell size in pixels; looked up again when the screen's size has changed."""
        if screen != self._screen:
            if self._screen is not None and graphics.protocol in ("kitty", "sixel"):
                found = cell_size()
                if is_cell(*found):
                    self._cell = found
            self._screen = screen
        return self._cell or (graphics.cell_width, graphics.cell_height)

    def set_cell(self, width: int, height: int) -> bool:
        """The cell size from elsewhere (a Resize event with pixels); what no cell has is ignored.

        Answers whether it is another than before: every picture may have another shape then.
        """
        before = self._cell
        if is_cell(width, height):
            self._cell = (width, height)
        return self._cell != before

    def find(self, job: Job) -> Entry | None:
        """The prepared picture of a job, marked as used just now."""
        for key in (job, replace(job, background=_ANY)):
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key]
        return None

    def request(self, job: Job, source: Path | bytes, owner: Owner) -> None:
        """Has the job done in a thread; the owner's older orders are forgotten."""
        self.forget(owner)
        self._stills.put(job, source, owner)

    def request_motion(self, job: Job, source: Path | bytes, owner: Owner) -> None:
        """Has the frames of a picture that is shown already made in a thread."""
        self._motions.put(job, source, owner)

    def forget(self, owner: Owner) -> None:
        """The owner waits for nothing any more: what is under way for it alone is dropped."""
        self._stills.forget(owner)
        self._motions.forget(owner)

    def hold(self, owner: Owner, entry: Entry) -> None:
        """The owner shows this picture from now on."""
        entry.owners.add(owner)
        self._held.setdefault(owner, set()).add(entry)

    def leave(self, owner: Owner, entry: Entry | None) -> None:
        """The owner no longer shows this picture; if it was the last in kitty, that is freed."""
        if entry is not None:
            entry.owners.discard(owner)
            self._held.get(owner, set()).discard(entry)
            self._free_unused(entry)

    def leave_all(self, owner: Owner) -> None:
        """The owner no longer shows or waits for anything."""
        self.forget(owner)
        for entry in self._held.pop(owner, set()):
            self.leave(owner, entry)

    def close(self) -> None:
        """Frees everything, also in the terminal. Nothing is prepared afterwards."""
        self._stills.close()
        self._motions.close()
        workers.stop()
        self.release()

    def release(self) -> None:
        """Frees everything, also in the terminal; what is drawn again is prepared again."""
        for entry in list(self._entries.values()):
            self._evict(entry)
        self.uploads.close()

    async def _fulfil(self, order: Order) -> None:
        """Makes a picture, uploads it, and gives it to everyone who waits for it."""
        job = order.job
        entry = self.find(job)
        if entry is None:
            number = next(self._ids) if job.protocol == "kitty" else 0
            try:
                made = await self._stills.run(
                    order, prepare, order.source, job, number, order.alive
                )
                if not order.check() or not await self.uploads.send(made, order.check):
                    raise Unwanted
            except BadInput as error:
                for owner in order.owners:
                    owner.fail(job, error)
                return
            except Unwanted:
                for owner in order.owners:
                    owner.pass_over(job)
                return
            entry = self._keep(replace(made, upload=()))
        for owner in list(order.owners):
            owner.take(entry)
        self._free_unused(entry)
        self._trim()

    async def _set_in_motion(self, order: Order) -> None:
        """Makes the frames of a picture, uploads them, and lets its owners play them."""
        job, entry = order.job, self.find(order.job)
        if entry is None or entry.motion is not None or not self._animate:
            return
        room = self.budget // (SLOW_SHARE if job.compress else SHARE)
        try:
            motion = await self._motions.run(
                order, animate, order.source, job, self._ids, room, order.alive
            )
        except BadInput:
            motion = Animation()
        except Unwanted:
            return
        for frame in motion.frames:
            wanted = entry.prepared is not None and order.check()
            if not wanted or not await self.uploads.send(frame, order.check):
                break
            entry.coming.append(replace(frame, upload=()))
        sent, entry.coming = entry.coming, []
        if entry.prepared is None or len(sent) < len(motion.frames):
            for frame in sent:
                self.uploads.free(frame)
            return
        entry.motion = replace(motion, frames=tuple(sent))
        self.cost += entry.motion.cost
        for owner in list(entry.owners):
            owner.take(entry)
        self._trim()

    def _keep(self, made: Prepared) -> Entry:
        key = replace(made.job, background=_ANY) if made.plain else made.job
        twin = self._entries.get(key)
        if twin is not None:
            self.uploads.free(made)
            return twin
        entry = self._entries[key] = Entry(key, made)
        self.cost += entry.cost
        return entry

    def _trim(self) -> None:
        """Evicts the least recently seen pictures until the budget holds; never one in view."""
        if self.cost > self.budget:
            for entry in list(self._entries.values()):
                if not any(owner.in_view() for owner in entry.owners):
                    self._evict(entry)
                if self.cost <= self.budget:
                    return

    def _free_unused(self, entry: Entry) -> None:
        """kitty's memory is not kept for what no widget shows; some of ours is."""
        if entry.owners:
            return
        if entry.key.protocol == "kitty":
            self._evict(entry)
        spare = [kept for kept in self._entries.values() if not kept.owners]
        cost = sum(kept.cost for kept in spare)
        for kept in spare:
            if cost <= self.budget // SPARE:
                return
            cost -= kept.cost
            self._evict(kept)

    def _evict(self, entry: Entry) -> None:
        if self._entries.get(entry.key) is not entry:
            return
        del self._entries[entry.key]
        self.cost -= entry.cost
        made, motion, coming = entry.prepared, entry.motion, entry.coming
        entry.prepared, entry.motion, entry.coming = None, None, []
        for frame in (*((made,) if made else ()), *(motion.frames if motion else ()), *coming):
            self.uploads.free(frame)
