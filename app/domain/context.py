"""How a turn remembers what came before: a chain on the server, or a replay from local copies."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.conversation import Conversation, Picture, Status, Turn

REPLAY_PROMPTS = 6
"""How many earlier prompts a rebuilt context recalls in words."""
RECAP_CHARACTERS = 300
"""How much of each of them."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Continue on the server from ``response_id``; None starts a new context."""

    response_id: str | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """Rebuild the context: the pictures go as user input, the prompts as a short recap."""

    pictures: tuple[Picture, ...]
    recap: str


def plan(conversation: Conversation, parent: str | None) -> Chain | Replay:
    """How a turn made from ``parent`` gets its context.

    Turns that failed, were cancelled or interrupted are never named to the server: without pictures
    they are passed over, with pictures the context is rebuilt from those.
    """
    for turn in conversation.turns.upwards(parent):
        if turn.status is Status.DONE and turn.response_id:
            return Chain(turn.response_id)
        if turn.status is Status.DONE or turn.pictures:
            return replay(conversation, turn.id)
    return Chain()


def replay(conversation: Conversation, parent: str | None) -> Replay:
    """The context of ``parent`` from local copies alone: its last turn's pictures, and a recap."""
    path = conversation.path(parent) if parent else ()
    pictures: tuple[Picture, ...] = ()
    for turn in reversed(path):
        if turn.pictures:
            pictures = turn.pictures
            break
    return Replay(pictures, _recap(path))


def _recap(path: tuple[Turn, ...]) -> str:
    """What was asked so far, oldest first, in at most REPLAY_PROMPTS short lines."""
    kept = [turn for turn in path if turn.status is Status.DONE or turn.pictures]
    lines = [" ".join(turn.prompt.split())[:RECAP_CHARACTERS] for turn in kept[-REPLAY_PROMPTS:]]
    if not lines:
        return ""
    listed = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    return f"Earlier in this conversation the person asked, in order:\n{listed}"
