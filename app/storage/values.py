"""Values of settings: each check answers the value, or raises ValueError with what it must be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit


def text(value: Any) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value


def name(value: Any) -> str:
    """Printable text of 100 characters at most, without blanks around it."""
    if not (isinstance(value, str) and value.isprintable() and len(value) <= 100):
        raise ValueError("must be a name")
    return value.strip()


def one_of(*values: str) -> Callable[[Any], str]:
    """A check for one of these words."""

    def check(value: Any) -> str:
        if value not in values:
            raise ValueError("must be one of " + ", ".join(values))
        return str(value)

    return check


def whole(least: int, most: int) -> Callable[[Any], int]:
    """A check for a whole number in this range."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return value

    return check


def switch(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def base_url(value: Any) -> str:
    """The address of a server, or ""."""
    # The value is left out of the sentence, as an address may carry a password.
    address = text(value).strip()
    if address and not _is_http(address):
        raise ValueError("must be an address that begins with http:// or https://")
    return address


def _is_http(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and address.isprintable()
        )
    except ValueError:
        return False
