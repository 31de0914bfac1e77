"""The contract with any image API: one request in, a stream of events out."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.conversation import Usage
from app.domain.errors import SfumatoError
from app.domain.options import Options


@dataclass(frozen=True, slots=True)
class ImageInput:
    """A picture to send, as the exact bytes."""

    name: str
    mime: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """Everything that one turn asks of the API."""

    prompt: str
    options: Options
    parent: str | None = None
    """previous_response_id; None starts or rebuilds a context."""
    images: tuple[ImageInput, ...] = ()
    """In order; the first is the edit target."""
    mask: ImageInput | None = None
    instructions: str = ""
    recap: str = ""
    """What was asked before, in words, when the context is rebuilt."""
    store: bool = True
    """Whether the server is to keep the response, so that it can be a parent."""


@dataclass(frozen=True, slots=True)
class Started:
    """The server took the request and named the response."""

    response_id: str


@dataclass(frozen=True, slots=True)
class Stage:
    """What the server is doing now: queued, thinking, drawing, writing."""

    name: str


@dataclass(frozen=True, slots=True)
class Partial:
    """A preview; it replaces the one before of the same call."""

    call_id: str
    index: int
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Final:
    """A finished picture with exactly the bytes that came, and the facts the server gave."""

    call_id: str
    data: bytes = field(repr=False)
    revised_prompt: str | None = None
    action: str | None = None
    size: str | None = None
    quality: str | None = None
    background: str | None = None
    format: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """More of the model's own words: to be appended."""

    text: str


@dataclass(frozen=True, slots=True)
class CallFailed:
    """One picture of the response failed, while the response itself went on."""

    call_id: str
    error: SfumatoError


@dataclass(frozen=True, slots=True)
class Finished:
    """The response ended. ``incomplete`` names the reason when it ended early."""

    response_id: str | None
    usage: Usage | None = None
    model: str | None = None
    incomplete: str | None = None


GenerationEvent = Started | Stage | Partial | Final | Said | CallFailed | Finished


class ImageGateway(Protocol):
    """What a session needs of an API."""

    def generate(self, request: ImageRequest) -> AsyncGenerator[GenerationEvent, None]:
        """Sends ``request`` once and yields what comes, ending with Finished.

        Raises an ApiError for every foreseeable failure; closing the generator or cancelling its
        task closes the connection, which stops the generation.
        """
        ...

    async def warm(self) -> None:
        """Loads what is slow ahead of the first request. Sends nothing."""
        ...

    async def close(self) -> None:
        """Closes connections; safe to call when nothing was ever sent."""
        ...
