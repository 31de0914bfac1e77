"""A conversation → a folder that stands by itself: originals, index.html and conversation.json.

conversation.json is one object:
  format    always "sfumato-conversation"
  version   of this description, a whole number; it changes when a field changes its meaning
  id, title, head, created, updated    of the conversation; moments are ISO 8601 in UTC
  turns     every turn of the tree, oldest first: id, parent, prompt, status, options (by name),
            response_id, model, said, note, error (kind, title, sentence, hint) or null,
            usage or null, created, finished or null, inputs and pictures
  inputs    name, file, sha256, mime, width, height, mask
  pictures  file, sha256, format, width, height, revised_prompt, action, size, quality,
            background, favourite
``file`` is relative to the folder, and null when the original was not in the library any more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.conversation import Conversation, Turn
from app.domain.errors import BadInput, DiskTrouble
from app.domain.text import encodable
from app.session.export_page import page
from app.storage.files import disk_errors, make_private, write_atomic
from app.storage.library import Library

FORMAT = "sfumato-conversation"
VERSION = 1
DATA_NAME = "conversation.json"
PAGE_NAME = "index.html"
PICTURES = "pictures"
INPUTS = "inputs"
LONGEST_DATA = 64 * 1024 * 1024
"""Bytes of a conversation.json that are read to see whose folder it is."""

Files = Mapping[Path, str]
"""File in the library → where it is in the folder, relative and with ``/``."""


def export(conversation: Conversation, library: Library, folder: Path) -> Path:
    """Writes ``conversation`` into ``folder`` and answers the folder, absolute.

    The folder is made when missing; one that holds an export of the same conversation is brought
    up to date. Blocks: call it in a thread. Raises BadInput for a folder with other things in it,
    DiskTrouble.
    """
    target = folder.expanduser().absolute()
    _check_folder(target, conversation.id)
    with disk_errors(target):
        for place in (target, target / PICTURES, target / INPUTS):
            if not place.is_dir():
                make_private(place)
    # First, so that a folder that was cut short is still known as ours.
    _write_data(target, conversation, {})
    files = _copy(conversation, library, target)
    write_atomic(target / PAGE_NAME, encodable(page(conversation, files)).encode())
    _write_data(target, conversation, files)
    return target


def _check_folder(target: Path, conversation_id: str) -> None:
    """Raises BadInput unless the folder is missing, empty, or an export of that conversation."""
    with disk_errors(target):
        if not target.exists() or (target.is_dir() and not any(target.iterdir())):
            return
    if not target.is_dir():
        raise BadInput(f"{target} is a file, not a folder.", hint="Name a new folder.")
    if _owner(target / DATA_NAME) != conversation_id:
        raise BadInput(
            f"{target} has other things in it.", hint="Name a new folder, or an empty one."
        )


def _owner(data: Path) -> str | None:
    """The id of the conversation that an earlier export wrote; None when there is none."""
    try:
        if data.stat().st_size > LONGEST_DATA:
            return None
        found = json.loads(data.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        return None
    return str(found.get("id"))


def _copy(conversation: Conversation, library: Library, target: Path) -> Files:
    """Copies every original byte for byte; those that cannot be read are left out."""
    files: dict[Path, str] = {}
    for number, turn in enumerate(conversation.turns.values(), 1):
        for place, items in ((PICTURES, turn.pictures), (INPUTS, turn.inputs)):
            for item in items:
                if item.path in files:
                    continue
                try:
                    data = library.read(item.path)
                except DiskTrouble:
                    continue
                files[item.path] = name = f"{place}/{number:03d}-{item.path.name}"
                write_atomic(target / name, data)
    return files


def _write_data(target: Path, conversation: Conversation, files: Files) -> None:
    data = {
        "format": FORMAT,
        "version": VERSION,
        "id": conversation.id,
        "title": conversation.title,
        "head": conversation.head,
        "created": _moment(conversation.created),
        "updated": _moment(conversation.updated),
        "turns": [_turn(turn, files) for turn in conversation.turns.values()],
    }
    text = json.dumps(data, ensure_ascii=False, indent=2)
    write_atomic(target / DATA_NAME, encodable(text).encode())


def _turn(turn: Turn, files: Files) -> dict[str, Any]:
    return {
        "id": turn.id,
        "parent": turn.parent,
        "prompt": turn.prompt,
        "status": str(turn.status),
        "options": asdict(turn.options),
        "response_id": turn.response_id,
        "model": turn.model,
        "said": turn.said,
        "note": turn.note,
        "error": asdict(turn.error) if turn.error else None,
        "usage": asdict(turn.usage) if turn.usage else None,
        "created": _moment(turn.created),
        "finished": _moment(turn.finished) if turn.finished else None,
        "inputs": [_file(item, files) for item in turn.inputs],
        "pictures": [_file(item, files) for item in turn.pictures],
    }


def _file(item: Any, files: Files) -> dict[str, Any]:
    """A picture's or an attachment's fields, with its place in the folder for its path."""
    fields = asdict(item)
    return {"file": files.get(fields.pop("path")), **fields}


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
