"""The page of an exported conversation: one HTML file, no script, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from urllib.parse import quote

from app.domain.conversation import Conversation, Picture, Status, Turn
from app.domain.options import summary
from app.domain.text import encodable, plain

STYLE = """
:root { color-scheme: light dark; --ink: #1d2126; --paper: #fbfaf8; --quiet: #636a72;
  --line: #dcd8d1; --accent: #a04f1c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e2de; --paper: #17181b; --quiet: #9a9fa6;
  --line: #34363b; --accent: #e3a16f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 3rem 1.25rem 5rem; max-width: 62rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
article { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 1.5rem; }
article.head { border-top-color: var(--accent); }
h2 { font-size: 1.1rem; margin: 0 0 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
figure { margin: 0 0 1.5rem; }
figure img { display: block; max-width: 100%; height: auto; max-height: 80vh; border-radius: 4px; }
ul.inputs { display: flex; flex-wrap: wrap; gap: .75rem; list-style: none; margin: 0 0 1rem;
  padding: 0; }
ul.inputs img { display: block; height: 5rem; width: auto; border-radius: 3px; }
figcaption, .said { max-width: 44rem; white-space: pre-wrap; overflow-wrap: anywhere; }
figcaption { margin-top: .6rem; }
.quiet { color: var(--quiet); font-size: .875rem; margin: .25rem 0; overflow-wrap: anywhere; }
.error { color: var(--accent); overflow-wrap: anywhere; }
a { color: var(--accent); }
"""
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = (
    f"default-src 'none'; img-src 'self' file:; style-src 'sha256-{STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'"
)
NOT_OPENED = frozenset({"svg", ""})
"""Formats without a link to the original: opened by themselves they could run a script."""


def page(conversation: Conversation, files: Mapping[Path, str]) -> str:
    """The page's text. ``files`` says where each library file is, relative to the page."""
    numbers = {turn_id: number for number, turn_id in enumerate(conversation.turns, 1)}
    turns = "\n".join(
        _turn(turn, numbers, files, head=turn.id == conversation.head)
        for turn in conversation.turns.values()
    )
    title = _safe(conversation.title or "Conversation")
    made = conversation.created.strftime("%Y-%m-%d")
    pictures = sum(len(turn.pictures) for turn in conversation.turns.values())
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p class="quiet">{_counted(len(numbers), "turn")}, {_counted(pictures, "picture")} · {made}</p>
</header>
<main>
{turns}
</main>
</body>
</html>
"""


def _turn(turn: Turn, numbers: Mapping[str, int], files: Mapping[Path, str], *, head: bool) -> str:
    number = numbers[turn.id]
    origin = numbers.get(turn.parent or "")
    facts = [
        f"Turn {number}",
        f"from turn {origin}" if origin and origin != number - 1 else "",
        str(turn.options.action),
        *summary(turn.options),
        turn.model or turn.options.model,
        "" if turn.status is Status.DONE else str(turn.status),
    ]
    parts = [
        f'<article id="turn-{number}"{" class=head" if head else ""}>',
        f'<p class="quiet">{_dotted(facts)}</p>',
        f"<h2>{_safe(turn.prompt)}</h2>",
        _inputs(turn, files),
        *(_picture(picture, turn.prompt, files) for picture in turn.pictures),
        f'<p class="said">{_safe(turn.said)}</p>' if turn.said.strip() else "",
        f'<p class="quiet">{_safe(turn.note)}</p>' if turn.note else "",
        f'<p class="error">{_safe(turn.error.sentence)}</p>' if turn.error else "",
        "</article>",
    ]
    return "\n".join(part for part in parts if part)


def _inputs(turn: Turn, files: Mapping[Path, str]) -> str:
    items = [
        f'<li><img src="{_address(files[item.path])}" alt="{_safe(item.name)}">'
        f'<span class="quiet">{_safe(item.name)}{" (mask)" if item.mask else ""}</span></li>'
        if item.path in files
        else f'<li class="quiet">{_safe(item.name)} (missing)</li>'
        for item in turn.inputs
    ]
    return f'<ul class="inputs">{"".join(items)}</ul>' if items else ""


def _picture(picture: Picture, prompt: str, files: Mapping[Path, str]) -> str:
    facts = [
        picture.action or "",
        f"{picture.width}x{picture.height}" if picture.width else "",
        picture.format,
        picture.quality or "",
        "favourite" if picture.favourite else "",
    ]
    words = _safe(picture.revised_prompt or "")
    caption = f'{words}<p class="quiet">{_dotted(facts)}</p>'
    return f"<figure>{_image(picture, prompt, files)}<figcaption>{caption}</figcaption></figure>"


def _image(picture: Picture, prompt: str, files: Mapping[Path, str]) -> str:
    if picture.path not in files:
        return '<p class="quiet">The picture was not in the library any more.</p>'
    place = _address(files[picture.path])
    size = f' width="{picture.width}" height="{picture.height}"' if picture.width else ""
    image = f'<img src="{place}" alt="{_safe(picture.revised_prompt or prompt)}"{size}>'
    return image if picture.format in NOT_OPENED else f'<a href="{place}">{image}</a>'


def _safe(text: str) -> str:
    """Text from outside as HTML: no markup, and nothing that turns the reading order around."""
    return escape(plain(text))


def _address(place: str) -> str:
    """A place in the folder as a relative address."""
    return quote(encodable(place))


def _dotted(facts: Iterable[str]) -> str:
    return " · ".join(_safe(fact) for fact in facts if fact)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
