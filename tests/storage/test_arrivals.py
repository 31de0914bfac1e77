"""A process that ends between a picture's file and its row leaves nothing behind that is lost."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.conversation import Conversation, Picture, Status, Turn, new_id, now
from app.domain.generation import Final
from app.storage.database import connect, transaction
from app.storage.library import DATABASE, Library
from tests.storage.turns import kept, saved

FOX = Turn(new_id(), None, "a fox", status=Status.RUNNING, response_id="resp_1")
EVERY_FACT = Final("ig_1", b"fox", "A red fox.", "edit", "64x48", "high", "opaque", "png")


def reopened(folder: Path, conversation: Conversation) -> Turn:
    """The fox's turn, as the next program finds it, twice the same."""
    with closing(Library(folder)) as library:
        turn = library.load(conversation.id).turns[FOX.id]
        assert library.load(conversation.id).turns[FOX.id] == turn
        return turn


def arrivals(folder: Path) -> int:
    with closing(connect(folder / DATABASE)) as db:
        return int(db.execute("SELECT COUNT(*) FROM arrivals").fetchone()[0])


def test_a_picture_that_was_kept_but_not_saved_comes_back_with_all_its_facts(folder: Path) -> None:
    with closing(Library(folder)) as library:
        conversation = saved(library, FOX)
        preview = library.keep_partial(FOX.id, b"half", "png")
        picture = library.keep(FOX, EVERY_FACT, format="png", width=64, height=48)
        after = now()

    fox = reopened(folder, conversation)

    assert picture == Picture(
        path=picture.path,
        sha256=picture.sha256,
        format="png",
        width=64,
        height=48,
        revised_prompt="A red fox.",
        action="edit",
        size="64x48",
        quality="high",
        background="opaque",
        call_id="ig_1",
    )
    assert fox.finished is not None
    assert FOX.created < fox.finished < after
    ended = replace(FOX, status=Status.INTERRUPTED, pictures=(picture,), finished=fox.finished)
    assert fox == ended
    assert not preview.exists()
    assert arrivals(folder) == 0
    with closing(Library(folder)) as library:
        [listed] = library.list()
        assert (listed.pictures, listed.last_picture) == (1, picture.path)


def test_it_joins_the_pictures_that_were_saved_before_it(folder: Path) -> None:
    with closing(Library(folder)) as library:
        first = kept(library, b"one", FOX)
        conversation = saved(library, replace(FOX, pictures=(first,)))
        others = [kept(library, data, FOX) for data in (b"two", b"three", b"one")]

    assert reopened(folder, conversation).pictures == (first, *others[:2])


def test_a_saved_picture_is_shown_though_the_answer_never_ended(folder: Path) -> None:
    with closing(Library(folder)) as library:
        library.keep_partial(FOX.id, b"half", "png")
        turn = replace(FOX, pictures=(kept(library, b"fox", FOX),))
        conversation = saved(library, turn)

    fox = reopened(folder, conversation)
    assert (fox.status, fox.pictures, fox.partial) == (Status.INTERRUPTED, turn.pictures, None)


@pytest.mark.parametrize("file", [None, b"", b"fo", b"another"])
def test_a_file_that_is_missing_or_has_other_bytes_is_not_taken(
    folder: Path, file: bytes | None
) -> None:
    with closing(Library(folder)) as library:
        conversation = saved(library, FOX)
        picture = kept(library, b"fox", FOX)
        preview = library.keep_partial(FOX.id, b"half", "png")
    picture.path.unlink()
    if file is not None:
        picture.path.write_bytes(file)

    fox = reopened(folder, conversation)
    assert (fox.status, fox.pictures, fox.partial) == (Status.INTERRUPTED, (), preview)
    assert arrivals(folder) == 0


def test_a_file_elsewhere_is_not_taken(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "fox.png").write_bytes(b"fox")
    with closing(Library(folder)) as library:
        conversation = saved(library, FOX)
        kept(library, b"fox", FOX)
    with closing(connect(folder / DATABASE)) as db:
        db.execute("UPDATE arrivals SET path = 'pictures/../../fox.png'")

    assert reopened(folder, conversation).pictures == ()


def test_a_turn_that_ended_has_what_it_was_saved_with(folder: Path) -> None:
    with closing(Library(folder)) as library:
        conversation = saved(library, FOX)
        kept(library, b"fox", FOX)
        failed = replace(FOX, status=Status.FAILED, finished=now())
        library.save(conversation, failed)

    assert reopened(folder, conversation) == failed
    assert arrivals(folder) == 0


def test_a_turn_that_runs_in_another_window_is_left_to_it(folder: Path) -> None:
    with closing(Library(folder)) as one, closing(Library(folder)) as two:
        conversation = saved(one, FOX)
        picture = kept(one, b"fox", FOX)
        assert two.load(conversation.id).turns[FOX.id] == FOX
        saved(one, replace(FOX, pictures=(picture,)), to=conversation)
        assert two.load(conversation.id).turns[FOX.id].pictures == (picture,)


def test_a_busy_database_does_not_cost_the_picture(folder: Path) -> None:
    with closing(Library(folder)) as library, closing(connect(folder / DATABASE)) as other:
        library._db.execute("PRAGMA busy_timeout = 0")
        with transaction(other):
            picture = kept(library, b"fox", FOX)
        assert library.read(picture.path) == b"fox"
