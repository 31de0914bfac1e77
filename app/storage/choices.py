"""Remembers a choice made in the app as one line of settings.toml; all other lines stay."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.domain.errors import DiskTrouble
from app.storage.files import disk_errors, make_private, shown, write_atomic

VALUE = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s#"'][^\s#]*)"""
HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def save_choice(path: Path, key: str, value: str | int) -> None:
    """Sets ``key`` in the settings file ``path``, which is created if it is missing.

    The line that has the key is changed, with its comment kept; otherwise one is added. Raises
    DiskTrouble when the file cannot be read or written, or is not TOML to begin with: it is then
    left as it is.
    """
    if not BARE_KEY.fullmatch(key):
        raise ValueError(f"not a settings key: {key!r}")
    # A settings file may be a link into somebody's collection of them; the link stays.
    target = Path(path).resolve()
    text = _read(target)
    wanted = _parsed(text)
    if wanted is None:
        raise DiskTrouble(
            f"The choice is not remembered, as this file is not valid TOML: {shown(path)}",
            hint="Mend the file, then choose again.",
        )
    same = next((name for name in wanted if name.replace("_", "-") == key.replace("_", "-")), key)
    wanted[same] = value
    # What a line means depends on all lines before it, so each edit is read back before it counts.
    edited = next((new for new in _edits(text, same, _toml(value)) if _parsed(new) == wanted), None)
    if edited is None:
        raise DiskTrouble(
            f"The choice is not remembered, as {key} could not be changed in {shown(path)}",
            hint=f"Set {key} there by hand.",
        )
    # The folder of a linked file is somebody's own: it stays as it is.
    make_private(path.parent)
    write_atomic(target, edited.encode())


def _read(path: Path) -> str:
    """The text of the file with its line ends as they are; "" when there is none."""
    with disk_errors(path):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return ""
    # What is not UTF-8 is no TOML either, and the replacement must not pass for it.
    return data.decode("utf-8-sig", "surrogateescape")


def _parsed(text: str) -> dict[str, Any] | None:
    """The settings in ``text``, None when it is not valid TOML."""
    try:
        text.encode()
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return None


def _toml(value: str | int) -> str:
    """``value`` as TOML writes it. JSON's texts are TOML's, but for one control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _edits(text: str, key: str, value: str) -> Iterator[str]:
    """The texts that setting a key may lead to, the most likely first."""
    line = re.compile(
        rf"""^(?P<key>[ \t]*["']?{re.escape(key)}["']?[ \t]*=[ \t]*){VALUE}""", re.MULTILINE
    )
    for found in line.finditer(text):
        yield text[: found.start()] + found["key"] + value + text[found.end() :]
    end = "\r\n" if "\r\n" in text else "\n"
    added = f"{key} = {value}{end}"
    header = HEADER.search(text)
    if header is None:
        yield text + ("" if not text or text.endswith("\n") else end) + added
    else:
        yield text[: header.start()] + added + text[header.start() :]
    yield added + text
