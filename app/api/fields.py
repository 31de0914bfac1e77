"""Reads fields of the API's JSON without trusting their types."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from app.api.events import decoded
from app.domain.conversation import Usage
from app.domain.text import encodable


def text_of(value: object) -> str | None:
    """``value`` if it is a non-empty text, without lone surrogates."""
    return encodable(value) if isinstance(value, str) and value else None


def mapping_of(value: object) -> Mapping[str, Any]:
    """``value`` if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def count_of(value: object) -> int:
    """``value`` if it is a whole number from 0, else 0."""
    return value if type(value) is int and value >= 0 else 0


def place_of(value: object) -> str:
    """A name for an item whose id is missing, from its place in the response."""
    return f"item-{count_of(value)}"


def part_of(event: Mapping[str, Any]) -> tuple[str, int]:
    """Which text of which item an event is about."""
    item = text_of(event.get("item_id")) or place_of(event.get("output_index"))
    return item, count_of(event.get("content_index"))


def picture_of(value: object) -> bytes | None:
    """The bytes of a base64 text (as a ``data:`` URL too); None when empty or damaged.

    What the stream's reader has decoded already is taken as it is.
    """
    if isinstance(value, bytes):
        return value or None
    if not (isinstance(value, str) and value.isascii()):
        return None
    return decoded(value.rpartition(",")[2].encode("ascii")) or None


def fingerprint(value: str | bytes) -> bytes:
    """What tells one picture from another. Hashing lets other threads run, as ``hash`` does not."""
    return sha256(value.encode("utf-8", "replace") if isinstance(value, str) else value).digest()


def usage_of(response: Mapping[str, Any]) -> Usage | None:
    """The tokens of a finished response: the main model's and the image tool's."""
    main = mapping_of(response.get("usage"))
    image = mapping_of(mapping_of(response.get("tool_usage")).get("image_gen"))
    if not main and not image:
        return None
    return Usage(
        count_of(main.get("input_tokens")),
        count_of(main.get("output_tokens")),
        count_of(image.get("input_tokens")),
        count_of(image.get("output_tokens")),
    )
