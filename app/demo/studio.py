"""The demo studio's routes, its memory of responses, and the guard at its door."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Coroutine
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.demo.orders import MAIN_MODELS, Order, read_order
from app.demo.tools import IMAGE_MODELS
from app.demo.turns import Turn
from app.demo.wire import ApiError, Json, frame, invalid, new_id

BODY_LIMIT = 64 * 1024 * 1024
KEPT_RESPONSES, KEPT_BYTES = 200, 256 * 1024 * 1024
HERE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?", re.IGNORECASE)


def build(delay: float) -> Starlette:
    """The studio as an ASGI application; a turn takes at least `delay` seconds."""
    studio = Studio(delay)
    one = "/v1/responses/{id}"
    routes = [
        Route("/v1/responses", studio.create, methods=["POST"]),
        Route(one, studio.retrieve, methods=["GET"]),
        Route(one, studio.delete, methods=["DELETE"]),
        Route(f"{one}/cancel", studio.cancel, methods=["POST"]),
        Route("/v1/models", _models, methods=["GET"]),
    ]
    handlers = dict.fromkeys((ApiError, HTTPException, ClientDisconnect, Exception), _refuse)
    return Starlette(routes=routes, middleware=[Middleware(Guard)], exception_handlers=handlers)


@dataclass
class Kept:
    """A stored response, the last picture of its chain, and its task when in the background."""

    response: Json
    picture: bytes | None
    task: asyncio.Task[None] | None = None


class Studio:
    """The endpoints of `/v1/responses` and the newest responses, oldest forgotten first."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._kept: dict[str, Kept] = {}

    async def create(self, request: Request) -> Response:
        """POST /v1/responses: a stream of events, or the finished response."""
        order = await asyncio.to_thread(read_order, await _body(request))
        target = order.images[0] if order.images else self._context(order)
        turn = await asyncio.to_thread(Turn, order, target, self._delay)
        if order.body.get("background"):
            turn.response["status"] = "queued"
            kept = self._keep(turn)
            kept.task = asyncio.create_task(self._run_behind(turn, kept))
            return _answer(turn.response)
        if order.body.get("stream"):
            headers = {"cache-control": "no-store"}
            return StreamingResponse(
                self._stream(turn), media_type="text/event-stream", headers=headers
            )
        await _while_connected(request, self._run(turn))
        return _answer(turn.response)

    async def retrieve(self, request: Request) -> Response:
        """GET /v1/responses/{id}."""
        kept = self._find(request)
        if request.query_params.get("stream") == "true":
            message = "The demo studio does not resume streams: retrieve the whole response."
            raise invalid("stream", message, "unsupported_parameter")
        return _answer(kept.response)

    async def delete(self, request: Request) -> Response:
        """DELETE /v1/responses/{id}: forgotten, and no longer a parent."""
        kept = self._kept.pop(self._find(request).response["id"])
        if kept.task:
            kept.task.cancel()
        return _answer({"id": kept.response["id"], "object": "response", "deleted": True})

    async def cancel(self, request: Request) -> Response:
        """POST /v1/responses/{id}/cancel: background responses only; twice is the same as once."""
        kept = self._find(request)
        if kept.task is None:
            raise ApiError("Cannot cancel a synchronous response.")
        if not kept.task.done():
            kept.response["status"] = "cancelled"
            kept.task.cancel()
        return _answer(kept.response)

    def _find(self, request: Request) -> Kept:
        name = request.path_params["id"]
        if name not in self._kept:
            raise ApiError(f"Response with id '{name}' not found.", status=404)
        return self._kept[name]

    def _context(self, order: Order) -> bytes | None:
        """The last picture of what the order continues."""
        picture = None
        if (parent := order.body.get("previous_response_id")) is not None:
            kept = self._kept.get(parent)
            if kept is None or kept.response["status"] != "completed":
                message = f"Previous response with id '{parent}' not found."
                raise invalid("previous_response_id", message, "previous_response_not_found")
            picture = kept.picture
        for name, sent in order.calls:
            holders = (kept for kept in self._kept.values() if _holds(kept, name))
            if kept := next(holders, None):
                picture = kept.picture
            elif name.startswith("ig_") and not sent:
                message = f"Item with id '{name}' not found."
                raise ApiError(message, param="input", status=404)
            picture = sent or picture
        return picture

    def _keep(self, turn: Turn) -> Kept:
        kept = Kept(turn.response, turn.picture)
        if turn.response["store"]:
            self._kept[turn.response["id"]] = kept
        weight = sum(len(one.picture or b"") for one in self._kept.values())
        while len(self._kept) > KEPT_RESPONSES or (weight > KEPT_BYTES and len(self._kept) > 1):
            oldest = self._kept.pop(next(iter(self._kept)))
            weight -= len(oldest.picture or b"")
        return kept

    async def _run(self, turn: Turn) -> None:
        async for _ in turn.events():
            pass
        self._keep(turn)

    async def _run_behind(self, turn: Turn, kept: Kept) -> None:
        try:
            async for _ in turn.events():
                pass
            kept.picture = turn.picture
        finally:
            if turn.response["status"] not in ("completed", "cancelled"):
                turn.response["status"] = "failed"

    async def _stream(self, turn: Turn) -> AsyncIterator[str]:
        async for event in turn.events():
            if event["type"] == "response.completed":
                self._keep(turn)
            yield frame(event)


class Guard:
    """Turns away calls meant for another host and calls without a key; numbers every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; anything but HTTP is passed on."""

        async def numbered(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = new_id("req")
            await send(message)

        refusal = _turned_away(Headers(scope=scope)) if scope["type"] == "http" else None
        app = self._app if refusal is None else _answer(refusal.body(), refusal.status)
        await app(scope, receive, numbered)


def _turned_away(headers: Headers) -> ApiError | None:
    # A page on the web can reach a loopback port under a name of its own (DNS rebinding).
    if not HERE.fullmatch(headers.get("host", "")):
        return ApiError("The demo studio answers only on this machine.", status=403)
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        message = "You didn't provide an API key; the demo studio takes any that is not empty."
        return ApiError(message, code="invalid_api_key", status=401)
    return None


async def _body(request: Request) -> bytes:
    """The request's body; one that is too long is read to its end, or nobody sees the refusal."""
    size, chunks = 0, list[bytes]()
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_LIMIT:
            chunks.clear()
        else:
            chunks.append(chunk)
        if size > 4 * BODY_LIMIT:
            break
    if size > BODY_LIMIT:
        raise ApiError(f"The request is larger than {BODY_LIMIT:,} bytes.", status=413)
    return b"".join(chunks)


async def _while_connected(request: Request, work: Coroutine[Any, Any, None]) -> None:
    """Run `work` to its end, or stop it when the client leaves."""
    running, leaving = asyncio.create_task(work), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait({running, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            raise ClientDisconnect
        running.result()
    finally:
        running.cancel()
        leaving.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _holds(kept: Kept, item: str) -> bool:
    return any(output["id"] == item for output in kept.response["output"])


def _answer(body: Json, status: int = 200) -> Response:
    return Response(json.dumps(body), status, media_type="application/json")


def _refuse(request: Request, error: Exception) -> Response | Awaitable[Response]:
    if isinstance(error, HTTPException):
        route = f"{request.method} {request.url.path}"
        message = f"Invalid URL ({route})" if error.status_code == 404 else f"Not allowed: {route}"
        error = ApiError(message, status=error.status_code)
    elif isinstance(error, ClientDisconnect):
        error = ApiError("The client has left.", status=499)
    elif not isinstance(error, ApiError):
        message = "The demo studio failed at this request."
        error = ApiError(message, status=500, kind="server_error", code="server_error")
    return _answer(error.body(), error.status)


async def _models(_request: Request) -> Response:
    shutdowns = {**MAIN_MODELS, **IMAGE_MODELS}
    same = {"object": "model", "created": 1_780_000_000, "owned_by": "sfumato-demo"}
    data = [{"id": name, **same, "shutdown_date": day} for name, day in shutdowns.items()]
    return _answer({"object": "list", "data": data})
