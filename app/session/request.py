"""A turn → what is sent: its own pictures, and the context that it follows."""

from __future__ import annotations

from dataclasses import replace

from app.domain.context import Chain, Replay, plan, replay
from app.domain.conversation import Attachment, Conversation, Picture, Turn
from app.domain.errors import DiskTrouble, NothingToEdit
from app.domain.generation import ImageInput, ImageRequest
from app.domain.options import Action
from app.imaging.headers import MIME
from app.imaging.inputs import MAX_INPUTS
from app.storage.library import Library

SENDABLE = ("png", "jpeg", "webp", "gif")
"""Formats that the API reads; a picture in another one is not sent."""


def build(
    conversation: Conversation, turn: Turn, library: Library, *, instructions: str, rebuild: bool
) -> ImageRequest:
    """The request for ``turn``; reads files, so call it in a thread.

    ``rebuild`` leaves the server's context out and sends the last pictures instead. Raises
    NothingToEdit when an edit or a mask has lost its picture, DiskTrouble when an attachment
    cannot be read.
    """
    context = replay(conversation, turn.parent) if rebuild else plan(conversation, turn.parent)
    images = [_attached(item, library) for item in turn.references]
    masks = [_attached(item, library) for item in turn.inputs if item.mask]
    request = ImageRequest(
        prompt=turn.prompt,
        options=turn.options,
        mask=masks[0] if masks else None,
        instructions=instructions,
    )
    if isinstance(context, Replay):
        images += _readable(context.pictures[::-1], library, MAX_INPUTS - len(images))
        request = replace(request, recap=context.recap)
    else:
        request = replace(request, parent=context.response_id)
    if masks and not turn.references:
        # A mask belongs to the first picture of the input, so the picture that it was made for
        # goes along even when the server has it.
        target = _mask_target(conversation, turn, library)
        images = [target, *(item for item in images if item != target)]
    _require_target(conversation, turn, context, images)
    return replace(request, images=tuple(images))


def _attached(item: Attachment, library: Library) -> ImageInput:
    return ImageInput(item.name, item.mime, library.read(item.path))


def _readable(pictures: tuple[Picture, ...], library: Library, room: int) -> list[ImageInput]:
    """The pictures that are still there and that the API can read, newest first."""
    found: list[ImageInput] = []
    for picture in pictures:
        if picture.format not in SENDABLE or len(found) >= room:
            continue
        try:
            data = library.read(picture.path)
        except DiskTrouble:
            continue
        found.append(ImageInput(picture.path.name, MIME[picture.format], data))
    return found


def _mask_target(conversation: Conversation, turn: Turn, library: Library) -> ImageInput:
    """The picture that a mask without an attached picture is for. Raises NothingToEdit."""
    target = conversation.picture_above(turn.parent)
    found = _readable((target,), library, 1) if target else []
    if not found:
        raise NothingToEdit(
            "The picture that the mask is for cannot be sent any more.",
            hint="Attach the picture with /attach PATH, or send the prompt without the mask.",
        )
    return found[0]


def _require_target(
    conversation: Conversation, turn: Turn, context: Chain | Replay, images: list[ImageInput]
) -> None:
    """Raises NothingToEdit when an edit would be sent with no picture to change."""
    if turn.options.action is not Action.EDIT or images:
        return
    if conversation.picture_above(turn.parent) is None:
        raise NothingToEdit("The turn before this one made no picture that could be changed.")
    if not (isinstance(context, Chain) and context.response_id):
        raise NothingToEdit(
            "The picture that would be changed is not in the library any more.",
            hint="Attach a picture with /attach PATH, or change to generate with Ctrl+T.",
        )
