"""The tree of errors that a person can meet: each with a title, a sentence and a hint.

SfumatoError
├─ Refused            found here, before anything was sent (exit status 2)
│  ├─ BadOption       an option that the model does not take
│  ├─ BadInput        an attachment that cannot be used
│  └─ NothingToEdit   action edit with no picture anywhere
├─ ApiError
│  ├─ KeyTrouble      no key, a wrong one (401), not allowed (403), not verified (3)
│  ├─ Moderated       refused by moderation (4)
│  ├─ RateLimited     too many requests, worth waiting for (5)
│  ├─ QuotaSpent      quota or spend limit, waiting does not help (5)
│  ├─ BadRequest      400, 404 and the like (6)
│  ├─ ContextLost     the server does not know the parent response (6)
│  │  └─ StoreRefused it keeps no responses at all (6)
│  ├─ Unreachable     could not connect: nothing was sent (6)
│  ├─ TimedOut        silence for too long (6)
│  ├─ ServerTrouble   5xx (6)
│  └─ BrokenAnswer    cut, or not what the API promises (6)
├─ NoPicture          the turn ended well, but without a picture (7)
└─ DiskTrouble        the library cannot be read or written (1)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Failure:
    """What stays of an error on a turn: plain words, safe to store and to show."""

    kind: str
    """The error's class name."""
    title: str
    sentence: str
    hint: str = ""


class SfumatoError(Exception):
    """Base of all foreseen errors. ``title`` is two or three words, ``sentence`` says what
    happened, ``hint`` says what to do next."""

    title: str = "Something went wrong"
    hint: str = ""
    exit_status: ClassVar[int] = 1

    def __init__(self, sentence: str, *, hint: str | None = None, title: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if hint is not None:
            self.hint = hint
        if title is not None:
            self.title = title

    def failure(self) -> Failure:
        """The error as data, for a turn."""
        return Failure(type(self).__name__, self.title, self.sentence, self.hint)


class Refused(SfumatoError):
    """Found on this side before anything was sent: nothing was billed."""

    title = "Not possible"
    exit_status = 2


class BadOption(Refused):
    """An option value that is not legal for the chosen model."""

    title = "Option refused"


class BadInput(Refused):
    """An attachment that cannot be used."""

    title = "Attachment refused"


class NothingToEdit(Refused):
    """Action edit with no picture in the conversation or the input."""

    title = "Nothing to edit yet"
    hint = "Make a picture first (Ctrl+T changes to generate), or attach one with /attach PATH."


class ApiError(SfumatoError):
    """Base of what the API or the way to it answered."""

    exit_status = 6


class KeyTrouble(ApiError):
    """401 or 403: no key, a wrong key, or one that may not do this."""

    title = "Key not accepted"
    hint = "Set OPENAI_API_KEY to a valid key, or run with --demo."
    exit_status = 3


class Moderated(ApiError):
    """The safety system refused the prompt or the picture. Never retried by itself."""

    title = "Refused by moderation"
    hint = "Change the prompt or the attached pictures and send it again."
    exit_status = 4


class RateLimited(ApiError):
    """429 that passes by waiting. ``wait`` is in seconds, None when the server names none."""

    title = "Too many requests"
    hint = "Wait a little, then press r to send it again."
    exit_status = 5

    def __init__(self, sentence: str, *, wait: float | None = None, hint: str | None = None):
        super().__init__(sentence, hint=hint)
        self.wait = wait


class QuotaSpent(ApiError):
    """429 for quota or spend limits: waiting does not help."""

    title = "Quota used up"
    hint = "Check plan, credit and limits at platform.openai.com/settings/organization/billing."
    exit_status = 5


class BadRequest(ApiError):
    """The API refused the request itself. ``param`` names the parameter when it said which."""

    title = "Request refused"

    def __init__(self, sentence: str, *, param: str | None = None, hint: str | None = None):
        super().__init__(sentence, hint=hint)
        self.param = param


class ContextLost(ApiError):
    """The server does not have the parent response: expired, another key, or never stored."""

    title = "Context not found"
    hint = "Press r to send it again; the context is rebuilt from the pictures kept here."


class StoreRefused(ContextLost):
    """The server keeps no responses, and refuses requests that ask for it."""

    title = "Nothing is stored"


class Unreachable(ApiError):
    """No connection could be made, so nothing was sent."""

    title = "No connection"
    hint = "Check the network and OPENAI_BASE_URL, then press r to send it again."


class TimedOut(ApiError):
    """The server accepted the request and then was silent for too long."""

    title = "No answer in time"
    hint = "The picture may have been made and billed. Press r to send it again."


class ServerTrouble(ApiError):
    """5xx or a server_error in the stream."""

    title = "Server trouble"
    hint = "This usually passes. Press r to send it again."


class BrokenAnswer(ApiError):
    """The answer was cut, or is not what the API promises."""

    title = "Broken answer"
    hint = "Press r to send it again. Anything that had arrived is kept."


class NoPicture(SfumatoError):
    """The turn ended without a picture."""

    title = "No picture"
    hint = "Ask for a picture in the prompt, or flip the action to generate with Ctrl+T."
    exit_status = 7


class DiskTrouble(SfumatoError):
    """The library or the settings could not be read or written."""

    title = "Disk trouble"
    hint = "Check free space and permissions of the folder."
