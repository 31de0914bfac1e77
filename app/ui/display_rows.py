"""What the rows of a terminal show, and the fewest bytes that turn them into other rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

Chop = tuple[int, int, str]
"""A piece of a row: its first column, the column after its last, and the string that paints it."""
Row = tuple[Chop, ...]
"""The known pieces of a row from left to right; what is missing between them is not known."""

ADDRESS = 8
"""Bytes of a cursor address, about."""
CANDIDATES = 3
"""Distances that are looked at; pictures of one colour look the same at many."""
LEAST_GAIN = 32
"""Bytes that moving rows must spare: setting the margins and scrolling costs some itself."""
PLACEHOLDER = "\U0010eeee"
"""One cell of a kitty picture; the marks on it take no room."""
_WILD = re.compile(
    "[^\x00-\x7f\xa1-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e"
    "\u20a0-\u20bf\u2190-\u21ff\u2500-\u25fc\u25ff\u2800-\u28ff\U0001cd00-\U0001cdef"
    "\U0001fb00-\U0001fbff]"
)
"""Characters whose width terminals do not agree on: emoji, wide and joining scripts."""


@dataclass(frozen=True, slots=True)
class Move:
    """Rows ``top`` up to before ``bottom`` go down by ``lines``, or up when that is negative."""

    top: int
    bottom: int
    lines: int

    def sequence(self, paper: str = "") -> str:
        """The terminal's order: margins, scrolling, and no margins again.

        ``paper`` selects the colour in which most terminals show what comes in until it is painted.
        """
        letter = "T" if self.lines > 0 else "S"
        scroll = f"\x1b[{abs(self.lines)}{letter}"
        if paper:
            scroll = f"{paper}{scroll}\x1b[49m"
        return f"\x1b[{self.top + 1};{self.bottom}r{scroll}\x1b[r"

    def carry_out(self, rows: Sequence[Row]) -> list[Row]:
        """The rows afterwards. What came in at the edge is not known: terminals differ there."""
        moved = list(rows)
        for y in range(self.top, self.bottom):
            source = y - self.lines
            moved[y] = rows[source] if self.top <= source < self.bottom else ()
        return moved


class Shadow:
    """The rows of a terminal as far as they are known from what was written to it."""

    def __init__(self) -> None:
        self._size = (0, 0)
        self._rows: list[Row] = []

    def forget(self) -> None:
        """Nothing is known any more: whatever is shown next is written whole."""
        self._size, self._rows = (0, 0), []

    def show(
        self, size: tuple[int, int], changes: Mapping[int, Row], *, moves: bool, paper: str = ""
    ) -> str:
        """What to write so that the rows of ``changes`` show these pieces (others stay).

        ``size`` is the terminal's in columns and rows; another than before forgets everything.
        With ``moves`` the terminal may be told to move rows, on ``paper``; see Move. The
        cursor's place is left open.
        """
        if size != self._size:
            self._size, self._rows = size, [()] * size[1]
        width = size[0]
        wanted = list(self._rows)
        for y, chops in changes.items():
            wanted[y] = overlaid(wanted[y], chops, width)
        shown, parts = self._rows, []
        move = best_move(shown, wanted, width) if moves else None
        if move is not None:
            parts.append(move.sequence(paper))
            shown = move.carry_out(shown)
        parts += [written(y, shown[y], row) for y, row in enumerate(wanted) if row is not shown[y]]
        self._rows = wanted
        return "".join(parts)


def overlaid(row: Row, chops: Row, width: int) -> Row:
    """A row after ``chops`` were written over it; what they cut through is no longer known."""
    if row == chops:
        return row
    if not row or whole(chops, width):
        return chops
    free = [kept for kept in row if all(kept[1] <= chop[0] or kept[0] >= chop[1] for chop in chops)]
    return tuple(sorted((*free, *chops)))


def whole(row: Row, width: int) -> bool:
    """Whether every cell of the row is known."""
    return sum(end - start for start, end, _ in row) == width


def written(y: int, before: Row, after: Row) -> str:
    """What turns one row into another: the pieces that differ.

    A piece that a terminal may take for wider or narrower than it is may have touched those
    after it: they are written again, each at its own address.
    """
    parts, cursor, spilled = [], -1, False
    for chop in after:
        if not spilled and chop in before:
            continue
        start, end, text = chop
        if start != cursor or spilled:
            parts.append(f"\x1b[{y + 1};{start + 1}H")
        parts.append(text)
        spilled = spilled or wild(text)
        cursor = end
    return "".join(parts)


def wild(text: str) -> bool:
    """Whether terminals may disagree on the width of this text."""
    return not (text.isascii() or _tame(text))


@lru_cache(1024)
def _tame(text: str) -> bool:
    """Whether every terminal gives this text the same width; the longest come again and again."""
    return PLACEHOLDER in text or _WILD.search(text) is None


def best_move(shown: Sequence[Row], wanted: Sequence[Row], width: int) -> Move | None:
    """The move of rows after which the least is left to be written; None when none is worth it."""
    likely = _likely_lines(shown, wanted)
    if not likely:
        return None
    plain = [_cost(before, after) for before, after in zip(shown, wanted, strict=True)]
    moves = [_widest(shown, wanted, plain, width, lines) for lines in likely]
    gain, move = max(moves, key=itemgetter(0))
    return move if gain > LEAST_GAIN else None


def _likely_lines(shown: Sequence[Row], wanted: Sequence[Row]) -> list[int]:
    """By how many lines most of what changed has moved down (negative: up), the likeliest first.

    Only pieces that were on screen once have a say: blank lines are everywhere.
    """
    changed = [y for y, row in enumerate(wanted) if row is not shown[y] and row != shown[y]]
    places: dict[Chop, int] = {}
    for y in changed:
        for chop in shown[y]:
            places[chop] = -1 if chop in places else y
    votes: Counter[int] = Counter()
    for y in changed:
        for chop in wanted[y]:
            source = places.get(chop, -1)
            if source >= 0:
                votes[y - source] += len(chop[2])
    votes.pop(0, None)
    return [lines for lines, _ in votes.most_common(CANDIDATES)]


def _widest(
    shown: Sequence[Row], wanted: Sequence[Row], plain: Sequence[int], width: int, lines: int
) -> tuple[int, Move | None]:
    """The best region to move by ``lines``, and how many bytes it spares.

    That is the run of rows with the greatest sum of what each spares, less what it costs that
    the rows which come in at the region's edge are written whole.
    """
    first, last = max(0, lines), len(wanted) + min(0, lines)
    best, gain, start, end = 0, 0, 0, 0
    for y in range(first, last):
        gain += plain[y] - _cost(shown[y - lines], wanted[y])
        if gain <= 0 or not whole(wanted[y], width):
            gain, first = 0, y + 1
        elif gain > best:
            best, start, end = gain, first, y + 1
    if not best:
        return 0, None
    top, bottom = min(start, start - lines), max(end, end - lines)
    fresh = range(top, start) if lines > 0 else range(end, bottom)
    if not all(whole(wanted[y], width) for y in fresh):
        return 0, None
    best -= sum(_cost((), wanted[y]) - plain[y] for y in fresh)
    return best, Move(top, bottom, lines)


def _cost(before: Row, after: Row) -> int:
    """About how many bytes ``written`` takes."""
    if before is after:
        return 0
    return sum(len(chop[2]) + ADDRESS for chop in after if chop not in before)
