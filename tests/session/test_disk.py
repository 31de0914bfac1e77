"""A disk that is full or slow, and a program that ends while a turn runs."""

from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from app.api.gateway import OpenAIGateway
from app.domain.conversation import Conversation, Picture, Status, Turn
from app.domain.errors import DiskTrouble
from app.domain.generation import Final
from app.session.board import Sleep
from app.session.session import Session
from app.storage.library import Library
from tests.events import opening, partial_event, picture_events
from tests.fakes import FakeApi, json_error, png, sse
from tests.session.steps import EDIT, GENERATE, Following, Naps, attached, finish, watch


class FullDisk(Library):
    """A library that has no room for turns, pictures or previews, as ``full`` says."""

    full: tuple[str, ...] = ()

    def _refuse(self, what: str) -> None:
        if what in self.full:
            raise DiskTrouble("The disk is full.")

    def save(self, conversation: Conversation, turn: Turn) -> None:
        self._refuse("turns")
        super().save(conversation, turn)

    def keep(self, turn: Turn, final: Final, **facts: Any) -> Picture:
        self._refuse("pictures")
        return super().keep(turn, final, **facts)

    def keep_partial(self, turn_id: str, data: bytes, format: str) -> Path:  # noqa: A002
        self._refuse("previews")
        return super().keep_partial(turn_id, data, format)


class SlowDisk(Library):
    """A library that keeps attachments and previews only when it may."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.begun = threading.Event()
        self.may = threading.Event()

    def _wait(self) -> None:
        self.begun.set()
        self.may.wait(5)

    def keep_input(self, data: bytes, name: str, mime: str) -> tuple[Path, str]:
        self._wait()
        return super().keep_input(data, name, mime)

    def keep_partial(self, turn_id: str, data: bytes, format: str) -> Path:  # noqa: A002
        self._wait()
        return super().keep_partial(turn_id, data, format)


def opened(library: Library, gateway: OpenAIGateway, sleep: Sleep = asyncio.sleep) -> Session:
    return Session(Conversation(), library=library, gateway=gateway, sleep=sleep)


async def test_what_cannot_be_stored_is_not_sent_and_its_words_stay(
    tmp_path: Path, gateway: OpenAIGateway, fake_api: FakeApi
) -> None:
    library = FullDisk(tmp_path / "full")
    library.full = ("turns",)
    session = opened(library, gateway)
    with pytest.raises(DiskTrouble, match="full"):
        await finish(session.submit("a fox", GENERATE))
    (turn,) = session.conversation.turns.values()
    assert (turn.prompt, turn.status) == ("a fox", Status.FAILED)
    assert turn.error is not None
    assert turn.error.kind == "DiskTrouble"
    assert fake_api.requests == []
    assert session.running() == ()
    library.close()


async def test_a_picture_waits_until_the_disk_has_room(
    tmp_path: Path, gateway: OpenAIGateway, fake_api: FakeApi
) -> None:
    library = FullDisk(tmp_path / "full")
    library.full = ("pictures",)
    naps = Naps()

    async def made_room(seconds: float) -> None:
        await naps(seconds)
        library.full = () if len(naps.taken) == 4 else library.full

    session = opened(library, gateway, made_room)
    updates = await watch(session.submit("a fox", GENERATE))
    turn = session.conversation.turns[updates[-1].turn_id]
    assert (turn.status, len(turn.pictures)) == (Status.DONE, 1)
    assert sum(naps.taken) == 2 + 4
    waits = [live for update in updates for live in update.live.values() if live.retry_in]
    assert {live.stage for live in waits} == {"The disk is full; waiting to save the picture again"}
    assert len(fake_api.requests) == 1
    library.close()


async def test_a_picture_that_cannot_be_kept_fails_the_turn(
    tmp_path: Path, gateway: OpenAIGateway, naps: Naps, fake_api: FakeApi
) -> None:
    library = FullDisk(tmp_path / "full")
    library.full = ("pictures",)
    session = opened(library, gateway, naps)
    turn = await finish(session.submit("a fox", GENERATE))
    assert (turn.status, turn.error and turn.error.kind) == (Status.FAILED, "DiskTrouble")
    assert turn.error is not None
    assert turn.error.sentence.startswith("The picture came, but could not be saved.")
    assert library.load(session.conversation.id).turns[turn.id] == turn
    library.close()


async def test_waiting_for_room_can_be_cancelled(
    tmp_path: Path, gateway: OpenAIGateway, fake_api: FakeApi
) -> None:
    library = FullDisk(tmp_path / "full")
    library.full = ("pictures",)
    session = opened(library, gateway)
    running = Following(session, session.submit("a fox", GENERATE))
    await running.until_stage("The disk is full; waiting to save the picture again")
    await running.cancel()
    assert running.turn.status is Status.CANCELLED
    library.close()


async def test_a_paid_turn_goes_on_while_it_cannot_be_stored(
    tmp_path: Path, gateway: OpenAIGateway, fake_api: FakeApi
) -> None:
    library = FullDisk(tmp_path / "full")
    session = opened(library, gateway)
    fake_api.answer(sse(picture_events(png())).slowly(0.02))
    running = Following(session, session.submit("a fox", GENERATE))
    await running.until(lambda: fake_api.requests)
    library.full = ("turns",)
    await running.until(lambda: running.turn.pictures)
    library.full = ()
    turn = await running.end()
    assert turn.status is Status.DONE
    assert library.load(session.conversation.id).turns[turn.id] == turn
    library.close()


async def test_a_preview_that_cannot_be_kept_does_no_harm(
    tmp_path: Path, gateway: OpenAIGateway, fake_api: FakeApi
) -> None:
    library = FullDisk(tmp_path / "full")
    library.full = ("previews",)
    session = opened(library, gateway)
    fake_api.answer(sse([*opening(), partial_event(png())]).slowly(0.01))
    turn = await finish(session.submit("a fox", GENERATE))
    assert (turn.status, turn.partial) == (Status.INTERRUPTED, None)
    library.close()


async def test_what_waits_is_not_sent_even_when_the_failure_came_while_it_was_stored(
    tmp_path: Path, gateway: OpenAIGateway, fake_api: FakeApi
) -> None:
    library = SlowDisk(tmp_path / "slow")
    session = opened(library, gateway)
    fake_api.answer(sse(opening()).hang_after(2))
    first = Following(session, session.submit("a fox", GENERATE))
    await first.until_stage("thinking")
    second = Following(session, session.submit("a hat", EDIT, [attached(png(), "hat.png")]))
    await first.until(library.begun.is_set)
    await first.cancel()
    assert [turn.prompt for turn in session.running()] == ["a hat"]
    library.may.set()
    turn = await second.end()
    assert (turn.status, turn.error and turn.error.kind) == (Status.CANCELLED, "NotSent")
    assert len(fake_api.requests) == 1
    library.close()


async def test_a_cancel_while_attachments_are_stored_keeps_them(
    tmp_path: Path, gateway: OpenAIGateway, fake_api: FakeApi
) -> None:
    library = SlowDisk(tmp_path / "slow")
    session = opened(library, gateway)
    running = Following(session, session.submit("a hat", EDIT, [attached(png(), "hat.png")]))
    await running.until(library.begun.is_set)
    cancelling = asyncio.create_task(running.cancel())
    await asyncio.sleep(0.02)
    library.may.set()
    await cancelling
    (turn,) = library.load(session.conversation.id).turns.values()
    assert turn.status is Status.CANCELLED
    assert [item.name for item in turn.inputs] == ["hat.png"]
    assert fake_api.requests == []
    library.close()


async def test_a_program_that_ends_stores_the_end_of_its_turns(
    tmp_path: Path, gateway: OpenAIGateway, fake_api: FakeApi
) -> None:
    library = SlowDisk(tmp_path / "slow")
    session = opened(library, gateway)
    fake_api.answer(sse([*opening(), partial_event(png())]).hang_after(3))
    running = Following(session, session.submit("a fox", GENERATE))
    await running.until(library.begun.is_set)
    # As asyncio.run does at the end: all tasks at once, the session's own among them.
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    library.may.set()
    await running.until(lambda: session.running() == ())
    assert library.load(session.conversation.id).turns[running.turn.id].status is Status.CANCELLED
    library.close()


async def test_leaving_as_soon_as_it_is_done_leaves_nothing_half_done(
    library: Library, session: Session, fake_api: FakeApi
) -> None:
    fake_api.answer(sse(picture_events(png(), partials=[png()])).slowly(0.01))
    async with aclosing(session.submit("a fox", GENERATE)) as updates:
        async for update in updates:
            turn = update.conversation.turns[update.turn_id]
            if turn.status is Status.DONE:
                break
    assert library.load(session.conversation.id).turns[turn.id].status is Status.DONE
    assert list((library.folder / "partials").iterdir()) == []


async def test_a_failed_send_leaves_the_queue_usable(session: Session, fake_api: FakeApi) -> None:
    fake_api.answer(json_error(400, "No."))
    await finish(session.submit("a fox", GENERATE))
    async with aclosing(session.submit("a hare", GENERATE)) as updates:
        last = [update async for update in updates][-1]
    assert last.conversation.turns[last.turn_id].status is Status.DONE
