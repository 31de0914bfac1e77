"""Short words for talking to the demo studio with the OpenAI SDK."""

from base64 import b64decode, b64encode
from io import BytesIO
from typing import Any

import pytest
from openai import APIStatusError, OpenAI
from openai.types.responses import Response
from PIL import Image

SMALL = {"type": "image_generation", "size": "1024x640", "quality": "low"}


def ask(client: OpenAI, prompt: Any, tool: dict[str, Any] | None = None, **more: Any) -> Response:
    more.setdefault("model", "gpt-5.5")
    tools: Any = [SMALL | (tool or {})]
    answer: Response = client.responses.create(input=prompt, tools=tools, **more)
    return answer


def say(client: OpenAI, **more: Any) -> Response:
    """A turn with words only, for tests that need no picture."""
    return ask(client, "good morning", tool_choice="none", **more)


def refused(client: OpenAI, *args: Any, **more: Any) -> APIStatusError:
    with pytest.raises(APIStatusError) as caught:
        ask(client, *args, **more)
    return caught.value


def stream(client: OpenAI, prompt: str, partials: int) -> list[Any]:
    tools: Any = [SMALL | {"partial_images": partials}]
    return list(client.responses.create(model="gpt-5.5", input=prompt, tools=tools, stream=True))


def picture(answer: Response) -> Image.Image:
    return Image.open(BytesIO(picture_bytes(answer)))


def picture_bytes(answer: Response) -> bytes:
    call = answer.output[0]
    assert call.type == "image_generation_call"
    return b64decode(call.result or "")


def revised(answer: Response) -> str:
    call = answer.output[0]
    assert call.type == "image_generation_call"
    return call.revised_prompt or ""


def data_url(image: Image.Image | bytes) -> str:
    if isinstance(image, Image.Image):
        buffer = BytesIO()
        image.save(buffer, "PNG")
        image = buffer.getvalue()
    return f"data:image/png;base64,{b64encode(image).decode()}"


def shown(words: str, *urls: str) -> list[dict[str, Any]]:
    parts = [{"type": "input_image", "image_url": url} for url in urls]
    return [{"role": "user", "content": [{"type": "input_text", "text": words}, *parts]}]
