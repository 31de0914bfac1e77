"""``sfumato demo-server``: serves the demo studio's API until it is stopped."""

from __future__ import annotations

from app.cli.arguments import Arguments
from app.domain.errors import Refused


def run(arguments: Arguments) -> int:
    """Prints the base URL, serves until SIGINT or SIGTERM, answers 0. Raises Refused."""
    from app.demo.server import serve

    try:
        serve(arguments.port, arguments.delay)
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refused(f"The demo studio could not start: {reason}.", hint="") from error
    return 0
