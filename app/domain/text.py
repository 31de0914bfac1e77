"""Text from outside, made safe to show, to store and to send."""

from __future__ import annotations

import re

SUBSTITUTE = "\N{REPLACEMENT CHARACTER}"
"""What stands for a character that is not shown."""
TAB = "    "

_SURROGATES = "\ud800-\udfff"
_UNSAFE = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069{_SURROGATES}]")
_SURROGATE = re.compile(f"[{_SURROGATES}]")
_LINE_ENDS = re.compile("\r\n|[\u2028\u2029]")


def plain(text: str) -> str:
    """``text`` with nothing in it that could steer a terminal or reorder what is read.

    Control characters, bidi overrides and isolates and lone surrogates become ``SUBSTITUTE``; tabs
    become spaces; newlines stay, and other ends of line become newlines.
    """
    return _UNSAFE.sub(SUBSTITUTE, _LINE_ENDS.sub("\n", text).replace("\t", TAB))


def encodable(text: str) -> str:
    """``text`` as UTF-8 (files, database, network) takes it: pairs of surrogates become the
    character that they mean, lone ones ``SUBSTITUTE``."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def one_line(text: str, limit: int = 500) -> str:
    """``plain(text)`` on one line of at most ``limit`` characters, an ellipsis where it was cut."""
    line = " ".join(plain(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
