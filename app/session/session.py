"""The verbs of one open conversation: submit, retry, take back, go to, favourite and so on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from enum import Enum
from types import MappingProxyType

from app.domain.conversation import Conversation, Status, Turn, new_id
from app.domain.errors import Refused
from app.domain.generation import ImageGateway
from app.domain.options import Options
from app.session.bin import Bin
from app.session.board import Board, Clock, Sleep, to_the_end
from app.session.checks import CheckedPicture, check_mask, check_turn
from app.session.live import Live, Update
from app.session.run import Run
from app.storage.library import Library


class Parent(Enum):
    """Stands for a parent that is not named."""

    HEAD = "head"


class Session:
    """One open conversation. Several turns may run at once; use it from one event loop.

    ``submit`` and ``retry`` answer generators: leave them through ``contextlib.aclosing``, which
    cancels the turn when it still runs. After that ``conversation`` holds the turn's end.
    """

    def __init__(
        self,
        conversation: Conversation,
        *,
        library: Library,
        gateway: ImageGateway,
        instructions: str = "",
        retries: int = 3,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._library = library
        self._gateway = gateway
        self._instructions = instructions
        self._retries = retries
        self._board = Board(conversation, library, clock=clock, sleep=sleep)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._bin = Bin(self._board)

    @property
    def conversation(self) -> Conversation:
        """The conversation as it stands."""
        return self._board.conversation

    @property
    def live(self) -> Mapping[str, Live]:
        """How the running turns are getting on, by turn id."""
        return MappingProxyType(self._board.live)

    def running(self) -> tuple[Turn, ...]:
        """The turns that have not ended, queued ones included, oldest first."""
        turns = self.conversation.turns
        return tuple(turns[turn_id] for turn_id in self._board.live if turn_id in turns)

    def submit(
        self,
        prompt: str,
        options: Options,
        inputs: Sequence[CheckedPicture] = (),
        mask: CheckedPicture | None = None,
        *,
        parent: str | Parent | None = Parent.HEAD,
    ) -> AsyncGenerator[Update, None]:
        """Makes a turn from ``parent`` and follows it to its end; the head moves to it.

        A refusal is raised before anything is stored. Later errors are found on the turn; only
        DiskTrouble is raised, when the turn's end could not be stored.
        """
        origin = self.conversation.head if isinstance(parent, Parent) else parent
        self._check_parent(origin)
        check_turn(self.conversation, origin, prompt, options, len(inputs))
        if mask is not None:
            check_mask(self.conversation, origin, mask, inputs)
        turn = Turn(id=new_id(), parent=origin, prompt=prompt.strip(), options=options)
        fresh = [(item, False) for item in inputs] + ([(mask, True)] if mask is not None else [])
        return self._follow(turn, fresh)

    def retry(self, turn_id: str, options: Options | None = None) -> AsyncGenerator[Update, None]:
        """Makes a sibling with the same parent, prompt and pictures, and follows it to its end.

        ``options`` replace those of the first try. Raises as ``submit`` does.
        """
        first = self.conversation.turns[turn_id]
        options = options or first.options
        self._check_parent(first.parent)
        check_turn(self.conversation, first.parent, first.prompt, options, len(first.references))
        turn = Turn(
            id=new_id(),
            parent=first.parent,
            prompt=first.prompt,
            options=options,
            inputs=first.inputs,
        )
        return self._follow(turn, [])

    def take_back(self, turn_id: str) -> Turn:
        """Removes a turn that was not sent yet, and answers it: its words go back to the box.

        Raises Refused when it was sent already or another turn waits for it.
        """
        turn = self.conversation.turns[turn_id]
        if turn.status is not Status.PENDING or turn_id not in self._tasks:
            raise Refused("This prompt was sent already.", hint="Esc cancels it.")
        if self.conversation.children(turn_id):
            raise Refused("Another prompt waits for this one.", hint="Take that one back first.")
        self._board.conversation = self.conversation.without(turn_id)
        self._tasks[turn_id].cancel()
        return turn

    async def go_to(self, turn_id: str | None) -> Conversation:
        """Moves the head; None is before the first turn. Raises KeyError for an unknown turn."""
        self._board.conversation = self.conversation.at(turn_id)
        await self._board.save_head()
        return self.conversation

    async def step_sibling(self, turn_id: str, delta: int) -> Conversation:
        """Moves the head to the newest tip below the sibling ``delta`` places on.

        It stops at the first and the last sibling; without a move nothing changes.
        """
        siblings = self.conversation.siblings(turn_id)
        here = [turn.id for turn in siblings].index(turn_id)
        there = siblings[min(max(here + delta, 0), len(siblings) - 1)]
        if there.id == turn_id:
            return self.conversation
        return await self.go_to(self.conversation.tip(there.id).id)

    async def favourite(self, turn_id: str, sha256: str | None = None) -> Conversation:
        """Marks a picture of a turn (default: its last) as favourite, or takes the mark off.

        Raises Refused when the turn has no such picture.
        """
        pictures = self.conversation.turns[turn_id].pictures
        found = [item for item in pictures if sha256 in (None, item.sha256)]
        if not found:
            raise Refused("There is no picture here to mark.", hint="Choose a turn with a picture.")
        chosen, value = found[-1].sha256, not found[-1].favourite
        self._board.advance(
            turn_id,
            pictures=tuple(
                replace(item, favourite=value) if item.sha256 == chosen else item
                for item in pictures
            ),
        )
        await asyncio.to_thread(self._library.set_favourite, turn_id, chosen, value)
        return self.conversation

    async def delete(self, turn_id: str) -> Conversation:
        """Moves a turn and all below it to the trash. Raises Refused while one of them runs."""
        return await self._bin.delete(turn_id)

    async def undo_delete(self) -> Conversation:
        """Brings the last deleted turns back, and the head with them. Raises Refused if none."""
        return await self._bin.undo()

    async def rename(self, title: str) -> Conversation:
        """Gives the conversation another title: one line. Raises Refused when it is empty."""
        line = " ".join(title.split())
        if not line:
            raise Refused("A title needs at least one letter.", hint="Esc keeps the old one.")
        self._board.conversation = replace(self.conversation, title=line)
        if self.conversation.turns:
            await asyncio.to_thread(self._library.rename, self.conversation.id, line)
        return self.conversation

    def _check_parent(self, parent: str | None) -> None:
        """Raises Refused for a parent that another window is still working on."""
        if parent is None:
            return
        if self.conversation.turns[parent].status.open and not self._board.is_ours(parent):
            raise Refused(
                "The turn before this one is still running in another window.",
                hint="Wait for it there, or go back to an earlier turn.",
            )

    async def _follow(
        self, turn: Turn, fresh: Sequence[tuple[CheckedPicture, bool]]
    ) -> AsyncGenerator[Update, None]:
        """Runs a new turn in a task of its own and yields the state after each change."""
        self._board.add(turn)
        run = Run(
            self._board,
            self._gateway,
            turn,
            instructions=self._instructions,
            retries=self._retries,
        )
        task = self._tasks[turn.id] = asyncio.create_task(run.go(fresh))
        try:
            running = True
            while running:
                # Waiting lets the run begin: one cancelled before could not end its turn.
                update = await self._board.wait_for_change(turn.id)
                running = turn.id in update.live
                yield update
            await asyncio.wait({task})
        finally:
            task.cancel()
            await to_the_end(_settled(task))
            del self._tasks[turn.id]
            self._board.forget(turn.id)
        if not task.cancelled():
            task.result()


async def _settled(task: asyncio.Task[None]) -> None:
    """Waits for the end of a task, whatever it is."""
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()
