"""One turn as the arguments of ``responses.create``: pure, and slow only for large pictures."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from app.domain.generation import ImageInput, ImageRequest
from app.domain.options import Action, tool_parameters
from app.domain.text import encodable

IMAGE_TOOL = "image_generation"


def arguments(request: ImageRequest) -> dict[str, Any]:
    """The keyword arguments for one streamed ``responses.create``.

    Tools and instructions go with every turn, since the server does not carry them over.
    """
    tool: dict[str, Any] = {"type": IMAGE_TOOL, **tool_parameters(request.options)}
    if request.mask is not None:
        tool["input_image_mask"] = {"image_url": data_url(request.mask)}
    found: dict[str, Any] = {
        "model": request.options.model,
        "input": list(_messages(request)),
        "tools": [tool],
        "store": request.store,
        "stream": True,
    }
    if request.options.action is not Action.AUTO:
        found["tool_choice"] = {"type": IMAGE_TOOL}
    if request.instructions:
        found["instructions"] = encodable(request.instructions)
    if request.parent is not None:
        found["previous_response_id"] = request.parent
    return found


def _messages(request: ImageRequest) -> Iterator[dict[str, Any]]:
    """The user's message: prompt, then pictures in order. A recap is a message before it."""
    if request.recap:
        yield {"role": "user", "content": [_text(request.recap)]}
    pictures = (
        {"type": "input_image", "image_url": data_url(image), "detail": "auto"}
        for image in request.images
    )
    yield {"role": "user", "content": [_text(request.prompt), *pictures]}


def _text(text: str) -> dict[str, str]:
    return {"type": "input_text", "text": encodable(text)}


def data_url(image: ImageInput) -> str:
    """The picture's bytes as a ``data:`` URL."""
    return f"data:{image.mime};base64,{b64encode(image.data).decode('ascii')}"
