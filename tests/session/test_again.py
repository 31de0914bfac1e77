"""Sending again: rate limits and lost connections that pass, and contexts that the server lost."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.api.gateway import OpenAIGateway
from app.domain.conversation import Conversation, Status, Turn
from app.session.session import Session
from app.storage.library import Library
from tests.events import picture_events
from tests.fakes import Answer, FakeApi, json_error, png, sse
from tests.session.steps import (
    AUTO,
    BLUE,
    EDIT,
    GENERATE,
    GREEN,
    RED,
    Following,
    Naps,
    attached,
    finish,
    pictures_sent,
    watch,
)

REBUILT = (
    "The server no longer had the conversation's context; "
    "it was rebuilt from the pictures kept here."
)


def limited(**headers: str) -> Answer:
    return json_error(429, "Slow down.", code="rate_limit_exceeded", headers=headers)


def lost(response_id: str) -> Answer:
    return json_error(
        400,
        f"Previous response with id '{response_id}' not found.",
        code="previous_response_not_found",
        param="previous_response_id",
    )


async def test_a_rate_limit_is_waited_out_and_counted_down(
    session: Session, fake_api: FakeApi, naps: Naps
) -> None:
    fake_api.answer(limited(**{"retry-after-ms": "2500"}))
    updates = await watch(session.submit("a fox", GENERATE))
    lives = [update.live[update.turn_id] for update in updates if update.live]
    left = [live.retry_in for live in lives if live.retry_in is not None]
    assert list(dict.fromkeys(left)) == [2.5, 1.5, 0.5]
    assert naps.taken == [1.0, 1.0, 0.5]
    assert lives[-1].attempt == 2
    assert session.conversation.turns[updates[-1].turn_id].status is Status.DONE
    assert fake_api.requests[0].body == fake_api.requests[1].body


async def test_without_a_named_wait_each_is_twice_as_long_until_it_gives_up(
    session: Session, fake_api: FakeApi, naps: Naps
) -> None:
    fake_api.answer_with(lambda _request: limited())
    turn = await finish(session.submit("a fox", GENERATE))
    assert sum(naps.taken) == 2 + 4 + 8
    assert len(fake_api.requests) == 4
    assert (turn.status, turn.error and turn.error.kind) == (Status.FAILED, "RateLimited")


async def test_a_wait_of_more_than_two_minutes_is_left_to_the_person(
    session: Session, fake_api: FakeApi, naps: Naps
) -> None:
    fake_api.answer(limited(**{"retry-after": "3600"}))
    turn = await finish(session.submit("a fox", GENERATE))
    assert (turn.status, naps.taken, len(fake_api.requests)) == (Status.FAILED, [], 1)
    assert turn.error is not None
    assert turn.error.hint == "Wait 3600 s, then press r to send it again."


async def test_the_waiting_can_be_cancelled(
    library: Library, gateway: OpenAIGateway, fake_api: FakeApi
) -> None:
    session = Session(Conversation(), library=library, gateway=gateway)
    fake_api.answer(limited(**{"retry-after": "30"}))
    running = Following(session, session.submit("a fox", GENERATE))
    await running.until_stage("too many requests, waiting to send again")
    await running.cancel()
    assert running.turn.status is Status.CANCELLED
    assert len(fake_api.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        json_error(429, "Add credit.", code="insufficient_quota"),
        json_error(500, "Sorry."),
        json_error(401, "Wrong key.", code="invalid_api_key"),
        json_error(400, "No.", code="moderation_blocked", kind="image_generation_user_error"),
    ],
)
async def test_nothing_else_is_sent_twice(
    session: Session, fake_api: FakeApi, naps: Naps, answer: Answer
) -> None:
    fake_api.answer(answer)
    turn = await finish(session.submit("a fox", GENERATE))
    assert turn.status is Status.FAILED
    assert len(fake_api.requests) == 1
    assert naps.taken == []


@pytest.fixture
async def nowhere() -> AsyncIterator[OpenAIGateway]:
    gateway = OpenAIGateway(base_url="http://127.0.0.1:9/v1", api_key="test-key")
    yield gateway
    await gateway.close()


async def test_a_connection_that_cannot_be_made_is_tried_again(
    library: Library, nowhere: OpenAIGateway, naps: Naps
) -> None:
    session = Session(Conversation(), library=library, gateway=nowhere, sleep=naps, retries=2)
    turn = await finish(session.submit("a fox", GENERATE))
    assert sum(naps.taken) == 2 + 4
    assert (turn.status, turn.error and turn.error.kind) == (Status.FAILED, "Unreachable")
    assert library.load(session.conversation.id).turns[turn.id].prompt == "a fox"


async def made(session: Session, fake_api: FakeApi) -> Turn:
    """A conversation of two turns; the last picture is green."""
    fake_api.answer(sse(picture_events(png(RED), response_id="resp_a")))
    await finish(session.submit("a fox", GENERATE))
    fake_api.answer(sse(picture_events(png(GREEN), response_id="resp_b")))
    return await finish(session.submit("make it night", EDIT))


async def test_a_lost_context_is_rebuilt_once_from_the_last_picture(
    session: Session, fake_api: FakeApi
) -> None:
    await made(session, fake_api)
    fake_api.answer(lost("resp_b"), sse(picture_events(png(BLUE), response_id="resp_c")))
    turn = await finish(session.submit("with a hat", EDIT, [attached(png(BLUE), "hat.png")]))
    refused, rebuilt = fake_api.requests[2:]
    assert refused.body["previous_response_id"] == "resp_b"
    assert pictures_sent(refused) == [png(BLUE)]
    assert "previous_response_id" not in rebuilt.body
    assert pictures_sent(rebuilt) == [png(BLUE), png(GREEN)]
    assert "1. a fox\n2. make it night" in rebuilt.recap
    assert rebuilt.prompt == "with a hat"
    assert rebuilt.tool["action"] == "edit"
    assert (turn.status, turn.note) == (Status.DONE, REBUILT)
    await finish(session.submit("and a scarf", EDIT))
    assert fake_api.requests[-1].body["previous_response_id"] == "resp_c"


async def test_a_context_that_stays_lost_fails_the_turn(
    session: Session, fake_api: FakeApi
) -> None:
    await made(session, fake_api)
    fake_api.answer(lost("resp_b"), lost("resp_b"))
    turn = await finish(session.submit("with a hat", EDIT))
    assert (turn.status, turn.error and turn.error.kind) == (Status.FAILED, "ContextLost")
    assert len(fake_api.requests) == 4


async def test_a_server_that_stores_nothing_gets_the_whole_context_each_time(
    session: Session, fake_api: FakeApi
) -> None:
    refused = json_error(400, "Store must be set to false", param="store")
    for prompt, options in (("a fox", GENERATE), ("make it night", EDIT)):
        fake_api.answer(refused, sse(picture_events(png(RED))))
        turn = await finish(session.submit(prompt, options))
        assert turn.status is Status.DONE
    first, first_again, second, second_again = fake_api.requests
    assert [first.body["store"], first_again.body["store"]] == [True, False]
    assert [second.body["store"], second_again.body["store"]] == [True, False]
    assert "previous_response_id" not in second_again.body
    assert pictures_sent(second_again) == [png(RED)]
    assert [turn.note for turn in session.conversation.path()] == ["", REBUILT]


async def test_a_server_that_refuses_either_way_is_not_asked_for_ever(
    session: Session, fake_api: FakeApi
) -> None:
    fake_api.answer_with(lambda _request: json_error(400, "No.", param="store"))
    turn = await finish(session.submit("a fox", GENERATE))
    assert (turn.status, turn.error and turn.error.kind) == (Status.FAILED, "StoreRefused")
    assert len(fake_api.requests) == 2


async def test_a_missing_picture_is_left_out_of_the_rebuilt_context(
    session: Session, fake_api: FakeApi
) -> None:
    parent = await made(session, fake_api)
    parent.pictures[0].path.unlink()
    fake_api.answer(lost("resp_b"))
    edit = await finish(session.submit("with a hat", EDIT))
    assert (edit.status, edit.error and edit.error.kind) == (Status.FAILED, "NothingToEdit")
    assert len(fake_api.requests) == 3
    fake_api.answer(lost("resp_b"))
    auto = await finish(session.submit("with a hat", AUTO, parent=parent.id))
    assert auto.status is Status.DONE
    assert pictures_sent(fake_api.requests[-1]) == []


async def test_a_rate_limit_after_a_rebuilt_context_sends_the_rebuilt_one_again(
    session: Session, fake_api: FakeApi
) -> None:
    await made(session, fake_api)
    fake_api.answer(lost("resp_b"), limited())
    turn = await finish(session.submit("with a hat", EDIT))
    assert (turn.status, turn.note) == (Status.DONE, REBUILT)
    assert fake_api.requests[-1].body == fake_api.requests[-2].body
