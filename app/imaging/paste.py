"""Pasted and dropped text → the picture files that it names."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from app.imaging.headers import probe

MAX_PASTE = 20_000
"""Characters of a text that can be a list of paths."""
_WORD = re.compile(r"""\s*((?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+)""")
_PIECE = re.compile(r"""'([^']*)'|"([^"]*)"|\\(.)|([^'"\\]+)""")


def paths_in_paste(text: str) -> list[Path]:
    """The picture files that a pasted text names, [] unless it names nothing else. Never raises.

    Takes one path as it is, or several in lines or separated by blanks: quoted, with escaped
    blanks, as file:// URLs, beginning with ~. Looks at the files: run it in a thread.
    """
    text = text.strip().strip("\0")
    if not text or len(text) > MAX_PASTE:
        return []
    for split in (_whole, _lines, _words):
        paths = [_path(word) for word in split(text)]
        if paths and all(path is not None and _is_picture(path) for path in paths):
            return [path for path in paths if path is not None]
    return []


def _whole(text: str) -> list[str]:
    """One path, blanks and all."""
    return [] if "\n" in text else [text]


def _lines(text: str) -> list[str]:
    """One path in each line."""
    return [_unquoted(line) for line in text.splitlines() if line.strip()]


def _words(text: str) -> list[str]:
    """Words as a shell would split them; none when a quote stays open."""
    words, at = [], 0
    while at < len(text):
        found = _WORD.match(text, at)
        if found is None:
            return []
        words.append(_unquoted(found[1]))
        at = found.end()
    return words


def _unquoted(word: str) -> str:
    """The word without its quotes and backslashes."""
    word = word.strip()
    return "".join("".join(piece) for piece in _PIECE.findall(word))


def _path(word: str) -> Path | None:
    """The path that a word names: a file URL decoded, ~ expanded; None for anything else."""
    try:
        if word.startswith("file:"):
            url = urlsplit(word)
            if url.netloc not in ("", "localhost"):
                return None
            word = unquote(url.path)
            if re.match(r"/[A-Za-z]:/", word):
                word = word[1:]
        return Path(word).expanduser()
    except (ValueError, RuntimeError):
        return None


def _is_picture(path: Path) -> bool:
    """Whether there is a picture file, by its first bytes."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return probe(file.read(4096)).format != ""
    except (OSError, ValueError):
        return False
