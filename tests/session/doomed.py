"""A program that paints without pause until it is killed, or until it kills itself.

``python -m tests.session.doomed FOLDER [MOMENT]`` runs a real session on the library in FOLDER and
prints the id of its conversation when the first turn is about to begin. MOMENT is when it ends
itself with a signal that nothing can catch: ``after-keep`` a picture's file is written and before
any row names it, ``before-end`` its row is there too but the answer has not ended.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from itertools import count
from pathlib import Path

from app.domain.conversation import Conversation, Turn
from app.domain.generation import (
    Final,
    Finished,
    GenerationEvent,
    ImageRequest,
    Partial,
    Stage,
    Started,
)
from app.domain.options import Options
from app.session.session import Session
from app.storage.library import Library
from tests.events import png

PICTURES = 2
"""How many each turn brings."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class KilledAfterKeep(Library):
    """A library whose process ends before the first save of a picture."""

    def save(self, conversation: Conversation, turn: Turn) -> None:
        if turn.pictures:
            die()
        super().save(conversation, turn)


class Studio:
    """Stands for the API: brings previews and pictures without delay, no two of them alike."""

    def __init__(self, *, dies_before_end: bool) -> None:
        self._numbers = count()
        self._dies_before_end = dies_before_end

    async def generate(self, request: ImageRequest) -> AsyncGenerator[GenerationEvent, None]:
        turn = next(self._numbers)
        yield Started(f"resp_{turn}")
        yield Stage("drawing")
        for call in (f"ig_{turn}_{at}" for at in range(PICTURES)):
            yield Partial(call, 0, png() + os.urandom(500))
            await asyncio.sleep(0.002)
            data = png(width=64, height=48) + os.urandom(50_000)
            yield Final(call, data, f"Revised {turn}.", "generate", "64x48", "low", "opaque", "png")
        if self._dies_before_end:
            die()
        yield Finished(f"resp_{turn}")

    async def warm(self) -> None: ...

    async def close(self) -> None: ...


async def main(folder: Path, moment: str) -> None:
    library = (KilledAfterKeep if moment == "after-keep" else Library)(folder)
    studio = Studio(dies_before_end=moment == "before-end")
    session = Session(Conversation(), library=library, gateway=studio)
    print(session.conversation.id, flush=True)
    for number in count():
        async with aclosing(session.submit(f"a fox, number {number}", Options())) as updates:
            async for _ in updates:
                pass


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *(sys.argv[2:] or [""])))
