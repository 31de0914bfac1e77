"""What a command prints: results on stdout, what went wrong as one line on stderr; no colours."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from app.domain.errors import DiskTrouble, Failure
from app.domain.text import one_line

LONGEST = 1000
"""Characters of a line on stderr."""
SHELL_HINTS: Mapping[str, str] = {
    "NothingToEdit": "Give a picture with -i IMAGE, or continue a conversation with -c.",
    "NoPicture": "Ask for a picture in the prompt, or add --action generate.",
    "Interrupted": "",
}
"""Hints for a shell, by the kind of error, where the chat's own speaks of the chat."""
SHELL_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r",? then press r to send it again"), ""),
    (re.compile(r"[^.;]*\b([Pp]ress \w+|Esc|Ctrl\+\w+|F[0-9]+)\b[^.]*\."), ""),
    (re.compile(r" \(F[0-9]+\)"), ""),
    (re.compile(r"(?<=[\s(])/attach PATH"), "-i IMAGE"),
    (re.compile(r"[^.]*(?<=[\s(])/(detach|new|help|retry)\b[^.]*\."), ""),
    (re.compile(r"(?<=[\s(])/(?=[a-z])"), "--"),
)
"""What the chat's hints say, and what that is in a shell."""


def prepare() -> None:
    """Makes stdout take every text: file names as their bytes, the rest escaped where need be."""
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper):
        utf8 = out.encoding.lower().replace("-", "") == "utf8"
        out.reconfigure(errors="surrogateescape" if utf8 else "backslashreplace")


def say(line: str = "") -> None:
    """Prints a line of the result; raises as ``flush`` does."""
    with _writing():
        print(line)


def complain(line: str) -> None:
    """Prints one line on stderr, whatever ``line`` holds."""
    print(f"sfumato: {one_line(line, LONGEST)}", file=sys.stderr)


def told(failure: Failure) -> str:
    """What went wrong and what to do about it, in words that fit a shell."""
    hint = SHELL_HINTS.get(failure.kind)
    if hint is None:
        hint = failure.hint
        for pattern, words in SHELL_WORDS:
            hint = pattern.sub(words, hint)
    end = "" if failure.sentence.endswith((".", "!", "?", '"')) else "."
    return f"{failure.sentence}{end} {hint}".strip()


def flush() -> None:
    """Hands over all that was printed.

    Raises BrokenPipeError when the reader is gone, DiskTrouble when it cannot be written.
    """
    with _writing():
        if sys.stdout is not None:
            sys.stdout.flush()


@contextmanager
def _writing() -> Iterator[None]:
    """Turns what keeps stdout from being written into a DiskTrouble."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        abandon()
        reason = error.strerror or "it failed"
        raise DiskTrouble(f"The output could not be written: {reason}.", hint="") from error


def abandon() -> None:
    """Gives stdout up, so that leaving the program does not try to flush it once more."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (AttributeError, OSError, ValueError):
        # There is no real stdout to give up.
        return
