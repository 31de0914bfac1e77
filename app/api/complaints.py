"""What a server said was wrong, read from any of the shapes in which it may say so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from app.domain.text import one_line

_KEY_LIKE = re.compile(r"(?<![A-Za-z0-9])sk-[\w*-]+(?:[.…]+[\w*-]+)*")
_BEARER = re.compile(r"(?i)\bbearer\s+[\w.~+/=-]{6,}")
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|\?xml|center|h1)", re.IGNORECASE)
_AGAIN_IN = re.compile(
    r"try again in ((?:[0-9]{1,9}(?:\.[0-9]{1,9})?\s?[a-z]+\s*)+)", re.IGNORECASE
)
_AMOUNT = re.compile(r"([0-9.]+)\s?(ms|millisecond|s|m|h|d)", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "millisecond": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
LONGEST_MESSAGE = 5000
"""How much of a message is looked at, in characters; far less of it is shown."""
SHORTEST_SECRET = 8
"""A placeholder key shorter than this is no secret, and may be a word of the message."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the sentence about a failure may need to know of the request."""

    model: str = ""
    image_model: str = ""
    address: str = ""
    """The base URL, without any password in it."""
    secret: str = field(default="", repr=False)
    """The key, so that it can be kept out of the sentence."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """An error as the server told it; strings are "" where it said nothing."""

    status: int | None = None
    """The HTTP status; None for what came inside a stream."""
    code: str = ""
    kind: str = ""
    """The error's ``type``."""
    param: str = ""
    message: str = ""
    """One line, limited in length, without control characters and keys."""
    page: bool = False
    """Whether the body was a web page rather than an API's error."""
    stage: str = ""
    categories: tuple[str, ...] = ()
    """Moderation's details, as far as given."""
    wait: float | None = None
    """How many seconds the server asks to wait."""


def read(
    body: object,
    asked: Asked,
    *,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Complaint:
    """Reads an error object, a whole error body, a text or a web page. Never raises.

    ``headers`` must be lower-case or case-insensitive.
    """
    if isinstance(body, Mapping) and body.get("error"):
        body = body["error"]
    if not isinstance(body, Mapping):
        text = body if isinstance(body, str) else ""
        page = bool(_PAGE.match(text))
        body = {"message": "" if page else text}
    else:
        page = False
    told = (_text(body.get(key)) for key in ("message", "detail", "msg"))
    raw = next(filter(None, told), "")[:LONGEST_MESSAGE]
    code = body.get("code")
    if status is None and isinstance(code, int) and 300 <= code < 600:
        status = code
    details = body.get("moderation_details")
    details = details if isinstance(details, Mapping) else {}
    return Complaint(
        status=status,
        code=_word(code, asked).lower(),
        kind=_word(body.get("type"), asked).lower(),
        param=_word(body.get("param"), asked),
        message=_clean(raw, asked),
        page=page,
        stage=_word(details.get("moderation_stage"), asked),
        categories=_categories(details.get("categories"), raw, asked),
        wait=_wait(headers or {}, raw),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _clean(text: str, asked: Asked) -> str:
    """``text`` as part of a sentence: one short line, no keys."""
    if len(asked.secret) >= SHORTEST_SECRET:
        text = text.replace(asked.secret, "…")
    return one_line(_BEARER.sub("Bearer …", _KEY_LIKE.sub("sk-…", text)))


def _word(value: object, asked: Asked) -> str:
    """A code, type or parameter name as short clean text."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return _clean(text, asked)[:100]


def _categories(listed: object, message: str, asked: Asked) -> tuple[str, ...]:
    """Moderation categories, from the details or from older servers' message text."""
    if not isinstance(listed, list):
        found = re.search(r"safety_violations=\[([^\]]{0,300})\]", message)
        listed = re.split(r"[\s,]+", found[1]) if found else []
    words = (_word(item, asked) for item in listed[:10])
    return tuple(dict.fromkeys(word for word in words if word))


def _wait(headers: Mapping[str, str], message: str) -> float | None:
    """The wait in seconds, from the headers or the words "try again in 12.3s"."""
    milliseconds = headers.get("retry-after-ms", "").strip()
    if _NUMBER.fullmatch(milliseconds):
        return float(milliseconds) / 1000
    after = headers.get("retry-after", "").strip()
    if _NUMBER.fullmatch(after):
        return float(after)
    if after:
        try:
            moment = parsedate_to_datetime(after)
        except (ValueError, OverflowError):
            pass
        else:
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    found = _AGAIN_IN.search(message)
    if not found:
        return None
    amounts = [
        float(number) * _SECONDS[unit.lower()]
        for number, unit in _AMOUNT.findall(found[1])
        if _NUMBER.fullmatch(number)
    ]
    return sum(amounts) if amounts else None
