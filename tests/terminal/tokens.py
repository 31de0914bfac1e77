"""The stream of a terminal cut into text, control characters and whole escape sequences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "control", "csi", "osc", "dcs", "apc", "escape", "unknown"]

_WHOLE = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f]+)"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])"
    r"|\x1b\[(?P<csi>[<-?]?[0-9;:]*[ -/]*[@-~])"
    r"|\x1b\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|\x1bP(?P<dcs>(?:[^\x1b]|\x1b\x1b)*)\x1b\\"
    r"|\x1b_(?P<apc>[^\x1b]*)\x1b\\"
    r"|\x1b(?P<escape>[0-9=>cDEHM])"
)
_BEGUN = re.compile(
    r"\x1b(?:\[[<-?]?[0-9;:]*[ -/]*|\][^\x07\x1b]*\x1b?"
    r"|P(?:[^\x1b]|\x1b\x1b)*\x1b?|_[^\x1b]*\x1b?)?"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of the stream; ``body`` is what stands between introducer and terminator."""

    kind: Kind
    body: str


class Tokenizer:
    """Cuts what it is fed; an unfinished sequence waits for its rest."""

    def __init__(self) -> None:
        self.rest = ""
        """The beginning of a sequence that has not ended yet."""

    def feed(self, data: str) -> Iterator[Token]:
        """The pieces that are complete by now."""
        data, self.rest = self.rest + data, ""
        at = 0
        while at < len(data):
            found = _WHOLE.match(data, at)
            if found is not None:
                kind: Kind = found.lastgroup  # type: ignore[assignment]
                yield Token(kind, found[kind])
                at = found.end()
            elif _BEGUN.fullmatch(data, at):
                self.rest = data[at:]
                return
            else:
                yield Token("unknown", data[at : at + 2])
                at += 2
