"""The gateway to OpenAI's Responses API: one streamed call per turn, cancel-safe."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.api.complaints import Asked, read
from app.api.events import events, parsed
from app.api.names import HEAVY
from app.api.reducer import Reducer
from app.api.rules import explain
from app.api.transport import bad_address, foreseen, translate, unsendable
from app.api.wire import arguments
from app.domain.errors import ApiError, BrokenAnswer, KeyTrouble
from app.domain.generation import GenerationEvent, ImageGateway, ImageRequest
from app.domain.text import one_line

if TYPE_CHECKING:
    from openai import AsyncOpenAI

DEFAULT_ADDRESS = "https://api.openai.com/v1"
HEADER_SETTINGS = ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_CUSTOM_HEADERS")
WHOLE = "whole"
"""Marks, in place of an event's type, a response that came in one piece."""

PARTING = 0.5
"""Seconds to wait for the end of a stream after its last event."""


class OpenAIGateway(ImageGateway):
    """Speaks to ``base_url`` with ``api_key``; what is not given comes from the SDK's environment.

    Constructing it does nothing. Nothing is ever sent twice: a retry is the caller's decision.
    """

    def __init__(
        self,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        connect_timeout: float = 10.0,
        read_timeout: float = 300.0,
    ) -> None:
        """``read_timeout`` is the longest silence in seconds that a picture may take."""
        self._base_url = base_url
        self._api_key = api_key
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._client: AsyncOpenAI | None = None
        self._connecting = asyncio.Lock()

    def __repr__(self) -> str:
        return f"OpenAIGateway({shown(self._address())!r})"

    async def warm(self) -> None:
        """Imports the SDK in a thread, ahead of the first request. Sends nothing."""
        await asyncio.to_thread(_import_sdk)

    async def close(self) -> None:
        """Closes connections; safe at any time, and a later ``generate`` opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def generate(self, request: ImageRequest) -> AsyncGenerator[GenerationEvent, None]:
        """Sends ``request`` once and yields what comes, ending with Finished. Raises ApiError."""
        client, asked = await self._ready(request)
        keywords = await asyncio.to_thread(arguments, request)
        reducer = Reducer(asked)
        async with aclosing(_answer(client, keywords, asked)) as answer:
            async for event in answer:
                for found in await _reduced(reducer, event):
                    yield found
                if reducer.ended:
                    await _drained(answer)
                    break
        if reducer.error is not None:
            raise reducer.error
        if not reducer.ended:
            raise BrokenAnswer("The answer stopped before it was complete.")

    def _address(self) -> str:
        given = self._base_url or os.environ.get("OPENAI_BASE_URL", "")
        return given.strip() or DEFAULT_ADDRESS

    async def _ready(self, request: ImageRequest) -> tuple[AsyncOpenAI, Asked]:
        """The client, constructed on first use. Raises KeyTrouble or another ApiError."""
        key = (self._api_key or os.environ.get("OPENAI_API_KEY", "")).strip()
        address = self._address()
        check_settings(address, key)
        asked = Asked(request.options.model, request.options.image_model, shown(address), key)
        async with self._connecting:
            if self._client is None:
                self._client = await asyncio.to_thread(self._connect, address, key)
        return self._client, asked

    def _connect(self, address: str, key: str) -> AsyncOpenAI:
        """Constructs the client, in a thread: imports and certificates take half a second."""
        _import_sdk()
        import httpx2
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient

        timeout = httpx2.Timeout(600.0, connect=self._connect_timeout, read=self._read_timeout)
        try:
            client = AsyncOpenAI(
                api_key=key,
                base_url=address,
                max_retries=0,
                timeout=timeout,
                http_client=DefaultAsyncHttpxClient(timeout=timeout, follow_redirects=False),
            )
        except httpx2.InvalidURL as error:
            raise bad_address(shown(address), str(error)) from None
        except (ImportError, OSError, ValueError) as error:
            raise ApiError(
                f"The connection could not be prepared: {one_line(str(error), 200)}.",
                title="Connection not possible",
                hint="Check the proxy and certificate settings of the environment.",
            ) from None
        return client


async def _answer(
    client: AsyncOpenAI, keywords: dict[str, Any], asked: Asked
) -> AsyncGenerator[Mapping[str, Any], None]:
    """Sends one request and yields the server's events as they are. Raises ApiError."""
    answering = False
    try:
        async with client.responses.with_streaming_response.create(**keywords) as raw:
            answering = True
            kind = raw.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind.endswith("html"):
                raise BrokenAnswer(
                    "The server answered with a web page.",
                    hint=f"Check OPENAI_BASE_URL ({asked.address}).",
                )
            if kind.endswith("json"):
                body = await raw.read()
                yield {"type": WHOLE, WHOLE: await asyncio.to_thread(parsed, body)}
                return
            async with aclosing(events(raw.iter_bytes())) as stream:
                async for event in stream:
                    if isinstance(event, Mapping):
                        yield _told(event, asked)
    except foreseen() as error:
        raise translate(error, asked, answering=answering) from None


def _told(event: Mapping[str, Any], asked: Asked) -> Mapping[str, Any]:
    """The event, unless it is an error that a gateway put in place of one: that is raised."""
    if event.get("error"):
        raise explain(read(event["error"], asked), asked)
    return event


async def _drained(answer: AsyncGenerator[Mapping[str, Any], None]) -> None:
    """Reads what follows the last event: normally nothing but the end of the stream.

    The SDK reads through generators inside generators; left in the middle they would be finished
    by the garbage collector, in whatever thread it runs. A server that keeps the stream open does
    not hold the turn for longer than PARTING.
    """
    with suppress(TimeoutError, ApiError):
        async with asyncio.timeout(PARTING):
            async for _ in answer:
                pass


async def _reduced(reducer: Reducer, event: Mapping[str, Any]) -> list[GenerationEvent]:
    """``event`` reduced, in a thread when it may carry a picture."""
    kind = event.get("type")
    if kind == WHOLE:
        return await asyncio.to_thread(reducer.whole, event.get(WHOLE))
    if isinstance(kind, str) and kind in HEAVY:
        return await asyncio.to_thread(reducer.feed, event)
    return reducer.feed(event)


def _import_sdk() -> None:
    """Imports the SDK and the part of it that it would otherwise import at the first request."""
    import openai
    import openai.resources.responses  # noqa: F401


def check_settings(address: str, key: str) -> None:
    """Checks what can be checked before anything is sent. Raises KeyTrouble or another ApiError."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise bad_address(shown(address), str(error)) from None
    if parts.scheme not in ("http", "https"):
        raise bad_address(shown(address), "it must begin with https:// or http://")
    if not host or re.search(r"[\s\x00-\x1f]", address):
        raise bad_address(shown(address), "it names no host" if not host else "it holds blanks")
    if not key:
        raise KeyTrouble("There is no API key.", title="No API key")
    if not (key.isascii() and key.isprintable()):
        raise KeyTrouble("The API key holds characters that no key has.")
    if not all(os.environ.get(name, "").isascii() for name in HEADER_SETTINGS):
        raise unsendable()


def shown(address: str) -> str:
    """A base URL as it may be shown: without user, password and query."""
    bare = re.sub(r"(?<=//)[^/@]*@", "", address)
    return one_line(re.split(r"[?#]", bare)[0], 200)
