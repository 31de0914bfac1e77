"""Moving in the tree of turns and changing it: siblings, forks, marks, deletions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.api.gateway import OpenAIGateway
from app.domain.conversation import Status
from app.domain.errors import Refused
from app.session.session import Session
from app.storage.library import Library
from tests.events import opening
from tests.fakes import FakeApi, hang, json_error, png, sse
from tests.session.steps import (
    AUTO,
    EDIT,
    GENERATE,
    GREEN,
    RED,
    Following,
    attached,
    finish,
    pictures_sent,
)


async def test_a_retry_is_a_sibling_with_the_same_words_and_pictures(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    root = await finish(session.submit("a fox", GENERATE))
    given = [attached(png(RED), "fox.png"), attached(png(GREEN), "hare.png")]
    fake_api.answer(json_error(500, "Sorry."))
    failed = await finish(session.submit("both together", EDIT, given))
    again = await finish(session.retry(failed.id))
    assert failed.status is Status.FAILED
    assert (again.parent, again.prompt, again.inputs, again.options) == (
        root.id,
        "both together",
        failed.inputs,
        EDIT,
    )
    assert again.status is Status.DONE
    assert session.conversation.siblings(again.id) == (failed, again)
    assert session.conversation.head == again.id
    assert fake_api.requests[1].body == fake_api.requests[2].body
    assert pictures_sent(fake_api.requests[2]) == [item.data for item in given]
    larger = await finish(session.retry(again.id, replace(EDIT, size="1536x1024")))
    assert fake_api.requests[3].tool["size"] == "1536x1024"
    assert library.load(session.conversation.id).turns[larger.id] == larger


async def test_a_retry_whose_attachment_is_gone_fails_and_sends_nothing(
    session: Session, fake_api: FakeApi
) -> None:
    first = await finish(session.submit("a fox", EDIT, [attached(png(), "fox.png")]))
    first.inputs[0].path.unlink()
    again = await finish(session.retry(first.id))
    assert (again.status, again.error and again.error.kind) == (Status.FAILED, "DiskTrouble")
    assert len(fake_api.requests) == 1


async def test_a_fork_has_the_earlier_turn_as_its_parent(
    session: Session, fake_api: FakeApi
) -> None:
    first = await finish(session.submit("a fox", GENERATE))
    await finish(session.submit("make it night", EDIT))
    fork = await finish(session.submit("make it snow", EDIT, parent=first.id))
    assert fork.parent == first.id
    assert fake_api.requests[2].body["previous_response_id"] == "resp_1"
    fresh = await finish(session.submit("a hare", GENERATE, parent=None))
    assert fresh.parent is None
    assert "previous_response_id" not in fake_api.requests[3].body


async def test_stepping_to_a_sibling_lands_on_its_newest_tip_and_is_remembered(
    session: Session, library: Library
) -> None:
    first = await finish(session.submit("a fox", GENERATE))
    night = await finish(session.submit("make it night", EDIT))
    moon = await finish(session.submit("with a moon", EDIT))
    snow = await finish(session.submit("make it snow", EDIT, parent=first.id))
    assert (await session.step_sibling(snow.id, -1)).head == moon.id
    assert library.load(session.conversation.id).head == moon.id
    assert (await session.step_sibling(night.id, -1)).head == moon.id
    assert (await session.step_sibling(night.id, +1)).head == snow.id
    assert (await session.step_sibling(first.id, +1)).head == snow.id
    assert (await session.go_to(first.id)).head == first.id
    assert library.load(session.conversation.id).head == first.id
    with pytest.raises(KeyError):
        await session.go_to("nowhere")


async def test_another_session_goes_on_where_this_one_stopped(
    session: Session, library: Library, gateway: OpenAIGateway, fake_api: FakeApi
) -> None:
    await finish(session.submit("a fox", GENERATE))
    later = Session(library.load(session.conversation.id), library=library, gateway=gateway)
    await finish(later.submit("make it night", EDIT))
    assert fake_api.requests[1].body["previous_response_id"] == "resp_1"


async def test_a_favourite_is_marked_and_unmarked(session: Session, library: Library) -> None:
    turn = await finish(session.submit("a fox", GENERATE))
    await session.favourite(turn.id)
    assert session.conversation.turns[turn.id].pictures[0].favourite
    assert library.load(session.conversation.id).turns[turn.id].pictures[0].favourite
    await session.favourite(turn.id, turn.pictures[0].sha256)
    assert not library.load(session.conversation.id).turns[turn.id].pictures[0].favourite
    with pytest.raises(Refused, match="no picture"):
        await session.favourite(turn.id, "0" * 64)


async def test_deleted_turns_come_back_in_their_places(session: Session, library: Library) -> None:
    first = await finish(session.submit("a fox", GENERATE))
    night = await finish(session.submit("make it night", EDIT))
    moon = await finish(session.submit("with a moon", EDIT))
    snow = await finish(session.submit("make it snow", EDIT, parent=first.id))
    await session.go_to(moon.id)
    after = await session.delete(night.id)
    assert list(after.turns) == [first.id, snow.id]
    assert after.head == first.id
    stored = library.load(after.id)
    assert (list(stored.turns), stored.head) == ([first.id, snow.id], first.id)
    back = await session.undo_delete()
    assert list(back.turns) == [first.id, night.id, moon.id, snow.id]
    assert back.head == moon.id
    stored = library.load(after.id)
    assert (list(stored.turns), stored.head) == (list(back.turns), moon.id)
    with pytest.raises(Refused, match="Nothing was deleted"):
        await session.undo_delete()


async def test_a_running_turn_is_not_deleted(session: Session, fake_api: FakeApi) -> None:
    first = await finish(session.submit("a fox", GENERATE))
    fake_api.answer(sse(opening()).hang_after(2))
    running = Following(session, session.submit("make it night", EDIT))
    await running.until_stage("thinking")
    with pytest.raises(Refused, match="still running"):
        await session.delete(first.id)
    assert len(session.conversation.turns) == 2
    await running.cancel()
    assert (await session.delete(first.id)).turns == {}


async def test_the_first_prompt_is_the_title_until_it_is_renamed(
    session: Session, library: Library
) -> None:
    await finish(session.submit("a fox\nin the snow", AUTO))
    assert session.conversation.title == "a fox in the snow"
    await session.rename("Foxes")
    await finish(session.submit("a hare", AUTO))
    assert library.load(session.conversation.id).title == "Foxes"
    with pytest.raises(Refused):
        await session.rename(" \n")


async def test_waiting_for_an_answer_that_never_comes_leaves_the_others_alone(
    session: Session, fake_api: FakeApi
) -> None:
    root = await finish(session.submit("a fox", GENERATE))
    fake_api.answer(hang())
    stuck = Following(session, session.submit("make it night", EDIT))
    await fake_api.until(lambda: len(fake_api.requests) == 2)
    other = await finish(session.submit("make it snow", EDIT, parent=root.id))
    assert other.status is Status.DONE
    assert stuck.turn.status is Status.RUNNING
    await stuck.cancel()
    assert session.conversation.turns[other.id] == other
