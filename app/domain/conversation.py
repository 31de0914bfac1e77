"""A conversation: an immutable tree of turns, each with what was asked and what came back."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from app.domain.errors import Failure
from app.domain.options import Options
from app.domain.turns import Turns

TITLE_LENGTH = 60


class Status(StrEnum):
    """Where a turn stands. Only DONE turns are ever named as a parent to the server."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"

    @property
    def open(self) -> bool:
        """Whether the turn may still change by itself."""
        return self in (Status.PENDING, Status.RUNNING)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one turn: the main model's, and those of the image tool (0 where not reported)."""

    input_tokens: int = 0
    output_tokens: int = 0
    image_input_tokens: int = 0
    image_output_tokens: int = 0

    @property
    def total(self) -> int:
        """All tokens of the turn together."""
        return (
            self.input_tokens
            + self.output_tokens
            + self.image_input_tokens
            + self.image_output_tokens
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the library: a file with exactly the bytes that the API sent, and its facts."""

    path: Path
    """Absolute path of the file in the library."""
    sha256: str
    """Hex digest of the file's bytes."""
    format: str
    """By content: png, jpeg, webp, gif, svg, or "" when unknown."""
    width: int = 0
    """Pixels, from the file's header; 0 when it could not be read."""
    height: int = 0
    revised_prompt: str | None = None
    action: str | None = None
    """What the server says it did: generate or edit."""
    size: str | None = None
    """Size, quality and background as the server reports them, or None."""
    quality: str | None = None
    background: str | None = None
    call_id: str | None = None
    """The id of the image_generation_call item."""
    favourite: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture given with a prompt: checked, upright, and kept in the library as it is sent."""

    name: str
    """The file's name as the person knows it; outside text."""
    path: Path
    """The library's copy: exactly the bytes that are sent."""
    sha256: str
    mime: str
    width: int
    height: int
    mask: bool = False


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A fresh id of 12 hex digits, ours alone and safe in file names."""
    return os.urandom(6).hex()


@dataclass(frozen=True, slots=True)
class Turn:
    """One prompt and what became of it. Never edited in place: each change is a new object."""

    id: str
    parent: str | None
    """The turn this one was made from; None for a first turn."""
    prompt: str
    options: Options = field(default_factory=Options)
    inputs: tuple[Attachment, ...] = ()
    status: Status = Status.PENDING
    response_id: str | None = None
    pictures: tuple[Picture, ...] = ()
    said: str = ""
    """The model's own words, often empty."""
    usage: Usage | None = None
    error: Failure | None = None
    note: str = ""
    """What happened on the way that a person should know, such as a rebuilt context."""
    model: str | None = None
    """The main model that answered, as the server names it."""
    partial: Path | None = None
    """The last preview of a turn that did not finish, in the library."""
    created: datetime = field(default_factory=now)
    finished: datetime | None = None

    @property
    def seconds(self) -> float | None:
        """How long the turn took, None while it is open."""
        return (self.finished - self.created).total_seconds() if self.finished else None

    @property
    def references(self) -> tuple[Attachment, ...]:
        """The attached pictures without the mask."""
        return tuple(item for item in self.inputs if not item.mask)


def title_from(prompt: str) -> str:
    """A conversation's title from its first prompt: one line of at most 60 characters."""
    line = " ".join(prompt.split())
    return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Conversation:
    """An immutable tree of turns with one cursor, the head; every verb answers a new one."""

    id: str = field(default_factory=new_id)
    title: str = ""
    turns: Turns = field(default_factory=Turns)
    """By id, in order of creation."""
    head: str | None = None
    """The turn that the next prompt follows; None before the first."""
    created: datetime = field(default_factory=now)
    updated: datetime = field(default_factory=now)

    def with_turn(self, turn: Turn, *, move: bool = False) -> Conversation:
        """Adds or advances ``turn``; ``move`` puts the head on it."""
        turns = self.turns.with_turn(turn)
        title = self.title or title_from(turn.prompt)
        head = turn.id if move else self.head
        return replace(self, turns=turns, title=title, head=head, updated=now())

    def at(self, turn_id: str | None) -> Conversation:
        """The same tree with its head on ``turn_id``. Raises KeyError for a turn not in it."""
        if turn_id is not None:
            self.turns[turn_id]
        return replace(self, head=turn_id)

    def without(self, turn_id: str) -> Conversation:
        """The tree without ``turn_id`` and all below it; the head moves to its parent if needed."""
        gone = {turn.id for turn in self.below(turn_id)}
        turns = Turns({key: turn for key, turn in self.turns.items() if key not in gone})
        head = self.turns[turn_id].parent if self.head in gone else self.head
        return replace(self, turns=turns, head=head, updated=now())

    @property
    def branch(self) -> tuple[str, ...]:
        """The ids of the path to the head; the same tuple while the path stays the same."""
        return self.turns.branch(self.head)

    def path(self, turn_id: str | None = None) -> tuple[Turn, ...]:
        """The turns from the first down to ``turn_id`` (default: the head), that one included."""
        at = self.head if turn_id is None else turn_id
        return tuple(self.turns.upwards(at))[::-1]

    def children(self, turn_id: str | None) -> tuple[Turn, ...]:
        """The turns made directly from ``turn_id``, oldest first."""
        return tuple(self.turns[key] for key in self.turns.children(turn_id))

    def siblings(self, turn_id: str) -> tuple[Turn, ...]:
        """All turns with the same parent, that one included, oldest first."""
        return self.children(self.turns[turn_id].parent)

    def below(self, turn_id: str) -> Iterator[Turn]:
        """``turn_id``'s turn and everything made from it, parents before children."""
        waiting = deque([turn_id])
        while waiting:
            at = waiting.popleft()
            yield self.turns[at]
            waiting.extend(self.turns.children(at))

    def tip(self, turn_id: str) -> Turn:
        """The newest leaf below ``turn_id``: where stepping to a sibling should land."""
        return max(
            (turn for turn in self.below(turn_id) if not self.turns.children(turn.id)),
            key=lambda turn: turn.created,
        )

    def picture_above(self, turn_id: str | None) -> Picture | None:
        """The newest picture on the path to ``turn_id``: what an edit would change."""
        for turn in self.turns.upwards(turn_id):
            if turn.pictures:
                return turn.pictures[-1]
        return None
