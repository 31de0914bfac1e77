"""What the session tests do again and again."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from app.domain.conversation import Status, Turn
from app.domain.options import Action, Options
from app.imaging.inputs import Checked, check_bytes
from app.session.live import Update
from app.session.session import Session
from tests.events import ending, message_item, opening, text_events
from tests.fakes import Answer, Received, sse

GENERATE = Options(action=Action.GENERATE)
EDIT = Options(action=Action.EDIT)
AUTO = Options()
RED, GREEN, BLUE = (220, 30, 30), (30, 200, 60), (40, 60, 220)


class Naps:
    """Stands for sleeping: remembers how long, and lasts no time."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0)


async def watch(updates: AsyncGenerator[Update, None]) -> list[Update]:
    """Follows a turn to its end."""
    async with aclosing(updates) as stream:
        return [update async for update in stream]


async def finish(updates: AsyncGenerator[Update, None]) -> Turn:
    """Follows a turn to its end and answers it."""
    last = (await watch(updates))[-1]
    return last.conversation.turns[last.turn_id]


class Following:
    """A turn that runs in a task of its own, as a screen runs it."""

    def __init__(self, session: Session, updates: AsyncGenerator[Update, None]) -> None:
        self.session = session
        self.seen: list[Update] = []
        self._task = asyncio.create_task(self._watch(updates))

    async def _watch(self, updates: AsyncGenerator[Update, None]) -> None:
        async with aclosing(updates) as stream:
            async for update in stream:
                self.seen.append(update)

    @property
    def turn(self) -> Turn:
        return self.session.conversation.turns[self.seen[-1].turn_id]

    @property
    def stage(self) -> str:
        live = self.session.live.get(self.turn.id) if self.seen else None
        return live.stage if live else ""

    async def until(self, happened: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not happened():
                await asyncio.sleep(0.002)

    async def until_stage(self, stage: str) -> Turn:
        await self.until(lambda: self.stage == stage)
        return self.turn

    async def end(self) -> Turn:
        await asyncio.wait_for(self._task, 5)
        return self.turn

    async def cancel(self) -> None:
        self._task.cancel()
        await asyncio.wait({self._task}, timeout=5)
        assert self._task.cancelled()


def attached(data: bytes, name: str) -> Checked:
    """A picture as the prompt box hands it over."""
    return check_bytes(data, name)


def text_only(text: str, response_id: str = "resp_text") -> Answer:
    """The stream of a turn in which the model only talks."""
    return sse(
        [
            *opening(response_id),
            *text_events(text),
            ending(output=[message_item(text)], response_id=response_id),
        ]
    )


def pictures_sent(request: Received) -> list[bytes]:
    """The bytes of the pictures in a request, in order."""
    return [
        b64decode(part["image_url"].partition(",")[2])
        for part in request.content
        if part["type"] == "input_image"
    ]


def statuses(session: Session) -> list[Status]:
    return [turn.status for turn in session.conversation.turns.values()]
