"""Which server a command talks to, and the gateway to it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.cli.arguments import LONGEST_DELAY

if TYPE_CHECKING:
    from app.domain.generation import ImageGateway

PLACEHOLDER_KEY = "none"
"""Sent where a base URL is set and no key is: servers of one's own often want none."""
DELAY_VARIABLE = "SFUMATO_DEMO_DELAY"


@dataclass(frozen=True, slots=True)
class Backend:
    """The server of choice."""

    demo: bool
    """The built-in demo studio, and nothing of what follows."""
    asked: bool = False
    """Whether --demo was given; otherwise it stands in for a key that is missing."""
    base_url: str = ""
    """"" is the SDK's default."""
    has_key: bool = False


def choose(settings_url: str, *, demo: bool, environ: Mapping[str, str] = os.environ) -> Backend:
    """--demo, else the environment's key and base URL, else the settings' URL, else the demo."""
    has_key = bool(environ.get("OPENAI_API_KEY", "").strip())
    base_url = environ.get("OPENAI_BASE_URL", "").strip() or settings_url
    if demo or not (has_key or base_url):
        return Backend(demo=True, asked=demo, has_key=has_key)
    return Backend(demo=False, base_url=base_url, has_key=has_key)


def gateway_to(backend: Backend, *, delay: float) -> ImageGateway:
    """The gateway to a server; nothing is started or imported before it is used.

    ``delay`` is what a picture of the demo studio takes, in seconds.
    """
    if backend.demo:
        from app.cli.studio import DemoGateway

        return DemoGateway(delay=delay)
    from app.api.gateway import OpenAIGateway

    return OpenAIGateway(
        base_url=backend.base_url or None,
        api_key=None if backend.has_key else PLACEHOLDER_KEY,
    )


def demo_delay(default: float, environ: Mapping[str, str] = os.environ) -> float:
    """Seconds that a picture of the demo studio takes: SFUMATO_DEMO_DELAY if that is a number."""
    try:
        seconds = float(environ.get(DELAY_VARIABLE, ""))
    except ValueError:
        return default
    return seconds if 0 <= seconds <= LONGEST_DELAY else default
