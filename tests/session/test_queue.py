"""Turns that wait, that are taken back, that are cancelled, and that run side by side."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from app.domain.conversation import Conversation, Status
from app.domain.errors import Refused
from app.session.session import Session
from app.storage.library import Library
from tests.events import opening, picture_events
from tests.fakes import FakeApi, hang, json_error, png, sse
from tests.session.steps import AUTO, EDIT, GENERATE, RED, Following, finish, statuses

WAITING = "waiting for its turn"


async def test_a_prompt_sent_meanwhile_waits_for_the_turn_before_it(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    fake_api.answer(sse(picture_events(png())).slowly(0.02))
    first = Following(session, session.submit("a fox", GENERATE))
    await first.until_stage("drawing")
    second = Following(session, session.submit("make it night", EDIT))
    waiting = await second.until_stage(WAITING)
    assert waiting.status is Status.PENDING
    assert library.load(session.conversation.id).turns[waiting.id].prompt == "make it night"
    assert [turn.prompt for turn in session.running()] == ["a fox", "make it night"]
    assert len(fake_api.requests) == 1
    await first.end()
    assert (await second.end()).status is Status.DONE
    assert fake_api.requests[1].body["previous_response_id"] == "resp_1"


async def test_a_waiting_prompt_can_be_taken_back(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    fake_api.answer(sse(picture_events(png())).slowly(0.02))
    first = Following(session, session.submit("a fox", GENERATE))
    parent = await first.until_stage("drawing")
    second = Following(session, session.submit("make it night", EDIT))
    waiting = await second.until_stage(WAITING)
    third = Following(session, session.submit("and colder", EDIT))
    last = await third.until_stage(WAITING)
    with pytest.raises(Refused, match="Another prompt waits"):
        session.take_back(waiting.id)
    assert session.take_back(last.id).prompt == "and colder"
    assert session.take_back(waiting.id).prompt == "make it night"
    with pytest.raises(Refused, match="sent already"):
        session.take_back(parent.id)
    await asyncio.gather(first.end(), second._task, third._task)
    assert second.seen[-1].live.get(waiting.id) is None
    assert session.conversation.head == parent.id
    stored = library.load(session.conversation.id)
    assert (list(stored.turns), stored.head) == ([parent.id], parent.id)
    assert len(fake_api.requests) == 1


async def test_what_waits_for_a_turn_that_fails_is_not_sent(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    fake_api.answer(json_error(400, "No such size.", param="tools[0].size"))
    one = session.submit("a fox", GENERATE)
    first = Following(session, one)
    await first.until(lambda: first.seen)
    second = Following(session, session.submit("make it night", EDIT))
    third = Following(session, session.submit("and colder", EDIT))
    await first.end()
    for turn in (await second.end(), await third.end()):
        assert turn.status is Status.CANCELLED
        assert turn.error is not None
        assert turn.error.sentence == "The turn before it did not finish."
        assert library.load(session.conversation.id).turns[turn.id].error == turn.error
    assert len(fake_api.requests) == 1


async def test_cancelling_hangs_up_and_is_stored(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    fake_api.answer(sse(opening()).hang_after(2))
    running = Following(session, session.submit("a fox", GENERATE))
    turn = await running.until_stage("thinking")
    await running.cancel()
    await fake_api.until(lambda: fake_api.disconnects == 1)
    assert running.turn.status is Status.CANCELLED
    assert running.turn.finished is not None
    assert library.load(session.conversation.id).turns[turn.id] == running.turn
    assert session.running() == ()


async def test_leaving_the_generator_cancels_as_well(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    fake_api.answer(sse(opening()).hang_after(2))
    async with aclosing(session.submit("a fox", GENERATE)) as updates:
        async for update in updates:
            if update.live[update.turn_id].stage == "thinking":
                break
    (turn,) = session.conversation.turns.values()
    assert turn.status is Status.CANCELLED
    assert library.load(session.conversation.id).turns[turn.id] == turn
    await fake_api.until(lambda: fake_api.disconnects == 1)


async def test_leaving_at_the_very_first_update_still_ends_the_turn(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    async with aclosing(session.submit("a fox", GENERATE)) as updates:
        await anext(updates)
    (turn,) = library.load(session.conversation.id).turns.values()
    assert turn.status is Status.CANCELLED
    assert fake_api.requests == []


async def test_a_picture_that_came_before_the_cancel_stays(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    events = picture_events(png(RED))
    fake_api.answer(sse(events).hang_after(7))
    running = Following(session, session.submit("a fox", GENERATE))
    await running.until(lambda: running.seen and running.turn.pictures)
    await running.cancel()
    turn = library.load(session.conversation.id).turns[running.turn.id]
    assert turn.status is Status.CANCELLED
    assert turn.pictures[0].path.read_bytes() == png(RED)


@pytest.mark.parametrize("moment", range(6))
async def test_a_cancel_while_the_picture_is_being_saved_loses_nothing(
    session: Session, fake_api: FakeApi, library: Library, moment: int
) -> None:
    fake_api.answer(sse(picture_events(png(RED))).hang_after(7))
    running = Following(session, session.submit("a fox", GENERATE))
    await running.until_stage("saving")
    for _ in range(moment):
        await asyncio.sleep(0)
    await running.cancel()
    turn = library.load(session.conversation.id).turns[running.turn.id]
    assert turn.status is Status.CANCELLED
    assert [picture.path.read_bytes() for picture in turn.pictures] == [png(RED)]


async def test_a_cancelled_turn_is_no_parent_on_the_wire(
    session: Session, fake_api: FakeApi
) -> None:
    await finish(session.submit("a fox", GENERATE))
    fake_api.answer(sse(opening("resp_gone")).hang_after(2))
    running = Following(session, session.submit("make it night", EDIT))
    await running.until_stage("thinking")
    await running.cancel()
    await finish(session.submit("make it day", EDIT))
    assert fake_api.requests[2].body["previous_response_id"] == "resp_1"


async def test_branches_run_side_by_side_without_losing_each_other(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    root = await finish(session.submit("a fox", GENERATE))
    fake_api.answer_with(
        lambda request: sse(picture_events(png(), f"Revised: {request.prompt}.")).slowly(0.005)
    )
    prompts = [f"with hat number {number}" for number in range(5)]
    following = [
        Following(session, session.submit(prompt, EDIT, parent=root.id)) for prompt in prompts
    ]
    await fake_api.until(lambda: len(fake_api.requests) == 6)
    assert len(session.running()) == 5
    turns = await asyncio.gather(*(one.end() for one in following))
    assert [turn.prompt for turn in turns] == prompts
    assert {turn.parent for turn in turns} == {root.id}
    assert statuses(session) == [Status.DONE] * 6
    for request in fake_api.requests[1:]:
        assert request.body["previous_response_id"] == "resp_1"
    stored = library.load(session.conversation.id)
    assert stored.turns == session.conversation.turns
    assert stored.head == session.conversation.head == turns[-1].id
    for turn in turns:
        assert turn.pictures[0].revised_prompt == f"Revised: {turn.prompt}."


async def test_a_turn_that_runs_in_another_window_is_not_continued_here(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    fake_api.answer(hang())
    running = Following(session, session.submit("a fox", GENERATE))
    await fake_api.until(lambda: fake_api.requests)
    elsewhere = Session(
        library.load(session.conversation.id), library=library, gateway=session._gateway
    )
    with pytest.raises(Refused, match="another window"):
        elsewhere.submit("make it night", EDIT)
    assert elsewhere.running() == ()
    await running.cancel()


async def test_an_empty_conversation_has_nothing_running(session: Session) -> None:
    assert session.conversation == Conversation(
        id=session.conversation.id,
        created=session.conversation.created,
        updated=session.conversation.updated,
    )
    assert session.running() == ()
    assert await session.go_to(None) == session.conversation
    assert (await session.rename("  My\n foxes ")).title == "My foxes"
    assert (await finish(session.submit("a fox", AUTO))).status is Status.DONE
    assert session.conversation.title == "My foxes"
