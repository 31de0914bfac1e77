"""How tall a card will be, from its turn alone: near enough for a scrollbar and a first place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from app.domain.conversation import Picture, Turn

CHROME = 4
"""Columns of a card that its edge and padding take."""
BESIDE = 2
"""Columns between a picture and its words."""
WORDS, SAID = 90, 110
"""Columns at most of the words beside a picture, and of the model's own."""
FACTS = 56
"""Characters that the line of facts has as a rule."""
UNKNOWN = (1024, 1024)
"""Pixels that a picture is taken to have when they are not known."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the height of a card depends on besides its turn."""

    width: int = 80
    """Columns of a card."""
    columns: int = 40
    """Columns and rows that a picture may take."""
    rows: int = 12
    narrow: bool = True
    """Whether the words of a picture go under it."""
    cell: tuple[int, int] | None = None
    """Pixels of a cell; None where a picture is one line of words."""


def estimate(turn: Turn, room: Room) -> int:
    """The rows of the turn's card when it is not running."""
    inner = max(room.width - CHROME, 1)
    rows = _wrapped(turn.prompt, inner) + bool(turn.inputs)
    if turn.pictures:
        each = [_picture_rows(picture, room, inner) for picture in turn.pictures]
        rows += sum(each) + len(each) - room.narrow
    elif turn.partial is not None or turn.status.open:
        rows += _cells(UNKNOWN, room, inner)[1] + (not room.narrow)
    if turn.said:
        rows += _wrapped(turn.said, min(inner, SAID))
    for text in _ending(turn):
        rows += _wrapped(text, min(inner, SAID))
    return rows


def _ending(turn: Turn) -> tuple[str, ...]:
    """What is said below of how the turn ended."""
    failure = turn.error
    if failure is None:
        return (turn.note,)
    return (turn.note, f"{failure.title}. {failure.sentence}", failure.hint)


def _picture_rows(picture: Picture, room: Room, inner: int) -> int:
    """The rows of a picture and its words, beside or below."""
    size = (picture.width, picture.height) if picture.width and picture.height else UNKNOWN
    columns, rows = _cells(size, room, inner)
    width = inner if room.narrow else min(max(inner - columns - BESIDE, 1), WORDS)
    revised = _wrapped(picture.revised_prompt or "", width)
    words = revised + -(-FACTS // width) + _wrapped(str(picture.path), width)
    return rows + words if room.narrow else max(rows, words + 1)


def _cells(size: tuple[int, int], room: Room, inner: int) -> tuple[int, int]:
    if room.cell is None:
        return min(24, inner), 1
    return _fit(size, min(room.columns, inner), room.rows, room.cell)


@lru_cache(maxsize=512)
def _fit(size: tuple[int, int], columns: int, rows: int, cell: tuple[int, int]) -> tuple[int, int]:
    from app.imaging.decode import fit_cells  # brings Pillow, which no first frame needs

    return fit_cells(*size, columns, rows, *cell)


def _wrapped(text: str, width: int) -> int:
    """About how many lines the text takes; words that do not fit leave some of each unused."""
    if not text:
        return 0
    if len(text) <= width and "\n" not in text:
        return 1
    room = max(width - 2, 1)
    return sum(max(1, -(-len(line) // room)) for line in text.split("\n"))
