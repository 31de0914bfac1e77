"""What is saved of a conversation comes back, and what is damaged is told."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.domain.conversation import (
    Attachment,
    Conversation,
    Picture,
    Status,
    Turn,
    Usage,
    new_id,
    now,
)
from app.domain.errors import DiskTrouble, Failure, ServerTrouble
from app.domain.options import Action, Options
from app.storage.library import DATABASE, Library
from tests.storage.turns import drawn, kept, saved

ODD = "tab\tbell\x07 \x1b[31m\u202e 🦊👩‍👩‍👧 'quote\" é\r\n; DROP TABLE turns"


EVERY_OPTION = Options(
    action=Action.EDIT,
    model="gpt-6-luna",
    image_model="gpt-image-2.6-flare",
    size="1536x1024",
    quality="high",
    format="webp",
    compression="80",
    background="opaque",
    partials="3",
)
EVERY_FACT: dict[str, Any] = {
    "width": 1536,
    "height": 1024,
    "revised_prompt": ODD,
    "action": "edit",
    "size": "1536x1024",
    "quality": "high",
    "background": "opaque",
    "call_id": "ig_1",
    "favourite": True,
}


def full(library: Library) -> Turn:
    """A turn with something in every field."""
    empty = Turn(id="0123456789ab", parent=None, prompt=ODD)
    picture = kept(library, b"\x89PNG", empty)
    given, given_sha = library.keep_input(b"\xff\xd8", ODD, "image/jpeg")
    return replace(
        empty,
        options=EVERY_OPTION,
        inputs=(
            Attachment(ODD, given, given_sha, "image/jpeg", 640, 480),
            Attachment("mask.png", given, given_sha, "image/png", 640, 480, mask=True),
        ),
        status=Status.DONE,
        response_id="resp_1",
        pictures=(replace(picture, **EVERY_FACT), Picture(picture.path, picture.sha256, "")),
        said=ODD,
        usage=Usage(1, 2, 3, 4),
        note=ODD,
        model="gpt-6-luna-2026",
        partial=library.keep_partial("0123456789ab", b"half", "png"),
        created=datetime(2026, 11, 22, 12, 0, 0, 7, tzinfo=UTC),
        finished=datetime(2026, 11, 22, 12, 0, 41, tzinfo=UTC),
    )


def test_everything_of_a_conversation_comes_back(library: Library) -> None:
    first = full(library)
    second = Turn(
        id=new_id(),
        parent=first.id,
        prompt="",
        status=Status.FAILED,
        error=ServerTrouble(ODD).failure(),
        finished=now(),
    )

    conversation = saved(library, first, second).at(first.id)
    library.save_head(conversation)

    assert library.load(conversation.id) == conversation
    assert library.load(conversation.id).turns[second.id].error == Failure(
        "ServerTrouble", "Server trouble", ODD, ServerTrouble.hint
    )


def test_text_that_is_not_utf8_is_kept_as_far_as_it_can_be(library: Library) -> None:
    turn = Turn(
        id=new_id(),
        parent=None,
        prompt="half \ud83e a fox, whole \ud83e\udd8a",
        status=Status.FAILED,
        error=Failure("ServerTrouble", "Title", "\udcff"),
        said="\udcff",
        finished=now(),
    )
    conversation = saved(library, turn)
    library.rename(conversation.id, "a \udcff title")

    loaded = library.load(conversation.id)
    assert loaded.turns[turn.id].prompt == "half \ufffd a fox, whole 🦊"
    assert loaded.turns[turn.id].said == "\ufffd"
    assert loaded.turns[turn.id].error == Failure("ServerTrouble", "Title", "\ufffd")
    assert loaded.title == "a \ufffd title"


def test_a_turn_advances_and_saving_again_changes_nothing(library: Library) -> None:
    turn = Turn(id=new_id(), parent=None, prompt="a fox")
    conversation = saved(library, turn)
    running = replace(turn, status=Status.RUNNING, response_id="resp_1")
    conversation = saved(library, running, to=conversation)
    assert library.load(conversation.id) == conversation

    done = replace(drawn(library, "a fox"), id=turn.id, created=turn.created)
    conversation = saved(library, done, to=conversation)
    for _ in range(2):
        library.save(conversation, done)
        assert library.load(conversation.id) == conversation


def test_a_late_save_does_not_open_a_turn_that_ended(library: Library) -> None:
    running = Turn(id=new_id(), parent=None, prompt="a fox", status=Status.RUNNING)
    conversation = saved(library, running)
    done = replace(running, status=Status.CANCELLED, finished=now())
    library.save(conversation.with_turn(done), done)
    library.save(conversation, running)

    assert library.load(conversation.id).turns[running.id] == done


def test_ancestors_that_were_never_saved_are_saved_along(library: Library) -> None:
    first = drawn(library, "a fox")
    second = drawn(library, "at night", first)
    conversation = Conversation().with_turn(first).with_turn(second, move=True)
    library.save(conversation, second)

    assert library.load(conversation.id) == conversation


def test_turns_keep_their_order(library: Library) -> None:
    first = drawn(library, "0")
    others = [drawn(library, str(number), first) for number in range(1, 12)]
    conversation = saved(library, first, *others)
    library.save(conversation, others[3])

    assert [turn.prompt for turn in library.load(conversation.id).turns.values()] == [
        str(number) for number in range(12)
    ]


def test_everything_is_private(library: Library, folder: Path) -> None:
    saved(library, drawn(library, "a fox"))
    library.keep_input(b"x", "x.png", "image/png")
    library.keep_partial(new_id(), b"x", "png")

    found = [folder, *folder.rglob("*")]
    names = {path.name for path in found}
    assert {DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", "pictures", "inputs"} <= names
    for path in found:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_an_unknown_conversation_is_told(library: Library) -> None:
    with pytest.raises(DiskTrouble, match="There is no conversation 'nope'"):
        library.load("nope")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE turns SET status = 'odd'",
        "UPDATE turns SET options = '[]x'",
        "UPDATE turns SET usage = '{\"odd\": 1}'",
        "UPDATE turns SET created = 'noon'",
        "UPDATE pictures SET path = '/etc/passwd'",
        "UPDATE pictures SET path = 'pictures/../../x'",
    ],
)
def test_a_damaged_record_is_told(library: Library, folder: Path, change: str) -> None:
    conversation = saved(library, replace(drawn(library, "a fox"), usage=Usage()))
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        db.execute(change)
        db.commit()
    with pytest.raises(DiskTrouble, match=r"damaged|not in the library"):
        library.load(conversation.id)


def test_a_closed_library_says_so_and_can_be_closed_again(folder: Path) -> None:
    library = Library(folder)
    library.close()
    library.close()
    with pytest.raises(DiskTrouble, match="closed"):
        library.list()
