"""``sfumato sessions``: lists the conversations in the library."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from app.cli import output
from app.cli.arguments import Arguments
from app.domain.errors import Refused
from app.domain.text import one_line
from app.storage.files import places
from app.storage.library import Library

if TYPE_CHECKING:
    from app.domain.conversation import Conversation
    from app.storage.rows import ConversationSummary

HEADINGS = ("ID", "LAST USED", "TURNS", "PICTURES", "TITLE")


def run(arguments: Arguments) -> int:
    """Prints the conversations, newest first. Raises DiskTrouble."""
    library = Library(places().data)
    try:
        found = library.list()
    finally:
        library.close()
    if arguments.json:
        output.say(json.dumps([_object(summary) for summary in found], indent=2))
        return 0
    for line in _table(found):
        output.say(line)
    return 0


def load(library: Library, conversation_id: str) -> Conversation:
    """A conversation by its id, also from the trash. Raises Refused for an unknown one."""
    known = {summary.id for summary in library.list(include_trashed=True)}
    if conversation_id not in known:
        raise Refused(
            f"There is no conversation {one_line(conversation_id, 80)!r} in the library.",
            hint="List them with: sfumato sessions",
        )
    return library.load(conversation_id)


def load_latest(library: Library) -> Conversation:
    """The conversation last worked on. Raises Refused when there is none."""
    latest = library.latest()
    if latest is None:
        raise Refused("There is no conversation to continue yet.", hint="Leave -c out.")
    return library.load(latest)


def _object(summary: ConversationSummary) -> dict[str, Any]:
    return {
        "id": summary.id,
        "title": summary.title,
        "turns": summary.turns,
        "pictures": summary.pictures,
        "updated": summary.updated.isoformat(timespec="seconds"),
    }


def _table(found: Sequence[ConversationSummary]) -> Iterator[str]:
    """Aligned lines under headings; nothing but a remark when there are no conversations."""
    if not found:
        output.complain("No conversations yet.")
        return
    rows = [HEADINGS, *(_cells(summary) for summary in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cells(summary: ConversationSummary) -> tuple[str, ...]:
    used = f"{summary.updated.astimezone():%Y-%m-%d %H:%M}"
    title = one_line(summary.title or summary.first_prompt, 200)
    return (summary.id, used, str(summary.turns), str(summary.pictures), title)
