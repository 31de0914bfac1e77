"""Where each card of a branch stands, in rows from the top, whether it is mounted or not."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

GAP = 1
"""Rows between cards, above the first and below the last."""
MOST_ROOMS = 3
"""How many rooms' heights are remembered: going back to the size before finds them again."""


class Places:
    """Heights of all cards, in order: measured where they were mounted once, else guessed.

    A room stands for all that heights depend on besides the card: widths and the like.
    """

    def __init__(self, guess: Callable[[str], int]) -> None:
        """``guess`` estimates the rows of a card in the present room."""
        self.keys: tuple[str, ...] = ()
        self._guess = guess
        self._at: dict[str, int] = {}
        self._heights: list[int] = []
        self._tops: list[int] = [GAP]
        self._known: dict[object, dict[str, int]] = {None: {}}
        self._room: object = None

    def __contains__(self, key: object) -> bool:
        return key in self._at

    def set_keys(self, keys: tuple[str, ...]) -> None:
        """Says which cards there are. Those at the end are added at the cost of themselves."""
        kept = len(self.keys) if keys[: len(self.keys)] == self.keys else 0
        if not kept:
            self._at, self._heights, self._tops = {}, [], [GAP]
        self.keys = keys
        for at in range(kept, len(keys)):
            self._at[keys[at]] = at
            self._heights.append(self._best(keys[at]))
            self._tops.append(self._tops[-1] + self._heights[-1] + GAP)

    def set_room(self, room: object, measured: Sequence[str]) -> None:
        """Guesses again for another room, but for the ``measured``: they are measured again."""
        self._room = room
        self._known[room] = self._known.pop(room, {})
        for old in list(self._known)[:-MOST_ROOMS]:
            del self._known[old]
        now = {key: self.height(key) for key in measured if key in self._at}
        self._heights = [now.get(key) or self._best(key) for key in self.keys]
        self._add_up(0)

    def measure(self, key: str, height: int, *, keep: bool) -> bool:
        """Takes the real height of a card, and says whether it is another than was thought.

        ``keep`` when it is in the present room for sure.
        """
        at = self._at[key]
        if keep:
            self._known[self._room][key] = height
        if height == self._heights[at]:
            return False
        self._heights[at] = height
        self._add_up(at)
        return True

    def forget(self, key: str) -> None:
        """Guesses a card again: it has changed while it was not mounted."""
        for heights in self._known.values():
            heights.pop(key, None)
        if key in self._at:
            self.measure(key, self._best(key), keep=False)

    def top(self, key: str) -> int:
        """The first row of a card."""
        return self._tops[self._at[key]]

    def height(self, key: str) -> int:
        """The rows of a card."""
        return self._heights[self._at[key]]

    @property
    def bottom(self) -> int:
        """The rows of all together."""
        return self._tops[-1]

    def between(self, first: int, last: int) -> tuple[str, ...]:
        """The cards of which some row, or the gap below, is in ``first`` up to before ``last``."""
        start = max(bisect_right(self._tops, first) - 1, 0)
        return self.keys[start : max(bisect_right(self._tops, last - 1), start)]

    def _best(self, key: str) -> int:
        known = self._known[self._room]
        if key not in known:
            known[key] = self._guess(key)
        return known[key]

    def _add_up(self, first: int) -> None:
        """Finds the tops again from the card ``first`` on."""
        row = self._tops[first]
        del self._tops[first + 1 :]
        for height in self._heights[first:]:
            row += height + GAP
            self._tops.append(row)
