"""A program that uses a library without pause until it is killed, and says what it has done.

``python -m tests.storage.busy_writer FOLDER``. Each line on stdout is printed after what it tells
has happened: ``partial TURN``, ``picture TURN PATH SHA256``, ``done CONVERSATION TURN``.
"""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

from app.domain.conversation import Conversation, Status, Turn, new_id, now
from app.domain.generation import Final
from app.storage.library import Library


def preview(turn_id: str, number: int) -> bytes:
    """The bytes of a preview, so that a torn one is seen."""
    return f"{turn_id} {number}".encode() * 500


def say(*words: object) -> None:
    print(*words, flush=True)


def draw(library: Library, conversation: Conversation, number: int) -> Conversation:
    """One turn from its prompt to its picture, as a session does it."""
    turn = Turn(new_id(), conversation.head, f"a fox, number {number}", status=Status.RUNNING)
    conversation = conversation.with_turn(turn, move=True)
    library.save(conversation, turn)
    say("running", conversation.id, turn.id)
    for at in range(3):
        library.keep_partial(turn.id, preview(turn.id, at), "png")
        say("partial", turn.id)
    picture = library.keep(turn, Final("ig_1", random.randbytes(60_000)), format="png")
    say("picture", turn.id, picture.path, picture.sha256)
    turn = replace(turn, status=Status.DONE, pictures=(picture,), finished=now())
    conversation = conversation.with_turn(turn)
    library.save(conversation, turn)
    say("done", conversation.id, turn.id)
    library.drop_partial(turn.id)
    return conversation


def main() -> None:
    library = Library(Path(sys.argv[1]))
    conversation = Conversation()
    for number in count():
        conversation = draw(library, conversation, number)


if __name__ == "__main__":
    main()
