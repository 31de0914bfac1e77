"""Nouns as rows and rows as nouns: the only place that knows both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.conversation import Attachment, Conversation, Picture, Status, Turn, Usage
from app.domain.errors import Failure
from app.domain.options import Action, Options
from app.domain.text import encodable
from app.domain.turns import Turns
from app.storage.shelves import Shelves

Row = Mapping[str, Any]
TURN = tuple(item.name for item in fields(Turn) if item.name not in ("inputs", "pictures"))
PICTURE = tuple(item.name for item in fields(Picture))
INPUT = tuple(item.name for item in fields(Attachment))
"""Columns in the order of the fields that they fill."""


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """What a list of conversations shows of one."""

    id: str
    title: str
    turns: int
    pictures: int
    updated: datetime
    first_prompt: str
    last_picture: Path | None
    """The newest picture's file, None when there is no picture."""
    trashed: bool = False


def moment_text(moment: datetime) -> str:
    """A moment as it is stored: ISO, in UTC, always with microseconds, so that texts sort."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _cleaned(row: Row) -> dict[str, Any]:
    return {
        key: encodable(value) if isinstance(value, str) else value for key, value in row.items()
    }


def _json(noun: Usage | Failure | Options) -> str:
    return json.dumps(asdict(noun), ensure_ascii=False)


def conversation_row(conversation: Conversation) -> Row:
    """The row of a conversation, without its turns."""
    return _cleaned(
        {
            "id": conversation.id,
            "title": conversation.title,
            "head": conversation.head,
            "created": moment_text(conversation.created),
            "updated": moment_text(conversation.updated),
        }
    )


def turn_row(conversation_id: str, turn: Turn, shelves: Shelves, owner: str) -> Row:
    """The row of a turn, without inputs and pictures; only one that may still change is owned."""
    return _cleaned(
        {
            "id": turn.id,
            "conversation": conversation_id,
            "parent": turn.parent,
            "prompt": turn.prompt,
            "options": _json(turn.options),
            "status": turn.status.value,
            "response_id": turn.response_id,
            "said": turn.said,
            "usage": _json(turn.usage) if turn.usage else None,
            "error": _json(turn.error) if turn.error else None,
            "note": turn.note,
            "model": turn.model,
            "partial": shelves.relative(turn.partial) if turn.partial else None,
            "owner": owner if turn.status.open else None,
            "created": moment_text(turn.created),
            "finished": moment_text(turn.finished) if turn.finished else None,
            "saved": moment_text(datetime.now(UTC)),
        }
    )


def picture_row(turn_id: str, position: int, picture: Picture, shelves: Shelves) -> Row:
    """The row of a picture; ``bytes`` is 0 when its file is gone."""
    named = {item.name: getattr(picture, item.name) for item in fields(picture)}
    return _cleaned(
        named
        | {
            "turn": turn_id,
            "position": position,
            "path": shelves.relative(picture.path),
            "bytes": picture.path.stat().st_size if picture.path.is_file() else 0,
            "favourite": int(picture.favourite),
        }
    )


def arrival_row(turn_id: str, picture: Picture, shelves: Shelves) -> Row:
    """The row of a picture on its way to a turn, whose file need not be there yet."""
    named = {item.name: getattr(picture, item.name) for item in fields(picture)}
    del named["favourite"]
    return _cleaned(
        named
        | {
            "turn": turn_id,
            "path": shelves.relative(picture.path),
            "noted": moment_text(datetime.now(UTC)),
        }
    )


def input_row(turn_id: str, position: int, item: Attachment, shelves: Shelves) -> Row:
    """The row of an attachment."""
    named = {part.name: getattr(item, part.name) for part in fields(item)}
    return _cleaned(
        named
        | {
            "turn": turn_id,
            "position": position,
            "path": shelves.relative(item.path),
            "mask": int(item.mask),
        }
    )


def conversation_of(row: Row, turns: Iterable[Turn]) -> Conversation:
    """A conversation from its row; a head that is not among the turns gives way to the newest."""
    known = {turn.id: turn for turn in turns}
    head = row["head"]
    if head is not None and head not in known:
        head = next(reversed(known), None)
    return Conversation(
        id=row["id"],
        title=row["title"],
        turns=Turns(known),
        head=head,
        created=datetime.fromisoformat(row["created"]),
        updated=datetime.fromisoformat(row["updated"]),
    )


def turn_of(
    row: Sequence[Any],
    inputs: tuple[Attachment, ...],
    pictures: tuple[Picture, ...],
    shelves: Shelves,
) -> Turn:
    """A turn from its TURN columns. Raises ValueError, KeyError or TypeError for a damaged one."""
    # By position: a long conversation has thousands of rows, and names are looked up one by one.
    turn_id, parent, prompt, options, status, response_id, said, *rest = row
    usage, error, note, model, partial, created, finished = rest
    return Turn(
        turn_id,
        parent,
        prompt,
        _options(options),
        inputs,
        Status(status),
        response_id,
        pictures,
        said,
        _usage(usage) if usage else None,
        Failure(**json.loads(error)) if error else None,
        note,
        model,
        shelves.absolute(partial) if partial else None,
        datetime.fromisoformat(created),
        datetime.fromisoformat(finished) if finished else None,
    )


@lru_cache(maxsize=256)
def _usage(text: str) -> Usage:
    """Usage from JSON."""
    return Usage(**json.loads(text))


@lru_cache(maxsize=256)
def _options(text: str) -> Options:
    """Options from JSON; what a version did not know yet has its default. Most are alike."""
    stored = json.loads(text)
    known: dict[str, Any] = {
        item.name: str(stored[item.name]) for item in fields(Options) if item.name in stored
    }
    return Options(**(known | {"action": Action(known.get("action", Action.AUTO))}))


def picture_of(row: Sequence[Any], shelves: Shelves) -> Picture:
    """A picture from its PICTURE columns."""
    path, *facts, favourite = row
    values: list[Any] = [shelves.absolute(path), *facts, bool(favourite)]
    return Picture(*values)


def arrival_of(row: Row, shelves: Shelves) -> Picture:
    """A picture from the row of its arrival."""
    return picture_of([*(row[name] for name in PICTURE[:-1]), False], shelves)


def input_of(row: Sequence[Any], shelves: Shelves) -> Attachment:
    """An attachment from its INPUT columns."""
    name, path, *facts, mask = row
    values: list[Any] = [name, shelves.absolute(path), *facts, bool(mask)]
    return Attachment(*values)


def summary_of(row: Row, shelves: Shelves) -> ConversationSummary:
    """A summary from a row of the list."""
    return ConversationSummary(
        id=row["id"],
        title=row["title"],
        turns=row["turns"],
        pictures=row["pictures"],
        updated=datetime.fromisoformat(row["updated"]),
        first_prompt=row["first_prompt"],
        last_picture=shelves.absolute(row["last_picture"]) if row["last_picture"] else None,
        trashed=row["trashed"] is not None,
    )
