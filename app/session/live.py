"""How running turns are getting on: what is shown but never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.conversation import Conversation

WAITING = "waiting for its turn"
SENDING = "sending"
PAUSED = "waiting to send again"
SAVING = "saving"
UNSAVED = "waiting to save the picture again"

STAGE_WORDS: Mapping[str, str] = {
    "queued": "waiting for the server",
    "thinking": "thinking",
    "drawing": "drawing",
    "writing": "writing",
}
"""What the gateway's stages are called on screen."""


@dataclass(frozen=True, slots=True)
class Live:
    """One running turn at this moment."""

    stage: str = ""
    """What is happening, in words for a person."""
    partial: bytes | None = field(default=None, repr=False)
    """The newest preview, an encoded picture; None before the first and once its picture came."""
    partial_key: str = ""
    """The call that the preview belongs to."""
    partial_index: int | None = None
    """Which preview it is, from 0."""
    partial_count: int = 0
    """How many previews are expected in all; the server may send one more or fewer."""
    started: float = 0.0
    """When it was sent, or queued, by the session's monotonic clock in seconds."""
    retry_in: float | None = None
    """Seconds until it is sent again by itself; None when it is not waiting for that."""
    attempt: int = 1
    """Which sending this is, from 1."""


@dataclass(frozen=True, slots=True)
class Update:
    """The whole state after a change of one turn."""

    conversation: Conversation
    live: Mapping[str, Live]
    """By turn id; only turns that are still running."""
    turn_id: str
    """The turn that this stream of updates follows."""
