"""The app's prepared pictures: made off the event loop, kept by bytes, freed in the terminal."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from app.domain.errors import BadInput
from app.imaging import kitty
from app.imaging.detection import Graphics, cell_size
from app.imaging.raster import Job, Prepared, prepare
from app.ui.uploads import Uploads

BUDGET = 192 * 2**20
"""Bytes of prepared pictures, here and in the terminal (kitty itself keeps 320 MB)."""
WORKERS = 2
_ANY = (-1, -1, -1)


class Owner(Protocol):
    """What the cache asks of a widget that shows a picture."""

    def in_view(self) -> bool:
        """Whether any part of it is in view now."""

    def wants(self, job: Job) -> bool:
        """Whether this job is still what should be seen, and can be seen now."""

    def take(self, entry: Entry) -> None:
        """The picture is ready, uploaded and kept."""

    def fail(self, job: Job, error: BadInput) -> None:
        """The picture cannot be shown."""

    def pass_over(self, job: Job) -> None:
        """The job was dropped because it was not wanted when its turn came."""


@dataclass(eq=False, slots=True)
class Entry:
    """A prepared picture in the cache; ``prepared`` is None once it was evicted."""

    prepared: Prepared | None
    owners: set[Owner] = field(default_factory=set)

    def serves(self, job: Job) -> bool:
        """Whether it is alive and shows what the job asks for."""
        made = self.prepared
        if made is None:
            return False
        return made.job == (replace(job, background=made.job.background) if made.plain else job)


@dataclass(frozen=True, slots=True)
class _Order:
    job: Job
    source: Path | bytes
    owner: Owner


class PictureCache:
    """One for the whole app: newest request first, least recently seen out first.

    Everything happens on the event loop except the preparing itself. ``close`` before the app
    leaves the screen (in ``App.exit``) frees the terminal's memory.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self.uploads = Uploads()
        """kitty's copies of the pictures; the first widget connects it to the driver."""
        self._entries: OrderedDict[Job, Entry] = OrderedDict()
        self._orders: list[_Order] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._pool: ThreadPoolExecutor | None = None
        self._ids = kitty.image_ids()
        self._cell: tuple[int, int] | None = None
        self._screen: object = None
        self._closed = False

    @property
    def cost(self) -> int:
        """Bytes held now."""
        return sum(entry.prepared.cost for entry in self._entries.values() if entry.prepared)

    def cell(self, graphics: Graphics, screen: object) -> tuple[int, int]:
        """The cell size in pixels; looked up again when the screen's size has changed."""
        if screen != self._screen:
            if self._screen is not None and graphics.protocol in ("kitty", "sixel"):
                width, height = cell_size()
                if width and height:
                    self._cell = (width, height)
            self._screen = screen
        return self._cell or (graphics.cell_width, graphics.cell_height)

    def set_cell(self, width: int, height: int) -> None:
        """The cell size from elsewhere (a Resize event with pixels)."""
        self._cell = (max(1, width), max(1, height))

    def find(self, job: Job) -> Entry | None:
        """The prepared picture of a job, marked as used just now."""
        for key in (job, replace(job, background=_ANY)):
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key]
        return None

    def request(self, job: Job, source: Path | bytes, owner: Owner) -> None:
        """Has the job done in a thread; the owner's older orders are forgotten."""
        if self._closed:
            return
        self._orders = [order for order in self._orders if order.owner is not owner]
        self._orders.append(_Order(job, source, owner))
        self._start()

    def leave(self, owner: Owner, entry: Entry | None) -> None:
        """The owner no longer shows this picture; if it was the last in kitty, that is freed."""
        if entry is not None:
            entry.owners.discard(owner)
            self._free_unused(entry)

    def leave_all(self, owner: Owner) -> None:
        """The owner no longer shows or waits for anything."""
        self._orders = [order for order in self._orders if order.owner is not owner]
        for entry in list(self._entries.values()):
            if owner in entry.owners:
                self.leave(owner, entry)

    def close(self) -> None:
        """Frees everything, also in the terminal. Nothing is prepared afterwards."""
        self._closed = True
        self._orders.clear()
        for task in self._tasks:
            task.cancel()
        for key in list(self._entries):
            self._evict(key)
        self.uploads.close()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> None:
        while self._orders and len(self._tasks) < WORKERS:
            order = self._orders.pop()
            if order.owner.wants(order.job):
                task = asyncio.create_task(self._fulfil(order))
                self._tasks.add(task)
                task.add_done_callback(self._finished)
            else:
                order.owner.pass_over(order.job)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not self._closed:
            self._start()

    async def _fulfil(self, order: _Order) -> None:
        job, owner = order.job, order.owner
        entry = self.find(job)
        if entry is None:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="picture")
            image_id = next(self._ids) if job.protocol == "kitty" else 0
            loop = asyncio.get_running_loop()
            try:
                made = await loop.run_in_executor(self._pool, prepare, order.source, job, image_id)
            except BadInput as error:
                owner.fail(job, error)
                return
            if not owner.wants(job) or not await self.uploads.send(made, owner.wants):
                owner.pass_over(job)
                return
            entry = self._keep(replace(made, upload=()))
        owner.take(entry)
        self._free_unused(entry)
        self._trim()

    def _keep(self, made: Prepared) -> Entry:
        key = replace(made.job, background=_ANY) if made.plain else made.job
        twin = self._entries.get(key)
        if twin is not None:
            self.uploads.free(made)
            return twin
        self._entries[key] = Entry(made)
        return self._entries[key]

    def _trim(self) -> None:
        """Evicts the least recently seen pictures until the budget holds; never one in view."""
        for key, entry in list(self._entries.items()):
            if self.cost <= self.budget:
                return
            if not any(owner.in_view() for owner in entry.owners):
                self._evict(key)

    def _free_unused(self, entry: Entry) -> None:
        """kitty's memory is not kept for what no widget shows; ours is, for coming back."""
        for key, kept in list(self._entries.items()):
            if kept is entry and not entry.owners and key.protocol == "kitty":
                self._evict(key)

    def _evict(self, key: Job) -> None:
        entry = self._entries.pop(key)
        made, entry.prepared = entry.prepared, None
        if made is not None:
            self.uploads.free(made)
