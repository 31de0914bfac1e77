"""How a turn ended: what came of an answer, or of an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.conversation import Status, Turn
from app.domain.errors import BrokenAnswer, Failure, NoPicture, SfumatoError
from app.domain.generation import Finished
from app.domain.options import Action

CUT_SHORT: Mapping[str, str] = {
    "max_output_tokens": "The answer reached its length limit.",
    "content_filter": "The safety system stopped the answer.",
}
"""The server's reasons for an early end, in words."""


@dataclass(slots=True)
class Answer:
    """What one sending brought besides pictures and words; filled while it streams."""

    started: bool = False
    """Whether the server named the response."""
    failures: list[SfumatoError] = field(default_factory=list)
    """Of single pictures, while the response went on."""
    finished: Finished | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a turn. ``note`` is added to the turn's own."""

    status: Status
    failure: Failure | None = None
    note: str = ""


NOT_SHOWN = "What came is in no format that can be shown; its file holds it as it came."

CUT_OFF = Outcome(
    Status.INTERRUPTED,
    Failure("Interrupted", "Interrupted", "The turn was cut off.", "Press r to send it again."),
)
"""What stays of a turn when something unforeseen ends it."""

NOT_SENT = Outcome(
    Status.CANCELLED,
    Failure(
        "NotSent",
        "Not sent",
        "The turn before it did not finish.",
        "Press r to send it anyway, or go back to an earlier turn.",
    ),
)
"""What becomes of a queued turn whose parent ended with nothing to go on from."""


def of_answer(turn: Turn, answer: Answer) -> Outcome:
    """The end of a turn whose stream has ended by itself. Raises BrokenAnswer without an end."""
    if answer.finished is None:
        raise BrokenAnswer("The answer ended before it was complete.")
    early = answer.finished.incomplete
    reason = CUT_SHORT.get(early, f"The answer ended early ({early}).") if early else ""
    if turn.pictures:
        lost = [f"Another picture failed: {error.sentence}" for error in answer.failures]
        odd = "" if all(picture.format for picture in turn.pictures) else NOT_SHOWN
        return Outcome(Status.DONE, note=joined(reason, odd, *lost))
    if answer.failures:
        return Outcome(Status.FAILED, answer.failures[0].failure())
    if turn.options.action is Action.AUTO and turn.said.strip():
        return Outcome(Status.DONE, note=reason)
    error = NoPicture(joined(reason, "The answer came without a picture."))
    return Outcome(Status.FAILED, error.failure())


def of_error(error: SfumatoError, answer: Answer) -> Outcome:
    """The end of a turn that an error ended: interrupted when an answer had begun and was cut."""
    cut = isinstance(error, BrokenAnswer) and answer.started
    return Outcome(Status.INTERRUPTED if cut else Status.FAILED, error.failure())


def joined(*sentences: str) -> str:
    """The sentences that are not empty, in one line."""
    return " ".join(sentence for sentence in sentences if sentence)
