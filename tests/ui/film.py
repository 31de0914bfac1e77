"""What a person sees of a transcript from frame to frame: where each card stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from app.ui.widgets.transcript import Transcript
from tests.ui.chat import Chat

Frame = dict[str, int]
"""Turn id → the row of the screen where its card begins, for the cards that are seen."""


def where(transcript: Transcript) -> Frame:
    """Where the cards that are seen now stand."""
    return {
        key: card.region.y
        for key, card in transcript.cards.items()
        if card.is_attached and transcript.region.overlaps(card.region)
    }


@contextmanager
def filmed(chat: Chat) -> Iterator[list[Frame]]:
    """Notes where the cards stand in each frame that is drawn."""
    frames = [where(chat.studio.transcript)]
    draw = chat.app._display

    def note(*what: Any) -> None:
        draw(*what)
        frames.append(where(chat.studio.transcript))

    chat.app._display = note  # type: ignore[assignment,method-assign]
    yield frames
    chat.app._display = draw  # type: ignore[method-assign]


def steps(frames: list[Frame]) -> list[int]:
    """By how many rows the cards moved from frame to frame: all of them by as many, or it fails."""
    found = []
    for before, after in pairwise(frames):
        moved = {after[key] - before[key] for key in before.keys() & after.keys()}
        assert len(moved) <= 1, f"cards moved apart: {before} {after}"
        found += [rows for rows in moved if rows]
    return found
