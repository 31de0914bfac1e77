"""What came of a turn: an error with its exit status, copies of the pictures, the report."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.cli import output
from app.domain.conversation import Picture, Status, Turn
from app.domain.errors import BadInput, BrokenAnswer, DiskTrouble, NoPicture, SfumatoError
from app.domain.text import one_line
from app.storage.copies import copy_file
from app.storage.files import shown

LONGEST_WORDS = 400
"""Characters of what the model said that an error repeats."""


def require_pictures(turn: Turn) -> None:
    """Raises the error that the turn ended with, or NoPicture when it ended well without one."""
    if turn.status is Status.DONE and turn.pictures:
        return
    failure = turn.error
    if failure is None:
        raise NoPicture(_with_words("There is no picture.", turn.said))
    kind = _kinds().get(failure.kind, BrokenAnswer)
    sentence = failure.sentence
    if kind is NoPicture:
        sentence = _with_words(sentence, turn.said)
    if turn.pictures:
        sentence += f" What had come is kept: {_paths(turn)}."
    raise kind(sentence, hint=failure.hint)


def target_from(text: str) -> Path:
    """Where copies go. Raises BadInput when they cannot: before anything is paid for."""
    target = Path(text)
    folder = target if text.endswith("/") or _is_folder(target) else target.parent
    if not text or not _is_folder(folder):
        raise BadInput(f"There is no folder {shown(folder)} for -o.", hint="Make it first.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadInput(f"Nothing may be written to {shown(folder)}.", hint="Choose another -o.")
    return target


def copy(turn: Turn, target: Path) -> None:
    """Copies the turn's pictures byte for byte; see ``_targets``. Raises DiskTrouble."""
    for picture, place in zip(turn.pictures, _targets(target), strict=False):
        try:
            copy_file(picture.path, place, replace=True)
        except DiskTrouble as error:
            kept = f"The library has the original: {_paths(turn)}."
            raise DiskTrouble(f"{error.sentence}; {kept}", hint=error.hint) from error


def report(session_id: str, turn: Turn, *, as_json: bool) -> None:
    """Prints the paths of the turn's pictures, or everything as one object."""
    if as_json:
        output.say(json.dumps(_object(session_id, turn), indent=2))
        return
    for picture in turn.pictures:
        output.say(str(picture.path))


def _targets(target: Path) -> Iterator[Path]:
    """Where the first, second, third picture goes: OUT.png, OUT-2.png, OUT-3.png and so on."""
    number = 1
    while True:
        if number == 1 or _is_folder(target):
            yield target
        else:
            yield target.with_name(f"{target.stem}-{number}{target.suffix}")
        number += 1


def _object(session_id: str, turn: Turn) -> dict[str, Any]:
    usage = turn.usage
    return {
        "session": session_id,
        "turn": turn.id,
        "response_id": turn.response_id,
        "pictures": [_picture(picture) for picture in turn.pictures],
        "text": turn.said,
        "usage": {**asdict(usage), "total": usage.total} if usage else None,
    }


def _picture(picture: Picture) -> dict[str, Any]:
    measured = f"{picture.width}x{picture.height}" if picture.width and picture.height else None
    return {
        "path": str(picture.path),
        "revised_prompt": picture.revised_prompt,
        "size": picture.size if picture.size not in (None, "auto") else measured,
        "format": picture.format or None,
        "action": picture.action,
    }


def _kinds() -> dict[str, type[SfumatoError]]:
    """Every kind of error by its name."""
    found: list[type[SfumatoError]] = [SfumatoError]
    for kind in found:
        found.extend(kind.__subclasses__())
    return {kind.__name__: kind for kind in found}


def _with_words(sentence: str, said: str) -> str:
    words = one_line(said, LONGEST_WORDS)
    return f'{sentence} The model answered in words: "{words}"' if words else sentence


def _paths(turn: Turn) -> str:
    return ", ".join(shown(picture.path) for picture in turn.pictures)


def _is_folder(path: Path) -> bool:
    """Whether ``path`` is a folder that can be looked at."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
