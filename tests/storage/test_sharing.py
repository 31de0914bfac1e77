"""Several windows on one library, and what becomes of turns whose window is gone."""

from __future__ import annotations

import os
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.conversation import (
    Status,
    Turn,
    new_id,
    now,
)
from app.domain.errors import DiskTrouble
from app.storage import marks
from app.storage.database import connect, transaction
from app.storage.library import DATABASE, LOCKS, Library
from app.storage.marks import guarded
from tests.storage.turns import drawn, saved


def test_open_turns_of_a_closed_library_are_interrupted_with_their_preview(folder: Path) -> None:
    with closing(Library(folder)) as library:
        turns = [
            Turn(id=new_id(), parent=None, prompt="a fox", status=Status.RUNNING),
            Turn(id=new_id(), parent=None, prompt="a cat", status=Status.PENDING),
        ]
        conversation = saved(library, *turns)
        partial = library.keep_partial(turns[0].id, b"half", "png")
        assert library.load(conversation.id) == conversation
    later = now()
    os.utime(partial, (later.timestamp() + 5,) * 2)

    with closing(Library(folder)) as library:
        fox, cat = library.load(conversation.id).turns.values()
        assert (fox.status, fox.partial) == (Status.INTERRUPTED, partial)
        assert (cat.status, cat.partial) == (Status.INTERRUPTED, None)
        assert fox.finished is not None
        assert abs(fox.finished - later - timedelta(seconds=5)) < timedelta(milliseconds=1)
        assert cat.finished is not None
        assert cat.created <= cat.finished <= later
        assert list(library.load(conversation.id).turns.values()) == [fox, cat]

        recovered = replace(fox, status=Status.DONE, response_id="resp_1", finished=now())
        library.save(library.load(conversation.id), recovered)
        assert library.load(conversation.id).turns[fox.id] == recovered


def test_turns_that_run_in_another_window_go_on(folder: Path) -> None:
    with closing(Library(folder)) as one, closing(Library(folder)) as two:
        running = Turn(id=new_id(), parent=None, prompt="a fox", status=Status.RUNNING)
        conversation = saved(one, running)
        assert two.load(conversation.id) == conversation

        done = replace(drawn(one, "a fox"), id=running.id, created=running.created)
        conversation = saved(one, done, to=conversation)
        assert two.load(conversation.id) == conversation


def test_two_windows_and_many_threads_write_at_once(folder: Path) -> None:
    with closing(Library(folder)) as one, closing(Library(folder)) as two:
        root = drawn(one, "root")
        conversation = saved(one, root)
        failures: list[BaseException] = []

        def work(library: Library, name: str) -> None:
            try:
                for number in range(5):
                    saved(library, drawn(library, f"{name}{number}", root), to=conversation)
                    library.load(conversation.id)
                    library.list()
            except BaseException as error:
                failures.append(error)
                raise

        threads = [
            threading.Thread(target=work, args=(library, name))
            for library, name in ((one, "a"), (one, "b"), (two, "c"), (two, "d"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failures == []
        loaded = one.load(conversation.id)
        assert loaded == two.load(conversation.id)
        assert {turn.prompt for turn in loaded.turns.values()} == {
            "root",
            *(f"{name}{number}" for name in "abcd" for number in range(5)),
        }


def test_a_library_is_opened_by_one_program_at_a_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Library(folder).close()
    with guarded(folder / LOCKS):
        monkeypatch.setattr(marks, "GUARD_SECONDS", 0.05)
        with pytest.raises(DiskTrouble, match="Another Sfumato is busy"):
            Library(folder)
    Library(folder).close()


def test_two_windows_that_wait_for_long_say_so(folder: Path) -> None:
    with closing(Library(folder)) as one, closing(connect(folder / DATABASE)) as other:
        one.rename("nobody", "quick")
        one._db.execute("PRAGMA busy_timeout = 0")
        with (
            transaction(other),
            pytest.raises(DiskTrouble, match=r"busy in another program: .*library\.db"),
        ):
            one.rename("nobody", "slow")
