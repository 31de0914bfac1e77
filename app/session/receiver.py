"""What comes of one sending, event by event: words and previews shown, pictures kept."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from app.domain.conversation import Turn
from app.domain.errors import DiskTrouble
from app.domain.generation import (
    CallFailed,
    Final,
    Finished,
    GenerationEvent,
    Partial,
    Said,
    Stage,
    Started,
)
from app.session import live as stages
from app.session.board import Board, to_the_end
from app.session.outcome import Answer
from app.session.picture import keep
from app.session.preview import PreviewKeeper

SAVE_WAITS = (2.0, 4.0, 8.0, 16.0, 30.0, 60.0)
"""Seconds between attempts to save a picture: it was paid for, and a full disk can be helped."""


class Receiver:
    """Takes the events of one sending of a running turn."""

    def __init__(self, board: Board, turn_id: str, answer: Answer, preview: PreviewKeeper) -> None:
        self._board = board
        self._id = turn_id
        self._answer = answer
        self._preview = preview

    @property
    def _turn(self) -> Turn:
        return self._board.conversation.turns[self._id]

    async def take(self, event: GenerationEvent) -> None:
        """Takes one event. Raises DiskTrouble for a picture that cannot be saved."""
        match event:
            case Started(response_id):
                self._answer.started = True
                self._board.advance(self._id, response_id=response_id)
                await to_the_end(self._note())
            case Stage(name):
                self._board.show(self._id, stage=stages.STAGE_WORDS.get(name, name))
            case Partial():
                self._take_partial(event)
            case Final():
                await self._take_final(event)
            case Said(text):
                self._board.advance(self._id, said=self._turn.said + text)
            case CallFailed(_, error):
                self._answer.failures.append(error)
            case Finished():
                self._answer.finished = event
                self._board.advance(
                    self._id,
                    usage=event.usage,
                    model=event.model,
                    response_id=event.response_id or self._turn.response_id,
                )

    def _take_partial(self, partial: Partial) -> None:
        expected = max(self._board.live[self._id].partial_count, partial.index + 1)
        self._board.show(
            self._id,
            partial=partial.data,
            partial_key=partial.call_id,
            partial_index=partial.index,
            partial_count=expected,
        )
        self._preview.offer(partial.data)

    async def _take_final(self, final: Final) -> None:
        """Keeps a finished picture; while the disk refuses it, tries again for two minutes."""
        for attempt, wait in enumerate(SAVE_WAITS, 1):
            try:
                return await to_the_end(self._keep(final))
            except DiskTrouble as error:
                stage = f"{error.sentence.rstrip('.')}; {stages.UNSAVED}"
                await self._board.count_down(self._id, wait, stage, attempt)
        try:
            await to_the_end(self._keep(final))
        except DiskTrouble as error:
            raise DiskTrouble(
                f"The picture came, but could not be saved. {error.sentence}", hint=error.hint
            ) from error

    async def _keep(self, final: Final) -> None:
        """Keeps a finished picture: the file first, then the turn that names it."""
        self._board.show(self._id, stage=stages.SAVING)
        picture = await asyncio.to_thread(keep, final, self._turn, self._board.library)
        if self._board.live[self._id].partial_key == final.call_id:
            self._board.show(self._id, partial=None, partial_index=None)
        self._board.advance(self._id, pictures=(*self._turn.pictures, picture))
        await self._note()

    async def _note(self) -> None:
        """Stores how far the turn is. It is paid for by now, so a disk that refuses does not end
        it: storing its end will tell."""
        with suppress(DiskTrouble):
            await self._board.save(self._id)
