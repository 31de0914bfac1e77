"""Deleting turns, and bringing them back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from app.domain.conversation import Conversation, Turn
from app.domain.errors import Refused
from app.domain.turns import Turns
from app.session.board import Board


@dataclass(frozen=True, slots=True)
class Deleted:
    """A subtree that was deleted, and where the head was."""

    root: str
    turns: tuple[Turn, ...]
    head: str | None


class Bin:
    """What was deleted from one conversation since it was opened, the last on top."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._deleted: list[Deleted] = []

    async def delete(self, turn_id: str) -> Conversation:
        """Moves a turn and all below it to the trash.

        Raises Refused while one of them runs, DiskTrouble.
        """
        board = self._board
        turns = tuple(board.conversation.below(turn_id))
        if any(board.is_ours(turn.id) for turn in turns):
            raise Refused("A turn here is still running.", hint="Cancel it with Esc first.")
        self._deleted.append(Deleted(turn_id, turns, board.conversation.head))
        board.conversation = board.conversation.without(turn_id)
        await asyncio.to_thread(board.library.trash_turn, board.conversation.id, turn_id)
        return board.conversation

    async def undo(self) -> Conversation:
        """Brings the last deleted turns back, in their old places, and the head with them.

        Raises Refused when nothing was deleted, DiskTrouble.
        """
        board = self._board
        if not self._deleted:
            raise Refused("Nothing was deleted.", hint="Deletions can be undone until you leave.")
        last = self._deleted.pop()
        both = (*board.conversation.turns.values(), *last.turns)
        turns = {turn.id: turn for turn in sorted(both, key=lambda turn: turn.created)}
        board.conversation = replace(
            board.conversation,
            turns=Turns(turns),
            head=last.head if last.head in turns else last.root,
        )
        await asyncio.to_thread(board.library.restore_turn, board.conversation.id, last.root)
        await board.save_head()
        return board.conversation
