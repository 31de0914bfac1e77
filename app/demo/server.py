"""The demo studio as a server on this machine's loopback address, in a thread or in the foreground.

Starlette, uvicorn and Pillow are imported when a server starts, not before.
"""

import signal
import socket
import threading
import time
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from uvicorn import Server

HOST = "127.0.0.1"


def create_app(*, delay: float = 0.0) -> "Starlette":
    """The studio as an ASGI application; a turn takes at least `delay` seconds."""
    from app.demo.studio import build

    return build(delay)


class DemoServer:
    """The studio in a daemon thread, on `port` or, with 0, on a free one.

    `base_url` is what an OpenAI client needs; it is valid after `start()`.
    """

    def __init__(self, *, port: int = 0, delay: float = 2.5) -> None:
        self.base_url = ""
        self._port = port
        self._delay = delay
        self._server: Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Return when connections are accepted; OSError when the port cannot be had."""
        import uvicorn

        listener = _listen(self._port)
        config = uvicorn.Config(
            create_app(delay=self._delay),
            lifespan="off",
            ws="none",
            http="h11",
            loop="asyncio",
            access_log=False,
            log_config=None,
            log_level="critical",
            timeout_graceful_shutdown=0,
        )
        server = self._server = uvicorn.Server(config)
        thread = self._thread = threading.Thread(
            target=server.run, args=([listener],), name="demo-studio", daemon=True
        )
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.002)
        if not server.started:
            raise OSError("the demo studio's server ended before it began")
        self.base_url = f"http://{HOST}:{listener.getsockname()[1]}/v1"

    def stop(self) -> None:
        """Return when the thread has ended; turns still running are cut off."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
            self._server = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()


def serve(port: int, delay: float) -> None:
    """Print the base URL, then serve until SIGINT or SIGTERM; OSError when the port is taken."""
    enough = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda *_: enough.set()) for number in signals}
    try:
        with DemoServer(port=port, delay=delay) as server:
            print(server.base_url, flush=True)
            enough.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        reason = error.strerror or "it cannot be had"
        raise OSError(error.errno, f"port {port} on {HOST}: {reason}") from error
