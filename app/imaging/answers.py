"""A terminal's answers to questions: found in what it sends, and kept apart from typing. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

KITTY = r"\x1b_G[^\x1b]{0,200}\x1b\\"
NAME = r"\x1bP>\|([^\x1b]{0,200})\x1b\\"
CELL = r"\x1b\[6;([0-9]{1,4});([0-9]{1,4})t"
ATTRIBUTES = r"\x1b\[\?([0-9;]{0,60})c"
_WHOLE = re.compile("|".join((KITTY, NAME, CELL, ATTRIBUTES)))
_BEGUN = re.compile(
    r"\x1b(?:(?:_G|P>)[^\x1b]{0,200}\x1b?|\[\?[0-9;]{0,60}|\[6;[0-9;]{0,9}|\[6?|[_P]?)\Z",
)
"""The beginning of an answer at the end of what was read."""
_KEY = 3
"""Characters of a beginning that may as well be a key of its own, such as Esc."""
PAUSE = 0.1
"""Seconds after which nothing more belongs to what came before."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a terminal answered to our questions; empty when it said nothing."""

    name: str = ""
    """XTVERSION in lower case."""
    kitty: bool = False
    sixel: bool = False
    cell: tuple[int, int] = (0, 0)
    answered: bool = True
    """Whether the last question was answered; otherwise answers may still come."""
    typed: str = ""
    """Everything else that came meanwhile, also the beginning of an answer that was cut off."""


def read_answers(data: bytes) -> Terminal:
    """A terminal's answers, in any order and mixed with typing."""
    text = data.decode("utf-8", "replace")
    attributes, name, cell = (re.search(part, text) for part in (ATTRIBUTES, NAME, CELL))
    return Terminal(
        name=name[1].lower() if name else "",
        kitty="\x1b_Gi=31;OK\x1b\\" in text,
        sixel=bool(attributes and "4" in attributes[1].split(";")[1:]),
        cell=(int(cell[2]), int(cell[1])) if cell else (0, 0),
        answered=attributes is not None,
        typed=_WHOLE.sub("", text),
    )


class AnswerFilter:
    """Takes answers that come late out of what is typed, also when they come in pieces.

    After the last answer, or when none is ``expected``, everything goes through as it is.
    """

    def __init__(self, *, expected: bool = True) -> None:
        self._expected = expected
        self._begun = ""
        self._since = 0.0

    def feed(self, text: str, now: float) -> str:
        """``text``, read at ``now`` (seconds), without answers; the beginning of one is held."""
        text = self._begun + text
        if not self._expected:
            return text
        left = _WHOLE.sub("", text)
        if re.search(ATTRIBUTES, text):
            self._expected, self._begun = False, ""
            return left
        begun = _BEGUN.search(left)
        self._begun, self._since = begun[0] if begun else "", now
        return left.removesuffix(self._begun)

    def release(self, now: float) -> str:
        """What was held and turned out to be a key, as nothing followed; "" when nothing was."""
        if not self._begun or len(self._begun) > _KEY or now - self._since < PAUSE:
            return ""
        key, self._begun = self._begun, ""
        return key
