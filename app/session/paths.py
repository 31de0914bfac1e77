"""Paths as people type and paste them: quoted, with ``~``, escaped blanks or ``file://``."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

QUOTES = "\"'"
ESCAPED = re.compile(r"\\([^\w\\])")
"""A backslash before a blank or a sign, as shells and terminals write it."""
MOST_PATHS = 50
"""How many paths are offered at once."""


def read_path(text: str) -> Path:
    """The path that ``text`` means. It need not exist; a relative one stays relative."""
    plain = text.strip()
    if len(plain) > 1 and plain[0] in QUOTES and plain[-1] == plain[0]:
        return _home(plain[1:-1])
    if plain.startswith("file://"):
        return Path(unquote(urlsplit(plain).path))
    return _home(ESCAPED.sub(r"\1", plain))


def existing_file(text: str) -> bool:
    """Whether ``text`` is the path of a file that exists."""
    try:
        return read_path(text).is_file()
    except (OSError, ValueError):
        # Too long, or with a character that no path can have: then it is not a file.
        return False


def list_paths(typed: str, wanted: Callable[[Path], bool]) -> list[str]:
    """What a half-typed path may become, as typed so far and then the rest, folders with ``/``.

    Hidden names are offered only after a dot. Unreadable folders offer nothing.
    """
    quote = typed[:1] if typed[:1] in QUOTES else ""
    bare = typed[len(quote) :] if quote else ESCAPED.sub(r"\1", typed)
    head, slash, begun = bare.rpartition("/")
    if bare == "~":
        return [f"{quote}~/"]
    try:
        entries = sorted(_home(head + slash or ".").iterdir(), key=lambda path: path.name.lower())
        found = [path for path in entries if _fits(path.name, begun) and wanted(path)]
        names = [f"{path.name}/" if path.is_dir() else path.name + quote for path in found]
    except (OSError, ValueError):
        return []
    return [f"{quote}{head}{slash}{name}" for name in names[:MOST_PATHS]]


def _fits(name: str, begun: str) -> bool:
    hidden = name.startswith(".") and not begun.startswith(".")
    return name.lower().startswith(begun.lower()) and not hidden


def _home(text: str) -> Path:
    """``text`` with ``~`` as the home folder; unlike Path.expanduser it never fails."""
    return Path(os.path.expanduser(text))  # noqa: PTH111
