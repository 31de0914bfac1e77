"""Programs that work for this one, and end with it."""

from __future__ import annotations

from subprocess import Popen

running: set[Popen[bytes]] = set()
"""Those at work now; whoever starts one adds it, and takes it away at its end."""


def stop() -> None:
    """Ends all of them, for leaving the app at once; whoever waits for one gets no result."""
    for worker in list(running):
        worker.kill()
