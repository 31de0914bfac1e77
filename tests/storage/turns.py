"""Turns with pictures, and conversations of them, saved in a library."""

from __future__ import annotations

from app.domain.conversation import (
    Conversation,
    Picture,
    Status,
    Turn,
    new_id,
    now,
)
from app.storage.library import Library


def drawn(library: Library, prompt: str, parent: Turn | None = None) -> Turn:
    """A finished turn with one picture that is kept in ``library``."""
    path, sha256 = library.keep(f"picture of {prompt}".encode(), prompt, format="png")
    return Turn(
        id=new_id(),
        parent=parent.id if parent else None,
        prompt=prompt,
        status=Status.DONE,
        response_id=f"resp_{prompt}",
        pictures=(Picture(path, sha256, "png", 64, 64),),
        finished=now(),
    )


def saved(library: Library, *turns: Turn, to: Conversation | None = None) -> Conversation:
    """A conversation with these turns, each saved as it is added."""
    conversation = to or Conversation()
    for turn in turns:
        conversation = conversation.with_turn(turn, move=True)
        library.save(conversation, turn)
    return conversation
