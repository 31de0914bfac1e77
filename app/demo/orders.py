"""What the demo studio may be asked: a request body, checked as the API checks it, as an Order."""

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.demo.tools import IMAGE_MODELS, read_tool
from app.demo.wire import ApiError, Json, invalid, missing, mistyped, not_one_of

MAIN_MODELS: dict[str, str | None] = {
    **dict.fromkeys(("gpt-6-astra", "gpt-6.1-sol", "gpt-6-luna", "gpt-5.6-sol", "gpt-5.6-terra")),
    **dict.fromkeys(("gpt-5.6-luna", "gpt-5.5", "gpt-5.4", "gpt-5.4-mini")),
    **dict.fromkeys(("gpt-5", "gpt-5-mini", "gpt-5-nano", "o3"), "2026-12-11"),
    **dict.fromkeys(("gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini"), "2027-01-14"),
}
FIELD_TYPES: dict[str, type] = {
    **dict.fromkeys(("model", "previous_response_id"), str),
    **dict.fromkeys(("background", "store", "stream"), bool),
    **{"tools": list, "metadata": dict, "include": list},
}
LONGEST_PROMPT = 32_000

Call = tuple[str, bytes]


@dataclass(frozen=True)
class Order:
    """One checked request. `calls` are earlier pictures: their id, and their bytes if the
    caller sent them; `tool` the image tool's settings, None when it may not run; `forced` says
    that it must."""

    body: Json
    prompt: str
    images: tuple[bytes, ...]
    calls: tuple[Call, ...]
    mask: bytes | None
    tool: Json | None
    forced: bool


def read_order(raw: bytes) -> Order:
    """Check the body of `POST /v1/responses`; raises ApiError naming what is wrong with it."""
    try:
        body = json.loads(raw, parse_constant=_no_number)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise ApiError("We could not parse the JSON body of your request as an object.")
    body = {name: value for name, value in body.items() if value is not None}
    _check_fields(body)
    prompt, images, calls = _read_input(body["input"])
    if len(prompt) > LONGEST_PROMPT:
        message = f"The prompt is longer than {LONGEST_PROMPT:,} characters."
        raise invalid("input", message, "context_length_exceeded")
    tool, mask = _read_tools(body.get("tools", []))
    offered, forced = _read_choice(body.get("tool_choice", "auto"), tool is not None)
    return Order(body, prompt, images, calls, mask, tool if offered else None, forced)


def _no_number(name: str) -> None:
    raise ValueError(name)


def _check_fields(body: Json) -> None:
    for name, value in body.items():
        kind = FIELD_TYPES.get(name, object)
        if not isinstance(value, kind):
            raise mistyped(name, kind.__name__)
    for name in ("model", "input"):
        if name not in body:
            raise missing(name)
    model = body["model"]
    if model in IMAGE_MODELS or model.startswith("gpt-image-"):
        message = f"Hosted tool 'image_generation' is not supported with {model}."
        raise ApiError(message, param="tools")
    if re.sub(r"-\d{4}-\d\d-\d\d$", "", model) not in MAIN_MODELS:
        message = f"The requested model '{model[:80]}' does not exist."
        raise invalid("model", message, "model_not_found")
    if body.get("background") and body.get("store") is False:
        raise invalid("store", "Background responses need 'store' to be true.")
    if body.get("background") and body.get("stream"):
        message = "The demo studio does not stream background responses: retrieve them instead."
        raise invalid("stream", message, "unsupported_parameter")


def _read_input(value: object) -> tuple[str, tuple[bytes, ...], tuple[Call, ...]]:
    """The last words of the user, every picture in order, every earlier picture named by id."""
    items = [{"role": "user", "content": value}] if isinstance(value, str) else value
    if not isinstance(items, list):
        raise mistyped("input", "str or list")
    prompt, images, calls = "", list[bytes](), list[Call]()
    for index, item in enumerate(items):
        where = f"input[{index}]"
        if not isinstance(item, dict):
            raise mistyped(where, "object")
        if item.get("type", "message") == "message":
            words = _read_message(item, where, images)
            prompt = words if words and item.get("role") == "user" else prompt
        elif item["type"] in ("image_generation_call", "item_reference"):
            if not isinstance(item.get("id"), str):
                raise missing(f"{where}.id")
            result = item.get("result")
            data = _decoded(result, f"{where}.result") if isinstance(result, str) else b""
            calls.append((item["id"], data))
    return prompt, tuple(images), tuple(calls)


def _read_message(item: Json, where: str, images: list[bytes]) -> str:
    """The text of one message; its pictures are added to `images`."""
    said = item.get("role") == "assistant"
    legal = ("output_text", "refusal") if said else ("input_text", "input_image")
    content = item.get("content")
    parts = [{"type": legal[0], "text": content}] if isinstance(content, str) else content
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise mistyped(f"{where}.content", "str or list of objects")
    words: list[str] = []
    for number, part in enumerate(parts):
        name = f"{where}.content[{number}]"
        if part.get("type") not in legal:
            raise not_one_of(f"{name}.type", part.get("type"), legal)
        if part["type"] == "input_image":
            images.append(_read_image(part, name))
        elif isinstance(text := part.get("text"), str):
            words.append(text)
    # A lone surrogate is legal in JSON but cannot be written into a file.
    return "\n".join(words).encode("utf-8", "replace").decode().strip()


def _read_image(part: Json, where: str) -> bytes:
    """The bytes of the `data:` URL in `part["image_url"]`; nothing is ever fetched."""
    url, where_url = part.get("image_url"), f"{where}.image_url"
    if part.get("file_id") is not None:
        message = "The demo studio keeps no files: send the image as a data URL."
        raise invalid(f"{where}.file_id", message, "image_file_not_found")
    head, comma, data = url.partition(",") if isinstance(url, str) else ("", "", "")
    if not comma or not re.fullmatch(r"data:image/[\w.+-]+;base64", head, re.IGNORECASE):
        message = "The demo studio fetches nothing: send the image as a base64 data URL."
        raise invalid(where_url, message, "invalid_image_url")
    return _decoded(data, where_url)


def _decoded(data: str, where: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except ValueError:
        message = "Invalid base64 image data."
        raise invalid(where, message, "invalid_base64_image") from None


def _read_tools(tools: Sequence[object]) -> tuple[Json | None, bytes | None]:
    """The settings of the image tool and the mask; of other tools none is ever called."""
    for index, tool in enumerate(tools):
        where = f"tools[{index}]"
        if not isinstance(tool, dict) or not isinstance(tool.get("type"), str):
            raise missing(f"{where}.type")
        if tool["type"] == "image_generation":
            settings = read_tool(tool, where)
            mask, name = settings.pop("input_image_mask", None), f"{where}.input_image_mask"
            if mask is not None and not isinstance(mask, dict):
                raise mistyped(name, "object")
            return settings, None if mask is None else _read_image(mask, name)
    return None, None


def _read_choice(choice: object, offered: bool) -> tuple[bool, bool]:
    """Whether the image tool may run, and whether it must."""
    if choice in ("auto", "none", "required"):
        return choice != "none", choice == "required"
    form = choice if isinstance(choice, dict) else {}
    if form.get("type") == "image_generation" and offered:
        return True, True
    if form.get("type") == "allowed_tools" and isinstance(form.get("tools"), list):
        allowed = {"type": "image_generation"} in form["tools"]
        return allowed, allowed and form.get("mode") == "required"
    message = f"Tool choice {str(choice)[:80]!r} not found in 'tools' parameter."
    raise invalid("tool_choice", message)
