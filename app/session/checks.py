"""What is refused here, before a turn exists: nothing is stored and nothing is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.domain import options as option_rules
from app.domain.conversation import Conversation
from app.domain.errors import BadInput, NothingToEdit, Refused
from app.domain.options import Action, Options
from app.imaging.inputs import MAX_INPUTS


class CheckedPicture(Protocol):
    """An attached picture that imaging has checked: upright, in pixels, as the bytes to send."""

    @property
    def name(self) -> str: ...
    @property
    def mime(self) -> str: ...
    @property
    def data(self) -> bytes: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def has_alpha(self) -> bool: ...


def check_turn(
    conversation: Conversation, parent: str | None, prompt: str, options: Options, inputs: int
) -> None:
    """Checks what a turn from ``parent`` with so many attached pictures would send.

    Raises Refused, BadOption, BadInput or NothingToEdit. An edit of a turn that is still running
    passes: its picture may come.
    """
    if not prompt.strip():
        raise Refused("There are no words to send yet.", hint="Say what you would like to see.")
    option_rules.check(options)
    if inputs > MAX_INPUTS:
        raise BadInput(
            f"{inputs} pictures are attached, and the API takes at most {MAX_INPUTS}.",
            hint="Take some off with /detach.",
        )
    waiting = parent is not None and conversation.turns[parent].status.open
    if options.action is Action.EDIT and not inputs and not waiting:
        require_target(conversation, parent)


def require_target(conversation: Conversation, parent: str | None) -> None:
    """Raises NothingToEdit when there is no picture on the way to ``parent``."""
    if conversation.picture_above(parent) is None:
        raise NothingToEdit("There is no picture to change in this conversation yet.")


def check_mask(
    conversation: Conversation,
    parent: str | None,
    mask: CheckedPicture,
    inputs: Sequence[CheckedPicture],
) -> None:
    """Checks that a mask fits the picture that it is for: the first attached one, or the last made.

    Raises BadInput or NothingToEdit.
    """
    if not mask.has_alpha:
        raise BadInput(
            f"The mask {mask.name} has no transparency.",
            hint="What is transparent in a mask is drawn anew; save it as PNG with alpha.",
        )
    if not inputs:
        require_target(conversation, parent)
    target = inputs[0] if inputs else conversation.picture_above(parent)
    if target is None or not target.width or not target.height:
        return
    if (mask.width, mask.height) != (target.width, target.height):
        raise BadInput(
            f"The mask is {mask.width}x{mask.height}, "
            f"but the picture is {target.width}x{target.height}.",
            hint="A mask has exactly the size of the picture it is for.",
        )
