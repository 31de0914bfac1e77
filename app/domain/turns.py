"""The turns of a conversation by id, with what is asked of them often: families and branches."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.domain.conversation import Turn

Ids = tuple[str, ...]


@dataclass(slots=True)
class _Shape:
    """How turns hang together; found when first asked for."""

    families: dict[str | None, Ids] | None = None
    branch: tuple[str | None, Ids] = (None, ())
    """The end that was asked for last, and its branch."""


class Turns(Mapping[str, "Turn"]):
    """Turns in order of creation. Immutable; advancing a turn keeps what is known of the tree."""

    __slots__ = ("_by_id", "_counts", "_shape")

    def __init__(self, turns: Mapping[str, Turn] | None = None) -> None:
        self._by_id: dict[str, Turn] = dict(turns or {})
        self._shape = _Shape()
        self._counts: tuple[int, int] | None = None

    def __getitem__(self, turn_id: str) -> Turn:
        return self._by_id[turn_id]

    def __contains__(self, turn_id: object) -> bool:
        return turn_id in self._by_id

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    def keys(self) -> KeysView[str]:
        """The ids."""
        return self._by_id.keys()

    def values(self) -> ValuesView[Turn]:
        """The turns."""
        return self._by_id.values()

    def items(self) -> ItemsView[str, Turn]:
        """Ids and turns."""
        return self._by_id.items()

    def with_turn(self, turn: Turn) -> Turns:
        """These turns with one added or advanced."""
        made = Turns({**self._by_id, turn.id: turn})
        before = self._by_id.get(turn.id)
        if before is not None and before.parent == turn.parent:
            made._shape = self._shape
        if self._counts is not None:
            old = _counts(before) if before is not None else (0, 0)
            new = _counts(turn)
            made._counts = (
                self._counts[0] - old[0] + new[0],
                self._counts[1] - old[1] + new[1],
            )
        return made

    @property
    def pictures(self) -> int:
        """How many pictures there are."""
        return self._counted()[0]

    @property
    def tokens(self) -> int:
        """How many tokens they took together."""
        return self._counted()[1]

    def children(self, turn_id: str | None) -> Ids:
        """The turns made directly from ``turn_id``, oldest first."""
        if self._shape.families is None:
            found: dict[str | None, list[str]] = {}
            for turn in self._by_id.values():
                found.setdefault(turn.parent, []).append(turn.id)
            self._shape.families = {parent: tuple(ids) for parent, ids in found.items()}
        return self._shape.families.get(turn_id, ())

    def branch(self, turn_id: str | None) -> Ids:
        """The turns from the first down to ``turn_id``; the same tuple while it stays the same."""
        if self._shape.branch[0] != turn_id:
            above = tuple(turn.id for turn in self.upwards(turn_id))
            self._shape.branch = (turn_id, above[::-1])
        return self._shape.branch[1]

    def upwards(self, turn_id: str | None) -> Iterator[Turn]:
        """``turn_id``'s turn, its parent, and so on to the first."""
        left = len(self._by_id)
        while turn_id is not None and turn_id in self._by_id and left:
            turn = self._by_id[turn_id]
            yield turn
            turn_id, left = turn.parent, left - 1

    def _counted(self) -> tuple[int, int]:
        if self._counts is None:
            each = [_counts(turn) for turn in self._by_id.values()]
            self._counts = (sum(one[0] for one in each), sum(one[1] for one in each))
        return self._counts


def _counts(turn: Turn) -> tuple[int, int]:
    """Pictures and tokens of one turn."""
    return len(turn.pictures), turn.usage.total if turn.usage else 0
