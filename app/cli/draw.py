"""``sfumato draw``: one turn without the screen."""

from __future__ import annotations

import asyncio
import sys
from contextlib import aclosing, closing
from dataclasses import dataclass
from pathlib import Path

from app.cli import backend, choices, drawn, output, sessions
from app.cli.arguments import Arguments
from app.cli.choices import Chosen
from app.cli.progress import Progress
from app.cli.stopping import cancel_on_signals
from app.domain.conversation import Conversation, Turn
from app.domain.errors import KeyTrouble, Refused
from app.domain.generation import ImageGateway
from app.imaging.inputs import Checked, check_file
from app.session.session import Session
from app.storage.library import Library
from app.storage.logs import logging_to

STDIN = "-"
MOST_PROMPT = 1024 * 1024
"""Bytes that are read from stdin."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be drawn, checked as far as it can be without the conversation."""

    prompt: str
    images: tuple[Checked, ...]
    mask: Checked | None
    target: Path | None
    """Where copies go."""


def run(arguments: Arguments) -> int:
    """Draws, prints what came of it and answers 0.

    Raises SfumatoError, and KeyboardInterrupt once the turn is stored as cancelled.
    """
    chosen = choices.read(arguments)
    order = _order(arguments)
    gateway = _gateway(chosen, demo=arguments.demo)
    with logging_to(chosen.places.state), closing(Library(chosen.places.data)) as library:
        conversation = _conversation(library, arguments)
        conversation_id = conversation.id
        turn = _drawn(conversation, order, chosen, library, gateway)
    drawn.require_pictures(turn)
    if order.target is not None:
        drawn.copy(turn, order.target)
    drawn.report(conversation_id, turn, as_json=arguments.json)
    for remark in (*chosen.problems, turn.note):
        if remark:
            output.complain(remark)
    return 0


def _order(arguments: Arguments) -> Order:
    """Reads and checks what was given. Raises Refused."""
    here = Path.cwd()
    target = drawn.target_from(arguments.output) if arguments.output is not None else None
    return Order(
        prompt=_from_stdin() if arguments.prompt == STDIN else arguments.prompt,
        images=tuple(check_file(here / name) for name in arguments.images),
        mask=check_file(here / arguments.mask) if arguments.mask is not None else None,
        target=target,
    )


def _from_stdin() -> str:
    """The prompt from stdin. Raises Refused when there is too much of it."""
    data = sys.stdin.buffer.read(MOST_PROMPT + 1) if sys.stdin is not None else b""
    if len(data) > MOST_PROMPT:
        raise Refused("The prompt on stdin is too long.", hint="A prompt is a text, not a file.")
    return data.decode("utf-8", "replace")


def _gateway(chosen: Chosen, *, demo: bool) -> ImageGateway:
    """The gateway to the server of choice. Raises KeyTrouble when there is none."""
    server = backend.choose(chosen.settings.base_url, demo=demo)
    if server.demo and not server.asked:
        raise KeyTrouble("There is no API key.", title="No API key")
    return backend.gateway_to(server, delay=backend.demo_delay(0.0))


def _conversation(library: Library, arguments: Arguments) -> Conversation:
    """The conversation to go on with, or a new one. Raises Refused, DiskTrouble."""
    if arguments.session is not None:
        return sessions.load(library, arguments.session)
    return sessions.load_latest(library) if arguments.resume else Conversation()


def _drawn(
    conversation: Conversation,
    order: Order,
    chosen: Chosen,
    library: Library,
    gateway: ImageGateway,
) -> Turn:
    """The turn as it ended. Raises Refused and DiskTrouble, KeyboardInterrupt when cancelled."""

    async def follow() -> Turn:
        cancel_on_signals()
        session = Session(
            conversation,
            library=library,
            gateway=gateway,
            instructions=chosen.settings.instructions,
            retries=chosen.settings.retries,
        )
        turn_id = ""
        try:
            updates = session.submit(order.prompt, chosen.options, order.images, order.mask)
            with Progress() as progress:
                async with aclosing(updates) as stream:
                    async for update in stream:
                        turn_id = update.turn_id
                        progress.show(update.live.get(turn_id))
        finally:
            await gateway.close()
        return session.conversation.turns[turn_id]

    try:
        return asyncio.run(follow())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
