"""Measured figures by who, what and where; their medians, spreads and ratios."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

OURS = "ours"


class Figures:
    """Every figure of a run. Rounds of two programs alternate, so ratios are taken by round."""

    def __init__(self) -> None:
        self._all: dict[tuple[str, str, str], list[float]] = defaultdict(list)

    def add(self, who: str, what: str, where: str, value: float) -> None:
        """Notes one round's figure."""
        self._all[who, what, where].append(value)

    def of(self, who: str, what: str, where: str) -> Sequence[float]:
        """All rounds; empty when it was not measured."""
        return self._all.get((who, what, where), ())

    def middle(self, who: str, what: str, where: str) -> float | None:
        """The median of the rounds, None when it was not measured."""
        found = self.of(who, what, where)
        return statistics.median(found) if found else None

    def spread(self, who: str, what: str, where: str) -> tuple[float, float]:
        """The least and the most of the rounds."""
        found = self.of(who, what, where)
        return (min(found), max(found)) if found else (0.0, 0.0)

    def ratio(self, other: str, what: str, where: str, who: str = OURS) -> float | None:
        """The median over the rounds of ours divided by the other's; None without both."""
        return self._ratio((who, what, where), (other, what, where))

    def against(self, what: str, where: str, base: str, who: str = OURS) -> float | None:
        """The same of one program's figures in two places."""
        return self._ratio((who, what, where), (who, what, base))

    def _ratio(self, one: tuple[str, str, str], two: tuple[str, str, str]) -> float | None:
        pairs = zip(self.of(*one), self.of(*two), strict=False)
        found = [first / second for first, second in pairs if second]
        return statistics.median(found) if found else None


@dataclass(frozen=True, slots=True)
class Aim:
    """What a figure should be at most."""

    name: str
    value: float | None
    limit: float
    unit: str = ""

    @property
    def met(self) -> str:
        """Whether it holds, in words."""
        if self.value is None:
            return "not measured"
        return "met" if self.value <= self.limit else "not met"
