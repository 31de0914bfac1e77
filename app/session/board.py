"""What all running turns of one conversation share: its state, its stored form, its signals."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from app.domain.conversation import Conversation, Turn
from app.session.live import Live, Update
from app.storage.library import Library

T = TypeVar("T")
Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Runs ``work`` to its end even when the caller is cancelled meanwhile.

    The cancellation is raised afterwards: what was begun on the disk is whole, and the order of
    writes is the order of the calls.
    """
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError from None if task.cancelled() else task.exception()
    return task.result()


class Board:
    """The one place where turns that run at the same time meet.

    All changes happen in the event loop's thread with no await between reading and writing, so no
    turn can undo what another one changed.
    """

    def __init__(
        self, conversation: Conversation, library: Library, *, clock: Clock, sleep: Sleep
    ) -> None:
        self.conversation = conversation
        self.library = library
        self.clock = clock
        self.sleep = sleep
        self.live: dict[str, Live] = {}
        self._changed: dict[str, asyncio.Event] = {}
        self._ended: dict[str, asyncio.Event] = {}
        self._writing = asyncio.Lock()

    def add(self, turn: Turn) -> None:
        """Puts a new turn into the tree, moves the head to it and opens its row of live state."""
        self.conversation = self.conversation.with_turn(turn, move=True)
        self._changed[turn.id] = asyncio.Event()
        self._ended[turn.id] = asyncio.Event()
        self.live[turn.id] = Live(started=self.clock())

    def turn(self, turn_id: str) -> Turn | None:
        """The turn as it stands now; None when it was taken back."""
        return self.conversation.turns.get(turn_id)

    def is_ours(self, turn_id: str) -> bool:
        """Whether the turn is run by this session and has not ended."""
        return turn_id in self.live

    def advance(self, turn_id: str, **changes: Any) -> None:
        """Changes fields of a turn and tells who follows it; nothing when it was taken back."""
        turn = self.turn(turn_id)
        if turn is not None:
            self.conversation = self.conversation.with_turn(replace(turn, **changes))
            self._tell(turn_id)

    def show(self, turn_id: str, **changes: Any) -> None:
        """Changes fields of a turn's live state and tells who follows it."""
        self.live[turn_id] = replace(self.live[turn_id], **changes)
        self._tell(turn_id)

    async def count_down(self, turn_id: str, seconds: float, stage: str, attempt: int) -> None:
        """Waits, and shows second by second what for and how long still."""
        while seconds > 0:
            self.show(turn_id, stage=stage, retry_in=seconds, attempt=attempt)
            await self.sleep(min(seconds, 1.0))
            seconds -= 1.0
        self.show(turn_id, retry_in=None)

    def end(self, turn_id: str) -> None:
        """Closes a turn's live state and wakes the turns that wait for it."""
        self.live.pop(turn_id, None)
        self._tell(turn_id)
        self._ended.pop(turn_id).set()

    async def wait_for_end(self, turn_id: str) -> None:
        """Returns when a turn that this session runs has ended and is stored."""
        await self._ended[turn_id].wait()

    async def wait_for_change(self, turn_id: str) -> Update:
        """The state after the next change of a turn; several changes may come as one."""
        changed = self._changed[turn_id]
        await changed.wait()
        changed.clear()
        return self.update(turn_id)

    def update(self, turn_id: str) -> Update:
        """The state of now, as one immutable object."""
        return Update(self.conversation, dict(self.live), turn_id)

    def forget(self, turn_id: str) -> None:
        """Drops the signals of a turn that nobody follows any more."""
        self._changed.pop(turn_id, None)

    async def save(self, turn_id: str) -> None:
        """Stores a turn as it stands, and the head. Raises DiskTrouble."""
        async with self._writing:
            turn = self.turn(turn_id)
            if turn is not None:
                await asyncio.to_thread(self.library.save, self.conversation, turn)

    async def save_head(self) -> None:
        """Stores the head and title alone. Raises DiskTrouble."""
        async with self._writing:
            await asyncio.to_thread(self.library.save_head, self.conversation)

    def _tell(self, turn_id: str) -> None:
        changed = self._changed.get(turn_id)
        if changed is not None:
            changed.set()
