"""Whether a server can be reached: one connection, over which nothing is sent."""

from __future__ import annotations

import os
import socket
import threading
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from app.api.gateway import DEFAULT_ADDRESS, check_settings, shown
from app.cli.backend import PLACEHOLDER_KEY, Backend
from app.domain.errors import SfumatoError

PATIENCE = 4.0
"""Seconds for finding and reaching the server."""
PORTS = {"http": 80, "https": 443}


def address_of(server: Backend) -> str:
    """The base URL as it may be shown: without what may be secret in it."""
    return shown(server.base_url or DEFAULT_ADDRESS)


def attempt(server: Backend) -> str:
    """Tries to reach a server; answers yes, or no and why, in words."""
    try:
        if server.demo:
            return _demo()
        address = server.base_url or DEFAULT_ADDRESS
        key = os.environ.get("OPENAI_API_KEY", "").strip() or PLACEHOLDER_KEY
        check_settings(address, key)
    except SfumatoError as error:
        return f"no - {error.sentence} {error.hint}".strip()
    proxy = _proxy(address)
    through = f", through the proxy {shown(proxy)}" if proxy else ""
    return _connected(proxy or address) + through


def _demo() -> str:
    """Starts the studio, reaches it and stops it. Raises Unreachable."""
    from app.cli.studio import start

    server = start(0.0)
    try:
        return f"{_connected(server.base_url)} (started for this, and stopped again)"
    finally:
        server.stop()


def _proxy(address: str) -> str:
    """The proxy that the way to ``address`` leads through; "" for none."""
    parts = urlsplit(address)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
    if not proxy or proxy_bypass(parts.hostname or ""):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def _connected(address: str) -> str:
    """Yes, or no and why. The thread is left behind when looking up a name takes too long."""
    parts = urlsplit(address)
    found: list[str] = []

    def connect() -> None:
        try:
            where = (parts.hostname or "", parts.port or PORTS.get(parts.scheme, 443))
            socket.create_connection(where, timeout=PATIENCE).close()
            found.append("yes")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error) or "no connection"
            found.append(f"no - {reason}")

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return found[0] if found else f"no - no answer in {PATIENCE:.0f} s"
