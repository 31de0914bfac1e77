"""What is to be prepared: newest first, each job once, in threads, and dropped when unwanted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, Protocol, TypeVar

from app.domain.errors import BadInput
from app.imaging.raster import Job

if TYPE_CHECKING:
    from app.ui.entries import Entry

GLANCE = 0.05
"""Seconds between two looks whether something that is being made is still wanted."""
Given = ParamSpec("Given")
Made = TypeVar("Made")


class Owner(Protocol):
    """What the cache asks of a widget that shows a picture."""

    def in_view(self) -> bool:
        """Whether any part of it is in view now."""

    def wants(self, job: Job) -> bool:
        """Whether this job is still what should be seen, and can be seen now."""

    def take(self, entry: Entry) -> None:
        """The picture is ready, uploaded and kept; or its animation is, or animations may play
        or must stop from now on."""

    def fail(self, job: Job, error: BadInput) -> None:
        """The picture cannot be shown."""

    def pass_over(self, job: Job) -> None:
        """The job was dropped because it was not wanted any more."""


@dataclass(eq=False, slots=True)
class Order:
    """One job for everyone who waits for it."""

    job: Job
    source: Path | bytes
    owners: list[Owner]
    wanted: bool = True
    """Never true again once it was false: whoever makes it reads this from a thread."""

    def check(self) -> bool:
        """Looks whether anyone still wants it. Only on the event loop."""
        self.wanted = self.wanted and any(owner.wants(self.job) for owner in self.owners)
        return self.wanted

    def alive(self) -> bool:
        """What the last look found. From any thread."""
        return self.wanted


class Orders:
    """A queue in which the newest order is the next one, and the threads that work on it.

    ``fulfil`` is awaited for each order whose turn has come; it has ``run`` do the slow part.
    """

    def __init__(
        self, workers: int, fulfil: Callable[[Order], Coroutine[None, None, None]]
    ) -> None:
        self._workers = workers
        self._fulfil = fulfil
        self._waiting: list[Order] = []
        self._running: dict[asyncio.Task[None], Order] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._closed = False

    def begin(self, work: Callable[[], None]) -> None:
        """Does this in a thread before everything else, unless something was done already."""
        if self._pool is None and not self._closed:
            self._threads().submit(work)

    def put(self, job: Job, source: Path | bytes, owner: Owner) -> None:
        """Orders a job, or joins those who wait for the same one already."""
        if self._closed:
            return
        for order in self._running.values():
            if order.job == job and order.wanted:
                if owner not in order.owners:
                    order.owners.append(owner)
                return
        same = [order for order in self._waiting if order.job == job]
        order = same[0] if same else Order(job, source, [])
        if same:
            self._waiting.remove(order)
        if owner not in order.owners:
            order.owners.append(owner)
        self._waiting.append(order)
        for other in self._running.values():
            other.check()
        self._start()

    def forget(self, owner: Owner) -> None:
        """The owner waits for nothing any more; what nobody else waits for is dropped."""
        for order in (*self._waiting, *self._running.values()):
            if owner in order.owners:
                order.owners.remove(owner)
                order.wanted = order.wanted and bool(order.owners)
        self._waiting = [order for order in self._waiting if order.wanted]

    def close(self) -> None:
        """Drops everything; nothing is made afterwards."""
        self._closed = True
        self._waiting.clear()
        for task, order in self._running.items():
            order.wanted = False
            task.cancel()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    async def run(
        self, order: Order, work: Callable[Given, Made], *given: Given.args, **named: Given.kwargs
    ) -> Made:
        """Does the work in a thread, looking now and then whether the order is still wanted."""
        future = asyncio.wrap_future(self._threads().submit(work, *given, **named))
        try:
            while not (await asyncio.wait((future,), timeout=GLANCE))[0]:
                order.check()
            return future.result()
        finally:
            future.cancel()

    def _threads(self) -> ThreadPoolExecutor:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="picture")
        return self._pool

    def _start(self) -> None:
        while self._waiting and len(self._running) < self._workers:
            order = self._waiting.pop()
            if order.check():
                task = asyncio.create_task(self._fulfil(order))
                self._running[task] = order
                task.add_done_callback(self._finished)
            else:
                for owner in order.owners:
                    owner.pass_over(order.job)

    def _finished(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        if not self._closed:
            self._start()
