"""The demo studio's routes, its memory of responses, and the guard at its door."""

import asyncio
import json
import re
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.demo.orders import ApiError, api, read_order
from app.demo.turns import Turn

BODY_LIMIT, KEPT_BYTES = 64 * 1024 * 1024, 256 * 1024 * 1024


def build(delay: float) -> Starlette:
    """The studio as an ASGI application; a turn takes at least `delay` seconds."""
    studio, ends = Studio(delay), api()["main_models"] | api()["image_models"]
    models = [api()["model"] | {"id": name, "shutdown_date": end} for name, end in ends.items()]
    routes = [
        Route("/responses", studio.create, methods=["POST"]),
        Route("/responses/{id}", studio.recall, methods=["GET", "DELETE"]),
        Route("/responses/{id}/cancel", studio.recall, methods=["POST"]),
        Route("/models", lambda _: JSONResponse({"object": "list", "data": models})),
    ]
    mount = Mount("/v1", routes=routes, middleware=[Middleware(_guard)])
    handlers = dict.fromkeys((ApiError, HTTPException), _refuse)
    return Starlette(routes=[mount], exception_handlers=handlers)


class Studio:
    """The endpoints of `/v1/responses`, and the newest responses: JSON and last picture of each."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._kept: dict[str, tuple[str, bytes]] = {}

    async def create(self, request: Request) -> Response:
        """POST /v1/responses: a stream of events, or the finished response."""
        order = await asyncio.to_thread(read_order, await _body(request))
        parent = str(order.body.get("previous_response_id", ""))
        if parent and parent not in self._kept:
            raise ApiError("parent", name=parent)
        _, picture = self._kept.get(parent, ("", b""))
        turn = await asyncio.to_thread(Turn, order, picture, self._delay)
        kind = "text/event-stream" if turn.streamed else "application/json"
        # Starlette ends the iteration, and so the turn, when the client leaves.
        return StreamingResponse(self._told(turn), media_type=kind)

    async def recall(self, request: Request) -> Response:
        """GET or DELETE a response; POST .../cancel, which only a background response can be."""
        name = request.path_params["id"]
        if name not in self._kept:
            raise ApiError("response", name=name)
        if request.method == "POST":
            raise ApiError("cancel")
        if request.method == "DELETE":
            del self._kept[name]
            return JSONResponse({"id": name, "object": "response", "deleted": True})
        return Response(self._kept[name][0], media_type="application/json")

    async def _told(self, turn: Turn) -> AsyncIterator[str]:
        number = 0
        async for kind, fields in turn.events():
            if kind == "completed" and turn.response["store"]:
                self._kept[turn.response["id"]] = json.dumps(turn.response), turn.picture
                while sum(len(text) + len(data) for text, data in self._kept.values()) > KEPT_BYTES:
                    del self._kept[next(iter(self._kept))]
            if turn.streamed:
                event = {"type": f"response.{kind}", "sequence_number": number, **fields}
                yield f"event: response.{kind}\ndata: {json.dumps(event)}\n\n"
                number += 1
        if not turn.streamed:
            yield json.dumps(turn.response)


def _guard(app: ASGIApp) -> ASGIApp:
    """Turns away calls meant for another host, and calls without a key."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        # A page on the web can reach a loopback port under a name of its own (DNS rebinding).
        if headers.get("host", "").partition(":")[0] not in ("127.0.0.1", "localhost"):
            raise ApiError("host")
        if not re.match(r"bearer +\S", headers.get("authorization", ""), re.IGNORECASE):
            raise ApiError("key")
        await app(scope, receive, send)

    return guarded


async def _body(request: Request) -> bytes:
    """The request's body; one that is too long is read to its end, or nobody sees the refusal."""
    body = bytearray()
    async for chunk in request.stream():
        if len(body) <= BODY_LIMIT:
            body += chunk
    if len(body) > BODY_LIMIT:
        raise ApiError("body", most=BODY_LIMIT)
    return bytes(body)


def _refuse(_request: Request, error: Exception) -> Response:
    refusal = error if isinstance(error, ApiError) else ApiError("address")
    return JSONResponse(refusal.body, getattr(error, "status_code", refusal.status))
