"""A picture that came → a file in the library and the facts about it."""

from __future__ import annotations

from app.domain.conversation import Picture, Turn
from app.domain.generation import Final
from app.imaging.headers import probe
from app.storage.library import Library


def keep(final: Final, turn: Turn, library: Library) -> Picture:
    """Writes exactly the bytes that came and answers the picture; call it in a thread.

    The file is named after the turn's prompt. Bytes that are no picture we know are kept all the
    same, with the format "". Raises DiskTrouble.
    """
    seen = probe(final.data)
    return library.keep(turn, final, format=seen.format, width=seen.width, height=seen.height)
