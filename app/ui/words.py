"""What a card says, as plain styled content: outside text never reaches Textual as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content, Span
from textual.style import Style

from app.domain.conversation import Picture, Status, Turn
from app.domain.options import AUTO, Action
from app.domain.text import plain

if TYPE_CHECKING:
    from app.session.live import Live

FOLD_AT = 1000
"""Characters of a revised prompt that are shown before it folds."""

_DONE_WORDS = {Action.GENERATE.value: "generated", Action.EDIT.value: "edited"}
_WORD = re.compile(r"\S+")


def revised(typed: str, text: str, *, unfolded: bool) -> Content:
    """The revised prompt, with the words that are not the person's own in ``$changed``."""
    text = plain(text)
    spans = [Span(start, end, "$changed") for start, end in _changed(plain(typed), text)]
    content = Content(text, spans)
    if len(text) > FOLD_AT and not unfolded:
        more = len(text) - FOLD_AT
        return content[:FOLD_AT] + Content.styled(f"… {more:,} more (Space)", "$muted")
    return content


def _changed(typed: str, text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each run of words in ``text`` that does not follow ``typed``."""
    old = [_bare(match[0]) for match in _WORD.finditer(typed)]
    found = list(_WORD.finditer(text))
    new = [_bare(match[0]) for match in found]
    for tag, _, _, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag in ("replace", "insert"):
            yield found[start].start(), found[end - 1].end()


def _bare(word: str) -> str:
    """A word without its case and punctuation, for comparing."""
    return word.strip(".,;:!?\"'()[]“”‘’").casefold()


def duration(seconds: float) -> str:
    """``41 s`` or ``2 min 5 s``."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def facts(turn: Turn, picture: Picture, place: tuple[int, int] = (1, 1)) -> Content:
    """Action, size, format, quality, time and tokens; what differs from the request says so.

    ``place`` among several siblings comes last.
    """
    asked = turn.options
    size = f"{picture.width}x{picture.height}" if picture.width else picture.size
    parts = [
        _actual(_DONE_WORDS.get(picture.action or "", ""), _DONE_WORDS.get(asked.action, "")),
        _actual(size, asked.size),
        _actual(picture.format, asked.format),
        _actual(picture.quality, asked.quality),
        _actual(picture.background if picture.background != "opaque" else None, asked.background),
    ]
    if turn.seconds is not None:
        parts.append(Content(duration(turn.seconds)))
    if turn.usage and turn.usage.total:
        parts.append(Content(f"{turn.usage.total:,} tokens"))
    if picture.favourite:
        parts.append(Content.styled("★ favourite", "$accent"))
    if place[1] > 1:
        parts.append(siblings(place))
    return Content(" · ").join(part for part in parts if part)


def _actual(actual: str | None, asked: str) -> Content:
    """What the server did, and what was asked of it where that was something else."""
    shown = Content(plain(actual or "")) if actual != AUTO else Content("")
    if asked in (AUTO, "", actual):
        return shown
    if not shown:
        return Content(plain(asked)) if asked else shown
    return shown + Content.styled(f" (asked {plain(asked)})", "$warning")


def siblings(place: tuple[int, int]) -> Content:
    """``2 of 4`` with the keys that step through them."""
    return Content.styled(f"{place[0]} of {place[1]}\u00a0[\u00a0]", "$accent")


def elsewhere() -> Content:
    """The state of a turn that another window runs."""
    return Content.styled("◌ running in another window", "$muted")


def queued() -> Content:
    """The state of a turn that waits for the one before it."""
    return Content.styled(
        "◌ queued: sent when the turn before it is done · Tab, then Backspace takes it back",
        "$muted",
    )


def progress(live: Live, now: float) -> Content:
    """What a running turn is doing, for how long, and how to stop it."""
    parts = [Content.styled(f"◌ {plain(live.stage)} …", "$accent")]
    if live.retry_in is not None:
        parts.append(Content(f"again in {duration(live.retry_in)} (try {live.attempt})"))
    else:
        parts.append(Content(duration(max(0, now - live.started))))
    if live.partial is not None and live.partial_count:
        shown = min((live.partial_index or 0) + 1, live.partial_count)
        parts.append(Content(f"preview {shown} of {live.partial_count}"))
    parts.append(Content.styled("Esc cancels", "$muted"))
    return Content.styled(" · ", "$muted").join(parts)


def home_path(path: Path) -> str:
    """The whole path with the home folder as ``~``."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)


def path_link(path: Path) -> Content:
    """The path as a link to the file, for terminals that know links."""
    text = plain(home_path(path))
    return Content(text, [Span(0, len(text), Style(link=path.as_uri()))])


def ended(turn: Turn) -> Content:
    """Why a turn ended without what was asked, and what to do next; empty for a good end."""
    lines: list[Content] = []
    if turn.note:
        lines.append(Content.styled(plain(turn.note), "$muted"))
    if turn.error:
        mark = "○" if turn.status in (Status.CANCELLED, Status.INTERRUPTED) else "✕"
        tone = "$muted" if turn.status is Status.CANCELLED else "$error"
        title = Content.styled(f"{mark} {plain(turn.error.title)}. ", tone)
        lines.append(title + Content(plain(turn.error.sentence)))
        if turn.error.hint:
            lines.append(Content.styled(plain(turn.error.hint), "$muted"))
    elif turn.status is Status.CANCELLED:
        lines.append(Content.styled("○ Cancelled. Press r to send it again.", "$muted"))
    elif turn.status is Status.INTERRUPTED:
        lines.append(
            Content.styled("○ Interrupted. ", "$warning")
            + Content("It did not finish. Press r to send it again.")
        )
    return Content("\n").join(lines)
