"""A picture that came → a file in the library and the facts about it."""

from __future__ import annotations

from app.domain.conversation import Picture
from app.domain.generation import Final
from app.imaging.headers import probe
from app.storage.library import Library


def keep(final: Final, prompt: str, library: Library) -> Picture:
    """Writes exactly the bytes that came and answers the picture; call it in a thread.

    The file is named after the prompt. Bytes that are no picture we know are kept all the same,
    with the format "". Raises DiskTrouble.
    """
    seen = probe(final.data)
    path, sha256 = library.keep(final.data, prompt, format=seen.format)
    return Picture(
        path=path,
        sha256=sha256,
        format=seen.format,
        width=seen.width,
        height=seen.height,
        revised_prompt=final.revised_prompt,
        action=final.action,
        size=final.size,
        quality=final.quality,
        background=final.background,
        call_id=final.call_id,
    )
