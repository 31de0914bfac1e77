"""The demo studio as a server on 127.0.0.1; whatever is slow to import waits until it starts."""

import signal
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from starlette.applications import Starlette

HOST = "127.0.0.1"
QUIET: Any = {"log_config": None, "log_level": "critical", "timeout_graceful_shutdown": 0}


def create_app(*, delay: float = 0.0) -> "Starlette":
    """The studio as an ASGI application; a turn takes at least `delay` seconds."""
    from app.demo.studio import build

    return build(delay)


class DemoServer:
    """The studio in a thread, on `port` or a free one; once started, at `base_url` for clients."""

    def __init__(self, *, port: int = 0, delay: float = 2.5) -> None:
        self._port, self._delay, self.base_url = port, delay, ""

    def start(self) -> Self:
        """Return when connections are accepted; OSError when the port cannot be had."""
        import uvicorn

        listener = socket.create_server((HOST, self._port))
        self._server = uvicorn.Server(uvicorn.Config(create_app(delay=self._delay), **QUIET))
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.002)
        self.base_url = f"http://{HOST}:{listener.getsockname()[1]}/v1"
        return self

    def stop(self, *exc: object) -> None:
        """Return when the thread has ended; turns still running are cut off."""
        if self.base_url:
            self._server.should_exit = True
            self._thread.join()

    __enter__, __exit__ = start, stop


def serve(port: int, delay: float) -> None:
    """Print the base URL, then serve until SIGINT or SIGTERM; OSError when the port is taken."""
    enough = threading.Event()
    with DemoServer(port=port, delay=delay) as server:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: enough.set())
        print(server.base_url, flush=True)
        enough.wait()
