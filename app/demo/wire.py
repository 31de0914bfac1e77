"""What the demo studio says: errors, responses, items and events in the API's shapes."""

import json
import secrets
import time
from collections.abc import Sequence
from math import ceil
from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """A refusal in the API's shape; `status` is the HTTP status, `body()` the JSON to send."""

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        status: int = 400,
        kind: str = "invalid_request_error",
        **more: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self._error = {"message": message, "type": kind, "param": param, "code": code, **more}

    def body(self) -> Json:
        """The whole JSON body of the answer."""
        return {"error": self._error}


def invalid(param: str, message: str, code: str = "invalid_value") -> ApiError:
    """A 400 about the value of one parameter."""
    return ApiError(message, param=param, code=code)


def mistyped(param: str, expected: str) -> ApiError:
    """A 400 about a value of the wrong JSON type."""
    return invalid(param, f"Invalid type for '{param}': expected {expected}.", "invalid_type")


def missing(param: str) -> ApiError:
    """A 400 about a parameter that must be there."""
    message = f"Missing required parameter: '{param}'."
    return invalid(param, message, "missing_required_parameter")


def not_one_of(param: str, value: object, legal: Sequence[str]) -> ApiError:
    """A 400 about a value that is none of the legal ones."""
    supported = ", ".join(f"'{name}'" for name in legal[:-1]) + f" and '{legal[-1]}'"
    return invalid(param, f"Invalid value: {str(value)[:80]!r}. Supported values are: {supported}.")


def new_id(kind: str) -> str:
    """An id as the API makes them: `resp_`, `ig_`, `msg_` or `req_` and 48 hex digits."""
    return f"{kind}_{secrets.token_hex(24)}"


def response(body: Json, tool: Json | None) -> Json:
    """The response object of a turn that has just begun; the request's own fields are echoed."""
    silent = ("type", "partial_images", "input_fidelity", "action")
    shown = {name: value for name, value in (tool or {}).items() if name not in silent}
    echo = {name: body.get(name) for name in ("instructions", "max_output_tokens", "user")}
    return {
        "id": new_id("resp"),
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "background": body.get("background", False),
        "error": None,
        "incomplete_details": None,
        **echo,
        "model": body["model"],
        "output": [],
        "parallel_tool_calls": True,
        "previous_response_id": body.get("previous_response_id"),
        "reasoning": body.get("reasoning", {"effort": None, "summary": None}),
        "service_tier": "default",
        "store": body.get("store", True),
        "temperature": body.get("temperature", 1.0),
        "text": body.get("text", {"format": {"type": "text"}}),
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": [{"type": "image_generation", "n": 1, **shown}] if tool else [],
        "top_p": body.get("top_p", 1.0),
        "truncation": body.get("truncation", "disabled"),
        "usage": None,
        "metadata": body.get("metadata", {}),
    }


def text_part(text: str) -> Json:
    """The only part of a message's content."""
    return {"type": "output_text", "annotations": [], "logprobs": [], "text": text}


def usage(prompt: str, images: int, said: str) -> Json:
    """The main model's tokens: a plausible count, since nothing is billed here."""
    read, written = 1_600 + ceil(len(prompt) / 4) + 1_229 * images, 40 + ceil(len(said) / 4)
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": read + written,
    }


def image_usage(prompt: str, images: int, size: tuple[int, int], quality: str, sent: int) -> Json:
    """The image model's tokens for a picture of `size` and `sent` partial pictures."""
    long, short = max(size), min(size)
    grid = {"low": 16, "medium": 48}.get(quality, 96)
    cells = grid * round(grid * short / long)
    drawn = ceil(cells * (2_000_000 + long * short) / 4_000_000) + 100 * sent
    words, seen = ceil(len(prompt) / 4), 1_024 * images
    tokens = {
        "input_tokens": words + seen,
        "input_tokens_details": {"text_tokens": words, "image_tokens": seen},
        "output_tokens": drawn,
        "output_tokens_details": {"text_tokens": 0, "image_tokens": drawn},
        "total_tokens": words + seen + drawn,
    }
    return {"image_gen": tokens, "web_search": {"num_requests": 0}}


def frame(event: Json) -> str:
    """One server-sent event."""
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
