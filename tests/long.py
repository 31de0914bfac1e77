"""Long conversations made at once: a library of many turns, each with a picture of its own."""

from __future__ import annotations

import hashlib
import struct
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image

from app.domain.conversation import Conversation, Picture, Status, Turn, Usage, new_id
from app.domain.options import Options
from app.storage import ledger, rows
from app.storage.database import transaction
from app.storage.library import Library

SIZES = ((1024, 1024), (1536, 1024), (1024, 1536))
"""Sizes in pixels, in turn: heights differ from card to card."""
Colour = tuple[int, int, int]
WORDS = "A quiet harbour at dusk with boats, lanterns and a long pier under heavy clouds. "
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


def build(folder: Path, turns: int) -> str:
    """Fills the library in ``folder`` with one conversation of so many turns; answers its id.

    Each turn has a picture with a file of its own and words of a length of its own.
    """
    with closing(Library(folder)) as library:
        conversation = Conversation(
            title=f"{turns} turns", created=BEGUN, updated=BEGUN + timedelta(minutes=turns)
        )
        made = list(_turns(turns, library.folder / "pictures" / "2026-01"))
        head = made[-1].id if made else None
        _store(library, conversation.at(None), made, head)
        return conversation.id


def _turns(count: int, shelf: Path) -> Iterator[Turn]:
    """A branch of finished turns; their pictures are written to ``shelf``.

    Lengths and sizes are counted from the end, so that all conversations end with cards as tall.
    """
    shelf.mkdir(parents=True, exist_ok=True)
    parent = None
    for number, left in enumerate(reversed(range(count))):
        turn = Turn(
            id=new_id(),
            parent=parent,
            prompt=f"prompt {number}. {'Make it quieter. ' * (left % 11)}".strip(),
            options=Options(quality="high"),
            status=Status.DONE,
            response_id=f"resp_{number}",
            pictures=(_picture(number, left, shelf / f"picture-{count}-{number}.png"),),
            usage=Usage(1000, 50, 200, 4000),
            model="gpt-5.5",
            created=BEGUN + timedelta(minutes=number),
            finished=BEGUN + timedelta(minutes=number, seconds=41),
        )
        parent = turn.id
        yield turn


def _picture(number: int, left: int, path: Path) -> Picture:
    """The file of one picture: a gradient between two colours, so that no two are alike."""
    width, height = SIZES[left % len(SIZES)]
    data = _gradient(width, height, _colour(number), _colour(number * 7919 + 1))
    path.write_bytes(data)
    return Picture(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        format="png",
        width=width,
        height=height,
        revised_prompt=f"Picture {number}. {WORDS * (left % 7)}".strip(),
        action="generate",
        size=f"{width}x{height}",
        quality="high",
        call_id=f"ig_{number}",
    )


def _gradient(width: int, height: int, first: Colour, last: Colour) -> bytes:
    """A PNG whose left is one colour and whose right is the other."""
    pairs = tuple(zip(first, last, strict=True))
    steps = ([(a * (255 - at) + b * at) // 255 for a, b in pairs] for at in range(256))
    palette = b"PLTE" + bytes(value for step in steps for value in step)
    head, tail = _frame(width, height)
    return head + palette + struct.pack(">I", zlib.crc32(palette)) + tail


@cache
def _frame(width: int, height: int) -> tuple[bytes, bytes]:
    """What all gradients of a size share: the file before its palette, and the file after it."""
    image = Image.linear_gradient("L").rotate(90).resize((width, height))
    image.putpalette(bytes(range(256)) * 3)
    buffer = BytesIO()
    image.save(buffer, "PNG")
    head, _, rest = buffer.getvalue().partition(b"PLTE")
    return head, rest[3 * 256 + 4 :]


def _colour(number: int) -> Colour:
    """A colour for each number, the same only 16 million later."""
    mixed = number * 2_654_435_761 % 2**24
    return mixed >> 16, mixed >> 8 & 255, mixed & 255


def _store(
    library: Library, conversation: Conversation, turns: list[Turn], head: str | None
) -> None:
    """Writes all rows in one transaction: turn by turn each would be flushed by itself."""
    shelves, db = library._shelves, library._db
    with transaction(db):
        ledger.put_conversation(db, {**rows.conversation_row(conversation), "head": head})
        for position, turn in enumerate(turns):
            row = {**rows.turn_row(conversation.id, turn, shelves, ""), "position": position}
            ledger.upsert(db, "turns", ("id",), row)
            for place, picture in enumerate(turn.pictures):
                found = rows.picture_row(turn.id, place, picture, shelves)
                ledger.upsert(db, "pictures", ("turn", "position"), found)


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), int(sys.argv[2])))
