"""What the borders and the header say: the action, the options, the attachments, the totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from textual.content import Content

from app.domain.conversation import Conversation
from app.domain.options import Options, summary
from app.domain.text import plain


class Sized(Protocol):
    """A picture with a name and its size in pixels."""

    @property
    def name(self) -> str:
        """The file's name; outside text."""
        ...

    @property
    def width(self) -> int:
        """Pixels."""
        ...

    @property
    def height(self) -> int:
        """Pixels."""
        ...


def prompt_title(options: Options, target: str, state: str) -> Content:
    """The left of the prompt's border: the action, what it starts from, what runs now."""
    parts = [Content.styled(f"{options.action}", f"bold $action-{options.action}")]
    if target:
        parts.append(Content.styled(f" ← {plain(target)}", "$accent"))
    if state:
        parts.append(Content.styled(f" · {plain(state)}", "$muted"))
    return Content("").join(parts)


def prompt_subtitle(options: Options, references: int, mask: bool) -> Content:
    """The right of the prompt's border: model, chosen options, number of references."""
    parts = [options.model, *summary(options)]
    if references:
        parts.append(f"{references} reference" + ("s" if references > 1 else ""))
    if mask:
        parts.append("mask")
    return Content.styled(plain(" · ".join(parts)), "$muted")


def pictures_line(pictures: Sequence[Sized], mask: Sized | None = None) -> Content:
    """Pictures given with a prompt, by name and size, in the order in which they are sent."""
    items = [(item, "") for item in pictures] + ([(mask, " mask")] if mask else [])
    return Content("   ").join(
        Content.assemble(
            ("◫ ", "$accent"),
            plain(item.name),
            (f" {item.width}x{item.height}{role}", "$muted"),
        )
        for item, role in items
    )


def totals(conversation: Conversation) -> Content:
    """The right of the header: pictures and tokens."""
    pictures, tokens = conversation.turns.pictures, conversation.turns.tokens
    parts = []
    if pictures:
        parts.append(Content(f"{pictures} picture" + ("s" if pictures > 1 else "")))
    if tokens:
        parts.append(Content(f"{tokens:,} tokens"))
    return Content(" · ").join(parts)
