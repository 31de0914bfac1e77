"""An SVG's text written anew: well-formed, of bounded depth and length, reaching nowhere."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from app.domain.errors import BadInput
from app.imaging.headers import probe

MOST_BYTES = 16 * 2**20
MOST_ELEMENTS = 100_000
DEEPEST = 100
"""Levels of elements: resvg's stack holds at least twice as many."""
MOST_PIXELS = 16_000_000
"""Pixels of all pictures that are part of the text."""
INSIDE = ("png", "jpeg", "webp", "gif")
"""Formats of such pictures; an SVG inside an SVG would be checked by nobody."""
LEFT_OUT = ("script", "foreignObject", "iframe", "audio", "video")
"""Elements that are left out with all that is in them."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What may be drawn."""

    text: str
    has_text: bool
    """Whether there are words in it, so that fonts are needed."""


def cleaned(data: bytes, size: tuple[int, int]) -> Cleaned:
    """The SVG without comments, scripts, links and entities; ``size`` in pixels becomes its own.

    Raises BadInput for what is broken, too large or nested too deeply.
    """
    if len(data) > MOST_BYTES:
        raise BadInput(f"The SVG has more than {MOST_BYTES // 2**20} MB.")
    return _Cleaner(size).clean(data)


class _Cleaner:
    """One pass over one text."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = size
        self._parts: list[str] = []
        self._depth = 0
        self._elements = 0
        self._pixels = 0
        self._skipping = 0
        """The depth of the element that is being left out; 0 for none."""
        self._has_text = False

    def clean(self, data: bytes) -> Cleaned:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = self._entity
        try:
            parser.Parse(data, True)
        except (expat.ExpatError, ValueError) as error:
            raise BadInput("The SVG is damaged or cut off.", hint="Save it again.") from error
        return Cleaned("".join(self._parts), self._has_text)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        kind = name.rpartition(":")[2]
        if self._depth == 1 and kind != "svg":
            raise BadInput("This is not an SVG.")
        if self._depth > DEEPEST or self._elements > MOST_ELEMENTS:
            raise BadInput("The SVG is too complex to be drawn.")
        if not self._skipping and kind in LEFT_OUT:
            self._skipping = self._depth
        if self._skipping:
            return
        self._has_text = self._has_text or kind == "text"
        kept = dict(self._kept(kind, attributes))
        if self._depth == 1:
            kept["width"], kept["height"] = map(str, self._size)
        written = "".join(f" {key}={quoteattr(value)}" for key, value in kept.items())
        self._parts.append(f"<{name}{written}>")

    def _end(self, name: str) -> None:
        if not self._skipping:
            self._parts.append(f"</{name}>")
        elif self._skipping == self._depth:
            self._skipping = 0
        self._depth -= 1

    def _characters(self, text: str) -> None:
        if not self._skipping:
            self._parts.append(escape(text))

    def _entity(self, *declared: object) -> None:
        raise BadInput("The SVG declares entities.", hint="Save it as plain SVG.")

    def _kept(self, kind: str, attributes: dict[str, str]) -> list[tuple[str, str]]:
        """The attributes without handlers, and with no reference but to its own parts."""
        kept = []
        for key, value in attributes.items():
            bare = key.rpartition(":")[2]
            if bare == "href" and not value.strip().startswith("#"):
                value = self._picture(value) if kind in ("image", "feImage") else ""
                if not value:
                    continue
            if bare != "base" and not bare.startswith("on"):
                kept.append((key, value))
        return kept

    def _picture(self, reference: str) -> str:
        """A picture that is part of the text, encoded anew; "" for anything else."""
        head, comma, body = reference.strip().partition(",")
        if not comma or not head.startswith("data:") or not head.endswith(";base64"):
            return ""
        try:
            data = base64.b64decode("".join(body.split()))
        except (binascii.Error, ValueError):
            return ""
        found = probe(data)
        self._pixels += found.width * found.height
        if found.format not in INSIDE or self._pixels > MOST_PIXELS:
            return ""
        return f"data:image/{found.format};base64,{base64.b64encode(data).decode()}"
