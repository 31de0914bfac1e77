"""The gateway to the demo studio: its server starts in a thread when it is first needed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from app.domain.errors import Unreachable

if TYPE_CHECKING:
    from app.api.gateway import OpenAIGateway
    from app.demo.server import DemoServer
    from app.domain.generation import GenerationEvent, ImageRequest

KEY = "demo"
PERSONAL = ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_CUSTOM_HEADERS")
"""What the SDK would send along from the environment, and the studio has no use for."""
HOST = "127.0.0.1"


class DemoGateway:
    """An ImageGateway that starts the studio and hands everything on to a gateway to it."""

    def __init__(self, *, delay: float) -> None:
        """``delay`` is the least time that a picture takes, in seconds. Starts nothing."""
        self._delay = delay
        self._server: DemoServer | None = None
        self._gateway: OpenAIGateway | None = None
        self._starting = asyncio.Lock()

    async def warm(self) -> None:
        """Starts the studio and imports the SDK. Raises Unreachable."""
        gateway = await self._ready()
        await gateway.warm()

    async def generate(self, request: ImageRequest) -> AsyncGenerator[GenerationEvent, None]:
        """Has the studio carry out ``request``; see ImageGateway."""
        gateway = await self._ready()
        async with aclosing(gateway.generate(request)) as events:
            async for event in events:
                yield event

    async def close(self) -> None:
        """Closes the connections and stops the studio; safe when it never started."""
        gateway, self._gateway = self._gateway, None
        server, self._server = self._server, None
        if gateway is not None:
            await gateway.close()
        if server is not None:
            await asyncio.to_thread(server.stop)

    async def _ready(self) -> OpenAIGateway:
        """The gateway to the running studio. Raises Unreachable."""
        from app.api.gateway import OpenAIGateway

        async with self._starting:
            if self._gateway is None:
                self._server = await asyncio.to_thread(start, self._delay)
                self._gateway = OpenAIGateway(base_url=self._server.base_url, api_key=KEY)
        return self._gateway


def start(delay: float) -> DemoServer:
    """A running studio on a free port; blocks. Raises Unreachable."""
    from app.demo.server import DemoServer

    keep_local()
    server = DemoServer(delay=delay)
    try:
        server.start()
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unreachable(f"The demo studio could not start: {reason}.", hint="") from error
    return server


def keep_local() -> None:
    """Keeps proxies and personal headers of the environment out of the way to the studio.

    The SDK reads them from the environment, so that is where they are changed, for this process.
    """
    for name in PERSONAL:
        os.environ.pop(name, None)
    for name in ("no_proxy", "NO_PROXY"):
        hosts = os.environ.get(name, "")
        if HOST not in hosts.split(","):
            os.environ[name] = f"{hosts},{HOST}".lstrip(",")
