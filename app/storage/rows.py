"""Nouns as rows and rows as nouns: the only place that knows both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
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
    row: Row, inputs: Iterable[Attachment], pictures: Iterable[Picture], shelves: Shelves
) -> Turn:
    """A turn from its row. Raises ValueError, KeyError or TypeError for one that is damaged."""
    return Turn(
        id=row["id"],
        parent=row["parent"],
        prompt=row["prompt"],
        options=_options(row["options"]),
        inputs=tuple(inputs),
        status=Status(row["status"]),
        response_id=row["response_id"],
        pictures=tuple(pictures),
        said=row["said"],
        usage=_usage(row["usage"]) if row["usage"] else None,
        error=Failure(**json.loads(row["error"])) if row["error"] else None,
        note=row["note"],
        model=row["model"],
        partial=shelves.absolute(row["partial"]) if row["partial"] else None,
        created=datetime.fromisoformat(row["created"]),
        finished=datetime.fromisoformat(row["finished"]) if row["finished"] else None,
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


def picture_of(row: Row, shelves: Shelves) -> Picture:
    """A picture from its row."""
    return Picture(
        path=shelves.absolute(row["path"]),
        sha256=row["sha256"],
        format=row["format"],
        width=row["width"],
        height=row["height"],
        revised_prompt=row["revised_prompt"],
        action=row["action"],
        size=row["size"],
        quality=row["quality"],
        background=row["background"],
        call_id=row["call_id"],
        favourite=bool(row["favourite"]),
    )


def arrival_of(row: Row, shelves: Shelves) -> Picture:
    """A picture from the row of its arrival."""
    return picture_of({**row, "favourite": False}, shelves)


def input_of(row: Row, shelves: Shelves) -> Attachment:
    """An attachment from its row."""
    named = {item.name: row[item.name] for item in fields(Attachment)}
    return Attachment(
        **(named | {"path": shelves.absolute(row["path"]), "mask": bool(row["mask"])})
    )


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
