"""A driven program's side: commands in, answers out, the loop's stalls, and scrolling by steps."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from textual.widget import Widget

from tests.benchmarks.terminal import PIPES

BEAT = 0.001
"""Seconds between two heartbeats of the event loop."""
Verb = Callable[..., Awaitable[dict[str, Any]]]


class Heart:
    """Beats on the event loop and notes the longest time that it could not."""

    def __init__(self) -> None:
        self.longest = 0.0
        """Seconds, since the last ``start`` or ``next``."""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to beat."""
        self.longest = 0.0
        self._task = asyncio.create_task(self._beat())

    async def next(self) -> float:
        """The longest stall so far; counts anew from here."""
        await asyncio.sleep(2 * BEAT)
        found, self.longest = self.longest, 0.0
        return found

    def stop(self) -> float:
        """The longest stall since the start; beats no more."""
        if self._task is not None:
            self._task.cancel()
        return self.longest

    async def _beat(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(BEAT)
            self.longest = max(self.longest, time.monotonic() - before - BEAT)


async def serve(verbs: Mapping[str, Verb]) -> None:
    """Answers commands for ever; says once that the program is there."""
    commands, answers = map(int, os.environ[PIPES].split())
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(commands, "rb")
    )

    def answer(said: Mapping[str, Any]) -> None:
        os.write(answers, json.dumps(said).encode() + b"\n")

    async for line in reader:
        given = json.loads(line)
        verb = verbs.get(given.pop("verb"))
        try:
            answer(await verb(**given) if verb else {})
        except (AssertionError, LookupError, TypeError, ValueError, OSError) as error:
            answer({"error": repr(error)})


async def refreshed(widget: Widget) -> None:
    """Waits until the screen has drawn what is asked for by now."""
    done = asyncio.Event()
    widget.call_after_refresh(done.set)
    await done.wait()


async def scroll(view: Widget, steps: int, lines: int, *, stalls: bool) -> dict[str, Any]:
    """Scrolls by so many steps of so many lines, each drawn before the next.

    Answers, in ms, the processor's time and the time to the frame for one step, and with
    ``stalls`` the longest stall: the heartbeat costs processor time itself.
    """
    heart, frames, longest = Heart(), [], 0.0
    if stalls:
        heart.start()
        await heart.next()
    spent = time.process_time()
    for _ in range(steps):
        begun = time.monotonic()
        view.scroll_to(y=view.scroll_y + lines, animate=False, immediate=True)
        await refreshed(view)
        frames.append(time.monotonic() - begun)
    spent = time.process_time() - spent
    if stalls:
        longest = await heart.next()
        heart.stop()
    middle = sorted(frames)[steps // 2]
    said = {"processor": spent / steps, "frame": middle, "stall": longest}
    return {name: value * 1000 for name, value in said.items()}
