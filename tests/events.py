"""The events and objects of the Responses API, in the shapes in which the server sends them."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from collections.abc import Sequence
from typing import Any

Event = dict[str, Any]


def png(color: tuple[int, int, int] = (200, 80, 40), width: int = 4, height: int = 3) -> bytes:
    """A small real PNG of one colour."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + checksum

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = (b"\x00" + bytes(color) * width) * height
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def picture_item(picture: bytes | None, call_id: str = "ig_1", **facts: object) -> Event:
    """A finished image_generation_call; ``facts`` add or replace fields."""
    result = b64encode(picture).decode() if picture is not None else None
    return {
        "id": call_id,
        "type": "image_generation_call",
        "status": "completed",
        "result": result,
        "size": "1024x1024",
        "quality": "low",
        "background": "opaque",
        "output_format": "png",
        "action": "generate",
        **facts,
    }


def message_item(text: str, item_id: str = "msg_1") -> Event:
    """A finished message of the model."""
    part = {"type": "output_text", "text": text, "annotations": []}
    return {"id": item_id, "type": "message", "role": "assistant", "content": [part]}


def response(
    output: Sequence[Event] = (),
    *,
    response_id: str = "resp_1",
    status: str = "completed",
    **more: object,
) -> Event:
    """A whole response object."""
    return {
        "id": response_id,
        "object": "response",
        "status": status,
        "model": "gpt-5.5",
        "output": list(output),
        "usage": {"input_tokens": 1633, "output_tokens": 43, "total_tokens": 1676},
        "tool_usage": {"image_gen": {"input_tokens": 30, "output_tokens": 196}},
        **more,
    }


def opening(response_id: str = "resp_1") -> list[Event]:
    """The events with which every stream begins."""
    begun = response(response_id=response_id, status="in_progress", usage=None, tool_usage=None)
    return [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
    ]


def partial_event(data: bytes, index: int = 0, call_id: str = "ig_1") -> Event:
    """A preview."""
    return {
        "type": "response.image_generation_call.partial_image",
        "item_id": call_id,
        "output_index": 0,
        "partial_image_index": index,
        "partial_image_b64": b64encode(data).decode(),
    }


def item_done(item: Event, index: int = 0) -> Event:
    """The event that carries a finished item."""
    return {"type": "response.output_item.done", "output_index": index, "item": item}


def ending(name: str = "completed", output: Sequence[Event] = (), **more: Any) -> Event:
    """A terminal event: completed, incomplete or failed."""
    return {"type": f"response.{name}", "response": response(output, status=name, **more)}


def picture_events(
    picture: bytes,
    revised_prompt: str | None = "A revised prompt.",
    partials: Sequence[bytes] = (),
    text: str = "",
    *,
    response_id: str = "resp_1",
    call_id: str = "ig_1",
    **facts: object,
) -> list[Event]:
    """The whole stream of a turn with one picture, in the order in which the API sends it."""
    item = picture_item(picture, call_id, revised_prompt=revised_prompt, **facts)
    begun = {"id": call_id, "type": "image_generation_call", "status": "in_progress"}
    call: Event = {"item_id": call_id, "output_index": 0}
    return [
        *opening(response_id),
        {"type": "response.output_item.added", "output_index": 0, "item": begun},
        {"type": "response.image_generation_call.in_progress", **call},
        {"type": "response.image_generation_call.generating", **call},
        *(partial_event(data, index, call_id) for index, data in enumerate(partials)),
        {"type": "response.image_generation_call.completed", **call},
        item_done(item),
        *text_events(text),
        ending(output=[item, message_item(text)], response_id=response_id),
    ]


def text_events(text: str, item_id: str = "msg_1", index: int = 1) -> list[Event]:
    """A message as the API streams it: words as deltas, then the whole text twice."""
    where: Event = {"item_id": item_id, "output_index": index, "content_index": 0}
    words = [word + " " for word in text.split(" ")]
    words[-1] = words[-1][:-1]
    return [
        *({"type": "response.output_text.delta", **where, "delta": word} for word in words if word),
        {"type": "response.output_text.done", **where, "text": text},
        item_done(message_item(text, item_id), index),
    ]
