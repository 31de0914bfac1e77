"""The log: a small file in the state folder for what nobody foresaw; no keys, no prompts."""

from __future__ import annotations

import logging
import os
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from app.domain.errors import DiskTrouble
from app.domain.text import one_line, plain
from app.storage.files import disk_errors, make_private

NAME = "sfumato.log"
OLDER = "sfumato.log.1"
MOST_BYTES = 256 * 1024
"""A larger log is put aside, in place of the one that was put aside before."""
SECRET = re.compile(r"\b(?:sk|sess)-[\w-]{4,}|(?i:\bbearer\s+\S+)")
LONGEST_MESSAGE = 300


def record(folder: Path, error: BaseException) -> Path:
    """Adds an error with the way to it; answers the log's path. Raises DiskTrouble."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    message = one_line(str(error), LONGEST_MESSAGE)
    return append(folder, f"{frames}{type(error).__name__}: {message}")


def append(folder: Path, text: str) -> Path:
    """Adds an entry to the log in ``folder``, for its owner alone (0600). Raises DiskTrouble."""
    path = make_private(folder) / NAME
    entry = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} {_without_secrets(plain(text))}\n"
    with disk_errors(path):
        if path.exists() and path.stat().st_size > MOST_BYTES:
            path.replace(folder / OLDER)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(entry.encode())
    return path


@contextmanager
def logging_to(folder: Path) -> Iterator[None]:
    """Sends warnings of libraries to the log while the block runs; the screen stays clean."""
    handler = _Log(folder)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


class _Log(logging.Handler):
    """Appends what is a warning or worse; a full disk must not make it worse still."""

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.WARNING)
        self._folder = folder

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(DiskTrouble):
            append(self._folder, f"{record.levelname} {record.name}: {self.format(record)}")


def _without_secrets(text: str) -> str:
    """``text`` with the API key, and what looks like one, taken out."""
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    return SECRET.sub("[key]", text.replace(key, "[key]") if key else text)
