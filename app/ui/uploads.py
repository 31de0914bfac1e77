"""kitty's copies of pictures: sent in slices between frames, one at a time, and freed again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.driver import Driver

from app.imaging import kitty
from app.imaging.raster import Prepared

SLICES = (2, 8, 32)
"""Chunks of 4 kB written at once: at least, at first, at most. Between two slices frames and keys
have their turn; a fast terminal gets larger slices, a slow one smaller."""
QUEUED = 1
"""Slices that may wait in Textual's writer before the next one is handed over."""
GLANCE, SLOW = 0.001, 0.008
"""Seconds between two looks at the writer at first, and how long a slice takes on a slow line."""


class Uploads:
    """What the terminal is told about kitty pictures, in an order that it understands.

    Nothing may come between the chunks of one upload but text: uploads wait for each other, and
    deletions wait for the upload under way.
    """

    def __init__(self) -> None:
        self.write: Callable[[str], None] | None = None
        """Where everything goes; None until connected."""
        self._driver: Driver | None = None
        self._lock = asyncio.Lock()
        self._slice = SLICES[1]
        self._sending: Prepared | None = None
        self._doomed: list[str] = []

    @property
    def busy(self) -> bool:
        """Whether the terminal has still to read what it was given before."""
        # Looked up each time: after a suspension the driver has another writer.
        queue = getattr(getattr(self._driver, "_writer_thread", None), "_queue", None)
        return queue is not None and queue.qsize() > QUEUED

    def connect(self, driver: Driver | None, leaving: Callable[[], None]) -> bool:
        """Writes through the driver's own writer from now on, in order with its frames.

        ``leaving`` is called before the driver leaves the screen: kitty keeps pictures apart for
        each of its two screens, and on the other one they could not be freed any more. Answers
        whether this was the first time.
        """
        if driver is None or self._driver is driver:
            return False
        self._driver = driver
        if self.write is None:
            self.write = driver.write
        stop = driver.stop_application_mode

        def leave() -> None:
            leaving()
            stop()

        driver.stop_application_mode = leave  # type: ignore[method-assign]
        return True

    async def send(self, made: Prepared, wanted: Callable[[], bool]) -> bool:
        """Uploads a picture; False when it was given up because nobody wants it any more."""
        if not made.upload or self.write is None:
            return True
        async with self._lock:
            self._sending = made
            try:
                at = 0
                while at < len(made.upload):
                    await self._drained()
                    if self._sending is None or not wanted():
                        return False
                    self.write("".join(made.upload[at : at + self._slice]))
                    at += self._slice
                self._sending = None
            finally:
                self._give_up()
                self._flush()
        return True

    def free(self, made: Prepared) -> None:
        """Frees the terminal's copy: at once, or after the upload that is under way."""
        if made.image_id:
            self._doomed.append(kitty.delete(made.image_id, tmux=made.job.tmux))
            if self._sending is None:
                self._flush()

    def close(self) -> None:
        """Ends an upload under way and writes the deletions that waited for it."""
        self._give_up()
        self._flush()

    def _give_up(self) -> None:
        """Ends the upload under way in the middle."""
        made, self._sending = self._sending, None
        if made is not None and self.write is not None:
            self.write(kitty.abort(tmux=made.job.tmux))
            self.free(made)

    def _flush(self) -> None:
        if self._doomed and self.write is not None:
            self.write("".join(self._doomed))
        self._doomed.clear()

    async def _drained(self) -> None:
        """Waits until the driver has written most of what it was given; learns how fast it is."""
        await asyncio.sleep(0)
        waited, pause = 0.0, GLANCE
        while self.busy:
            await asyncio.sleep(pause)
            waited += pause
            pause = min(pause * 2, SLOW * 2)
        if waited == 0:
            self._slice = min(SLICES[2], self._slice * 2)
        elif waited > SLOW:
            self._slice = max(SLICES[0], self._slice // 2)
