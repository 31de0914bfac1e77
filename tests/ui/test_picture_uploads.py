"""Uploads to kitty at the terminal's pace: in order, never blocking, never in pieces."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from types import SimpleNamespace
from typing import Any, cast

from textual.driver import Driver

from app.imaging.raster import Job, Prepared, always, prepare
from app.ui.uploads import QUEUED, SLICES, Uploads
from tests.imaging.pictures import encoded, photo

KITTY = Job("a", 30, 15, "kitty", 10, 20)
PHOTO = encoded(photo(600, 600))


def picture(number: int) -> Prepared:
    """A picture whose upload has many chunks."""
    return prepare(PHOTO, KITTY, number)


class Terminal:
    """A writer with a queue, as Textual's, that reads only when told to."""

    def __init__(self) -> None:
        self.queue: deque[str] = deque()
        self.read = ""
        self.sizes: list[int] = []
        self.longest = 0
        writer = SimpleNamespace(_queue=SimpleNamespace(qsize=lambda: len(self.queue)))
        self.left = 0
        mode = {"stop_application_mode": self.stop}
        self.driver = cast(Driver, SimpleNamespace(write=self.write, _writer_thread=writer, **mode))

    def stop(self) -> None:
        self.left += 1

    def write(self, text: str) -> None:
        self.queue.append(text)
        self.sizes.append(text.count("\x1b_G"))
        self.longest = max(self.longest, len(self.queue))

    def take(self, count: int = 1) -> None:
        for _ in range(min(count, len(self.queue))):
            self.read += self.queue.popleft()

    def commands(self) -> list[dict[str, str]]:
        """The control data of everything that was read."""
        found = re.findall(r"\x1b_G([^;\x1b]*)", self.read)
        return [dict(part.split("=") for part in one.split(",")) for one in found]


async def drained(terminal: Terminal, task: asyncio.Task[Any], every: float = 0.0) -> Any:
    """Reads until the task is done, then the rest."""
    while not task.done():
        terminal.take()
        await asyncio.sleep(every)
    terminal.take(1000)
    return task.result()


def connected() -> tuple[Uploads, Terminal]:
    """Uploads that write to a terminal."""
    uploads, terminal = Uploads(), Terminal()
    uploads.connect(terminal.driver, uploads.close)
    return uploads, terminal


async def test_a_terminal_that_reads_nothing_holds_up_the_upload_and_nothing_else() -> None:
    uploads, terminal = connected()
    task = asyncio.create_task(uploads.send(picture(0x01000001), always))
    for _ in range(20):
        await asyncio.sleep(0.002)
    assert not task.done()
    assert uploads.busy
    assert len(terminal.queue) == QUEUED + 1
    assert await drained(terminal, task)
    assert terminal.longest == QUEUED + 1
    assert terminal.read == "".join(picture(0x01000001).upload)


async def test_a_fast_terminal_gets_larger_slices_and_a_slow_one_smaller() -> None:
    uploads, terminal = connected()
    await drained(terminal, asyncio.create_task(uploads.send(picture(0x01000001), always)))
    assert max(terminal.sizes) == SLICES[2]
    terminal.sizes.clear()
    for number in (0x01000002, 0x01000003):
        slow = asyncio.create_task(uploads.send(picture(number), always))
        await drained(terminal, slow, every=0.03)
    assert SLICES[0] <= min(terminal.sizes[2:-1]) < SLICES[2]


async def test_uploads_wait_for_each_other_and_deletions_for_them() -> None:
    uploads, terminal = connected()
    made = [picture(0x01000001), picture(0x01000002)]
    both = asyncio.gather(*(uploads.send(one, always) for one in made))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    uploads.free(made[0])
    await drained(terminal, cast("asyncio.Task[Any]", both))
    heads = [(one.get("a", ""), one.get("i", "")) for one in terminal.commands() if "a" in one]
    assert heads == [("T", "16777217"), ("d", "16777217"), ("T", "16777218")]


async def test_an_upload_that_nobody_wants_any_more_ends_at_once_and_is_freed() -> None:
    uploads, terminal = connected()
    answers = iter([True, True])
    sending = asyncio.create_task(
        uploads.send(picture(0x01000001), lambda: next(answers, None) is not None)
    )
    assert not await drained(terminal, sending)
    last = terminal.commands()[-2:]
    assert last[0] == {"q": "2", "m": "0"}
    assert (last[1]["a"], last[1]["d"], last[1]["i"]) == ("d", "I", "16777217")


async def test_closing_in_the_middle_ends_the_upload_and_frees_it() -> None:
    uploads, terminal = connected()
    task = asyncio.create_task(uploads.send(picture(0x01000001), always))
    await asyncio.sleep(0.01)
    uploads.close()
    assert not await drained(terminal, task)
    assert [one.get("a") for one in terminal.commands()].count("d") == 1
    assert terminal.commands()[-1]["i"] == "16777217"


async def test_leaving_the_screen_ends_the_upload_first() -> None:
    uploads, terminal = connected()
    assert not uploads.connect(terminal.driver, uploads.close)
    task = asyncio.create_task(uploads.send(picture(0x01000001), always))
    await asyncio.sleep(0.01)
    terminal.driver.stop_application_mode()
    assert terminal.left == 1
    assert not await drained(terminal, task)
    assert terminal.commands()[-1]["a"] == "d"


async def test_after_a_suspension_the_pace_is_that_of_the_new_writer() -> None:
    uploads, terminal = connected()
    fresh: deque[str] = deque("waiting")
    terminal.driver._writer_thread = SimpleNamespace(  # type: ignore[attr-defined]
        _queue=SimpleNamespace(qsize=lambda: len(fresh))
    )
    assert uploads.busy
    fresh.clear()
    assert not uploads.busy
    terminal.driver._writer_thread = None
    assert not uploads.busy
