"""What the demo studio may be asked: a request's body, checked as the API checks it."""

import base64
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]


@cache
def api() -> Json:
    """What the API knows: models, the image tool's settings as patterns, refusals, responses."""
    tables: Json = json.loads(Path(__file__).with_name("api.json").read_text("utf-8"))
    return tables


class ApiError(Exception):
    """One of the API's refusals, with `values` filled in: `status`, and the JSON `body`."""

    def __init__(self, refusal: str, **values: object) -> None:
        super().__init__(refusal)
        error: Json = {"type": "invalid_request_error", "param": None, "code": None}
        for field, said in api()["refusals"][refusal].items():
            error[field] = said.format(**values) if isinstance(said, str) else said
        self.status: int = error.pop("status", 400)
        self.body = {"error": error}


class Order(NamedTuple):
    """A checked request; `tool` is None when no picture may be made, `forced` if one must be."""

    body: Json
    prompt: str
    images: list[bytes]
    tool: Json | None
    mask: bytes
    forced: bool


def read_order(raw: bytes) -> Order:
    """Check the body of `POST /v1/responses`; raises ApiError naming what is wrong with it."""
    try:
        body = json.loads(raw, parse_constant=int)  # which refuses NaN and Infinity
        return _checked({name: value for name, value in body.items() if value is not None})
    except KeyError as missing:
        raise ApiError("missing", name=missing.args[0]) from None
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise ApiError("form") from None


def _checked(body: Json) -> Order:
    model, choice, tool, mask = body["model"], body.get("tool_choice", "auto"), None, b""
    prompt, images = _read_input(body["input"])
    for index, given in enumerate(body.get("tools", [])):
        if given["type"] == "image_generation":
            tool, mask = _read_tool(given, f"tools[{index}]")
    forced = choice in ("required", {"type": "image_generation"})
    refusals = {
        "no_image_tool": model in api()["image_models"],
        "no_model": model not in api()["main_models"],
        "background": body.get("background"),
        "long": len(prompt) > 32_000,
        "choice": choice not in ("auto", "none") and not (forced and tool),
    }
    for refusal in (name for name, deserved in refusals.items() if deserved):
        raise ApiError(refusal, model=model, choice=choice)
    return Order(body, prompt, images, None if choice == "none" else tool, mask, forced)


def _read_input(given: Any) -> tuple[str, list[bytes]]:
    """The text of the last user message with text, the pictures of the last message with any."""
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given
    prompt, images = "", list[bytes]()
    for index, item in enumerate(items):
        content, words, pictures = item.get("content") or [], list[str](), list[bytes]()
        parts = [{"type": "input_text", "text": content}] if isinstance(content, str) else content
        for number, part in enumerate(parts):
            if part["type"] == "input_image":
                pictures.append(_read_image(part, f"input[{index}].content[{number}].image_url"))
            elif item.get("role") == "user":
                words.append(part["text"])
        prompt, images = "\n".join(words).strip() or prompt, pictures or images
    # A lone surrogate is legal in JSON, but no painter knows it.
    return prompt.encode("utf-8", "replace").decode(), images


def _read_image(part: Json, at: str) -> bytes:
    """The bytes of the `data:` URL in `part["image_url"]`; nothing is ever fetched."""
    head, _, data = str(part.get("image_url")).partition(",")
    if not re.fullmatch(r"data:image/[\w.+-]+;base64", head):
        raise ApiError("url", at=at)
    try:
        return base64.b64decode(data, validate=True)
    except ValueError:
        raise ApiError("base64", at=at) from None


def _read_tool(given: Json, where: str) -> tuple[Json, bytes]:
    """The settings of the image tool, defaults filled in, and the mask or nothing."""
    given = {name: value for name, value in given.items() if value is not None}
    mask, known = given.pop("input_image_mask", None), api()["settings"]
    for name, value in given.items():
        at = f"{where}.{name}"
        if name not in known:
            raise ApiError("unknown", at=at)
        default, pattern, legal = known[name]
        if type(value) is not (int if isinstance(default, int) else str):
            raise ApiError("type", at=at)
        if not re.fullmatch(pattern, str(value)) or (name == "size" and not legal_size(str(value))):
            raise ApiError("value", at=at, value=value, legal=legal)
    tool = {name: rule[0] for name, rule in known.items() if rule[0] is not None} | given
    for refusal, *clashing in api()["clashes"]:
        if all(re.fullmatch(bad, str(tool.get(name))) for name, bad in clashing):
            (name, _), (other, _) = clashing
            values = {"name": name, "value": tool[name], "other": tool[other]}
            raise ApiError(refusal, at=f"{where}.{name}", **values)
    return tool, _read_image(mask, f"{where}.input_image_mask.image_url") if mask else b""


def legal_size(size: str) -> bool:
    """Whether the image models make pictures of this "WIDTHxHEIGHT"; they do of "auto"."""
    short, long = sorted(map(int, size.replace("auto", "1024x1024").split("x")))
    shaped = short % 16 == long % 16 == 0 and long <= min(3840, 3 * short)
    return shaped and 655_360 <= short * long <= 8_294_400
