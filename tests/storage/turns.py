"""Turns with pictures, and conversations of them, saved in a library."""

from __future__ import annotations

from dataclasses import replace

from app.domain.conversation import (
    Conversation,
    Picture,
    Status,
    Turn,
    new_id,
    now,
)
from app.domain.generation import Final
from app.storage.library import Library


def kept(library: Library, data: bytes, turn: Turn, kind: str = "png") -> Picture:
    """A picture whose file is kept, as it comes from the server."""
    return library.keep(turn, Final("ig_1", data), format=kind, width=64, height=48)


def drawn(library: Library, prompt: str, parent: Turn | None = None) -> Turn:
    """A finished turn with one picture that is kept in ``library``."""
    turn = Turn(
        id=new_id(),
        parent=parent.id if parent else None,
        prompt=prompt,
        status=Status.DONE,
        response_id=f"resp_{prompt}",
        finished=now(),
    )
    return replace(turn, pictures=(kept(library, f"picture of {prompt}".encode(), turn),))


def saved(library: Library, *turns: Turn, to: Conversation | None = None) -> Conversation:
    """A conversation with these turns, each saved as it is added."""
    conversation = to or Conversation()
    for turn in turns:
        conversation = conversation.with_turn(turn, move=True)
        library.save(conversation, turn)
    return conversation
