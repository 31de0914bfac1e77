"""A real loopback server that answers as scripted and remembers what it was asked.

    fake_api.answer(sse(picture_events(png())))         # the next request gets a picture
    gateway = OpenAIGateway(base_url=fake_api.url, api_key="test-key")
    ...
    assert fake_api.requests[0].body["model"] == "gpt-5.5"

Answers are used up in order; when none is left every request gets a small picture. The server runs
in a thread of its own, speaks plain HTTP/1.1, and can cut a connection after any piece or hang.
What it streams is built in tests/events.py.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

from tests.events import Event, picture_events, png

REASONS = {200: "OK", 307: "Temporary Redirect", 400: "Bad Request", 429: "Too Many Requests"}
__all__ = [
    "Answer",
    "FakeApi",
    "Received",
    "hang",
    "json_body",
    "json_error",
    "picture_events",
    "png",
    "raw",
    "sse",
]


@dataclass(frozen=True)
class Received:
    """One request as the server saw it; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    """The parsed JSON, or None when there was no body."""

    @property
    def tool(self) -> dict[str, Any]:
        """The one tool of the request."""
        (tool,) = self.body["tools"]
        return dict(tool)

    @property
    def content(self) -> list[dict[str, Any]]:
        """The parts of the last user message."""
        return list(self.body["input"][-1]["content"])

    @property
    def prompt(self) -> str:
        """The last text that was sent."""
        return str([part["text"] for part in self.content if part["type"] == "input_text"][-1])

    @property
    def recap(self) -> str:
        """What an earlier message recalls; "" when the prompt is the only message."""
        *earlier, _ = self.body["input"]
        return "".join(part["text"] for message in earlier for part in message["content"])


@dataclass(frozen=True)
class Answer:
    """What to answer: ``pieces`` are written one by one, ``pause`` seconds before each."""

    pieces: tuple[bytes, ...] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0.0
    end: Literal["close", "cut", "hang"] = "close"

    def cut_after(self, pieces: int) -> Self:
        """The same, but the connection breaks after so many pieces."""
        return replace(self, pieces=self.pieces[:pieces], end="cut")

    def hang_after(self, pieces: int) -> Self:
        """The same, but silent after so many pieces, until the client goes away."""
        return replace(self, pieces=self.pieces[:pieces], end="hang")

    def slowly(self, pause: float) -> Self:
        """The same, with ``pause`` seconds before every piece."""
        return replace(self, pause=pause)


def sse(events: Iterable[Event | str]) -> Answer:
    """A stream of events, one piece each; a text goes out as it is."""
    pieces = (
        event
        if isinstance(event, str)
        else f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
        for event in events
    )
    headers = {"content-type": "text/event-stream; charset=utf-8"}
    return Answer(tuple(piece.encode() for piece in pieces), headers=headers)


def json_body(
    body: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """A JSON document."""
    head = {"content-type": "application/json", **(headers or {})}
    return Answer((json.dumps(body).encode(),), status, head)


def json_error(
    status: int,
    message: str = "",
    *,
    code: str | None = None,
    kind: str | None = "invalid_request_error",
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> Answer:
    """An error in the API's shape."""
    error = {"message": message, "type": kind, "param": param, "code": code, **more}
    return json_body({"error": error}, status=status, headers=headers)


def raw(body: bytes | str, content_type: str = "text/html", status: int = 200) -> Answer:
    """Any bytes under any content type."""
    data = body if isinstance(body, bytes) else body.encode()
    return Answer((data,), status, {"content-type": content_type})


def hang() -> Answer:
    """No answer at all: the server takes the request and stays silent."""
    return Answer(status=0, end="hang")


async def rounds(count: int) -> None:
    """Lets the event loop go round so many times."""
    for _ in range(count):
        await asyncio.sleep(0)


class FakeApi:
    """The server; ``with FakeApi() as api`` starts it, and leaving stops it and its thread."""

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.disconnects = 0
        """How many clients went away before their answer was complete."""
        self.url = ""
        """The base URL, such as http://127.0.0.1:40123/v1."""
        self._answers: deque[Answer] = deque()
        self._answering: Callable[[Received], Answer] | None = None
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def answer(self, *answers: Answer) -> None:
        """Adds answers to the queue, one for each request to come."""
        self._answers.extend(answers)

    def answer_with(self, answering: Callable[[Received], Answer]) -> None:
        """Decides every answer that is not in the queue; called in the server's thread."""
        self._answering = answering

    async def until(self, happened: Callable[[], object], timeout: float = 5.0) -> None:
        """Waits until ``happened()`` is true. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not happened():
                await asyncio.sleep(0.005)

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._main())

    async def _main(self) -> None:
        connections: set[asyncio.Task[None]] = set()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            connections.add(task)
            try:
                await self._talk(reader, writer)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.disconnects += 1
            finally:
                writer.transport.abort()
                connections.discard(task)

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        self._started.set()
        await self._stopping.wait()
        # A connection accepted just now needs some rounds of the loop until its task has begun;
        # with the server closed before that, it would never be closed itself.
        await rounds(20)
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await rounds(20)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        pairs = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        data = await reader.readexactly(int(headers.get("content-length", 0)))
        received = Received(method, path, headers, json.loads(data) if data else None)
        self.requests.append(received)
        await self._write(self._next(received), reader, writer)

    def _next(self, received: Received) -> Answer:
        if self._answers:
            return self._answers.popleft()
        if self._answering:
            return self._answering(received)
        number = len(self.requests)
        return sse(picture_events(png(), response_id=f"resp_{number}", call_id=f"ig_{number}"))

    async def _write(
        self, answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if answer.status:
            head = {"transfer-encoding": "chunked", "connection": "close", **answer.headers}
            lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Status')}"]
            lines += [f"{name}: {value}" for name, value in head.items()]
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        for piece in answer.pieces:
            if answer.pause and await self._gone(reader, answer.pause):
                raise ConnectionResetError
            writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            await writer.drain()
        if answer.end == "hang" and await self._gone(reader, None):
            raise ConnectionResetError
        if answer.end == "close":
            writer.write(b"0\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def _gone(self, reader: asyncio.StreamReader, seconds: float | None) -> bool:
        """Whether the client goes away within ``seconds`` (None: waits for it)."""
        try:
            return await asyncio.wait_for(reader.read(1), seconds) == b""
        except TimeoutError:
            return False
