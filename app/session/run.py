"""One turn from its prompt to its end: stored, queued, sent, sent again, rebuilt, finished."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

from app.domain.conversation import Attachment, Status, Turn, now
from app.domain.errors import (
    ContextLost,
    RateLimited,
    SfumatoError,
    StoreRefused,
    Unreachable,
)
from app.domain.generation import ImageGateway, ImageRequest
from app.session import live as stages
from app.session.board import Board, to_the_end
from app.session.checks import CheckedPicture
from app.session.outcome import CUT_OFF, NOT_SENT, Answer, Outcome, joined, of_answer, of_error
from app.session.preview import PreviewKeeper
from app.session.receiver import Receiver
from app.session.request import build

FIRST_WAIT = 2.0
"""Seconds before the second sending when the server names no wait; doubled each time."""
LONGEST_WAIT = 120.0
"""A server that asks for a longer wait is not asked again by itself."""
REBUILT_LOST = (
    "The server no longer had the conversation's context; "
    "it was rebuilt from the pictures kept here."
)
REBUILT_PLANNED = "The conversation's context was rebuilt from the pictures kept here."


class Run:
    """The work on one turn. ``go`` always leaves the turn ended and stored."""

    def __init__(
        self, board: Board, gateway: ImageGateway, turn: Turn, *, instructions: str, retries: int
    ) -> None:
        self._board = board
        self._gateway = gateway
        self._id = turn.id
        self._last = turn
        open_parent = turn.parent is not None and board.is_ours(turn.parent)
        self._awaited = turn.parent if open_parent else None
        self._instructions = instructions
        self._retries = retries
        self._preview = PreviewKeeper(board, turn.id)
        self._answer = Answer()

    @property
    def _turn(self) -> Turn:
        """The turn as it stands, or as it was when it was taken back."""
        self._last = self._board.turn(self._id) or self._last
        return self._last

    async def go(self, fresh: Sequence[tuple[CheckedPicture, bool]] = ()) -> None:
        """Works until the turn has ended; ``fresh`` are pictures to keep first, True for a mask.

        Foreseen errors end up on the turn. Cancelling ends it as cancelled, with what had come.
        Raises DiskTrouble when the end could not be stored.
        """
        outcome = CUT_OFF
        try:
            await to_the_end(self._admit(fresh))
            outcome = await self._work()
        except asyncio.CancelledError:
            outcome = Outcome(Status.CANCELLED)
            raise
        except SfumatoError as error:
            outcome = of_error(error, self._answer)
        finally:
            await to_the_end(self._finish(outcome))

    async def _admit(self, fresh: Sequence[tuple[CheckedPicture, bool]]) -> None:
        """Stores the attachments and the turn, before anything is sent."""
        kept = [await asyncio.to_thread(self._attach, item, mask) for item, mask in fresh]
        self._board.advance(self._id, inputs=(*self._turn.inputs, *kept))
        await self._board.save(self._id)

    def _attach(self, item: CheckedPicture, mask: bool) -> Attachment:
        path, sha256 = self._board.library.keep_input(item.data, item.name, item.mime)
        return Attachment(item.name, path, sha256, item.mime, item.width, item.height, mask)

    async def _work(self) -> Outcome:
        if self._awaited is not None and not await self._may_follow(self._awaited):
            return NOT_SENT
        self._board.show(
            self._id,
            stage=stages.SENDING,
            started=self._board.clock(),
            partial_count=int(self._turn.options.partials),
        )
        self._board.advance(self._id, status=Status.RUNNING)
        await to_the_end(self._board.save(self._id))
        await self._exchange()
        return of_answer(self._turn, self._answer)

    async def _may_follow(self, parent: str) -> bool:
        """Waits for the turn before this one; whether it left something to go on from."""
        if self._board.is_ours(parent):
            self._board.show(self._id, stage=stages.WAITING)
            await self._board.wait_for_end(parent)
        before = self._board.turn(parent)
        return before is not None and (before.status is Status.DONE or bool(before.pictures))

    async def _exchange(self) -> None:
        """Sends until there is an answer; waits where waiting helps, rebuilds a lost context."""
        request = await self._request(rebuild=False)
        if request.recap:
            self._board.advance(self._id, note=REBUILT_PLANNED)
        attempt = 1
        while True:
            try:
                return await self._receive(request)
            except (RateLimited, Unreachable) as error:
                wait = _wait(error, attempt)
                if attempt > self._retries or self._turn.pictures or wait > LONGEST_WAIT:
                    raise
                stage = f"{error.title.lower()}, {stages.PAUSED}"
                await self._board.count_down(self._id, wait, stage, attempt)
                attempt += 1
                self._board.show(self._id, stage=stages.SENDING, attempt=attempt)
            except ContextLost as error:
                request = await self._rebuilt(request, error)

    async def _request(self, *, rebuild: bool) -> ImageRequest:
        return await asyncio.to_thread(
            build,
            self._board.conversation,
            self._turn,
            self._board.library,
            instructions=self._instructions,
            rebuild=rebuild,
        )

    async def _rebuilt(self, refused: ImageRequest, error: ContextLost) -> ImageRequest:
        """The request without what the server does not have. Raises ``error`` the second time."""
        unstored = refused.store and isinstance(error, StoreRefused)
        if self._turn.pictures or (refused.parent is None and not unstored):
            raise error
        request = await self._request(rebuild=True)
        if request.recap:
            self._board.advance(self._id, note=REBUILT_LOST)
        return replace(request, store=refused.store and not unstored)

    async def _receive(self, request: ImageRequest) -> None:
        """Sends once and takes all that comes, with nothing left of an earlier attempt."""
        self._answer = Answer()
        self._board.advance(self._id, said="", response_id=None)
        receiver = Receiver(self._board, self._id, self._answer, self._preview)
        async with aclosing(self._gateway.generate(request)) as events:
            async for event in events:
                await receiver.take(event)

    async def _finish(self, outcome: Outcome) -> None:
        """Ends the turn on the board and on the disk; wakes those who wait for it."""
        complete = outcome.status is Status.DONE or bool(self._turn.pictures)
        try:
            await self._preview.settle()
            self._board.advance(
                self._id,
                status=outcome.status,
                error=outcome.failure,
                note=joined(self._turn.note, outcome.note),
                partial=None if complete else self._turn.partial,
                finished=now(),
            )
            if self._board.turn(self._id) is None:
                await self._forget()
            else:
                await self._board.save(self._id)
        finally:
            self._board.end(self._id)
        if complete:
            await asyncio.to_thread(self._board.library.drop_partial, self._id)

    async def _forget(self) -> None:
        """Removes a turn that was taken back from the disk as well."""
        conversation = self._board.conversation.id
        await asyncio.to_thread(self._board.library.trash_turn, conversation, self._id)


def _wait(error: RateLimited | Unreachable, attempt: int) -> float:
    """Seconds to wait after the ``attempt``: what the server says, else 2, 4, 8 and so on."""
    named = error.wait if isinstance(error, RateLimited) else None
    return FIRST_WAIT * 2 ** (attempt - 1) if named is None else named
