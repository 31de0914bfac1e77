"""What goes out with a mask and with a rebuilt context: the right pictures, or nothing at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.conversation import Status
from app.imaging.inputs import Checked
from app.session.session import Session
from tests.events import ending, item_done, opening, picture_events, picture_item
from tests.fakes import FakeApi, json_error, png, sse
from tests.session.steps import (
    AUTO,
    BLUE,
    EDIT,
    GENERATE,
    GREEN,
    RED,
    attached,
    finish,
    pictures_sent,
    text_only,
)

LOST = json_error(400, "Not found.", code="previous_response_not_found")


def mask() -> Checked:
    return replace(attached(png(BLUE), "mask.png"), has_alpha=True)


async def drawn(session: Session, fake_api: FakeApi, *colors: tuple[int, int, int]) -> None:
    """A finished turn with a picture of each colour."""
    items = [picture_item(png(color), f"ig_{at}") for at, color in enumerate(colors)]
    done = [item_done(item, at) for at, item in enumerate(items)]
    end = ending(output=items, response_id="resp_drawn")
    fake_api.answer(sse([*opening("resp_drawn"), *done, end]))
    turn = await finish(session.submit("a fox", GENERATE))
    assert len(turn.pictures) == len(colors)


async def test_the_picture_goes_along_when_words_alone_came_since(
    session: Session, fake_api: FakeApi
) -> None:
    await drawn(session, fake_api, RED, GREEN)
    fake_api.answer(text_only("A fox is a small canid."))
    await finish(session.submit("what is it?", AUTO))
    await finish(session.submit("a hat", EDIT, mask=mask()))
    request = fake_api.requests[-1]
    assert request.body["previous_response_id"] == "resp_text"
    assert pictures_sent(request) == [png(GREEN)]
    assert "input_image_mask" in request.tool


async def test_an_attached_picture_is_the_one_that_the_mask_is_for(
    session: Session, fake_api: FakeApi
) -> None:
    await drawn(session, fake_api, RED)
    fake_api.answer(LOST)
    await finish(session.submit("a hat", EDIT, [attached(png(GREEN), "hare.png")], mask()))
    chained, rebuilt = fake_api.requests[1:]
    assert pictures_sent(chained) == [png(GREEN)]
    assert pictures_sent(rebuilt) == [png(GREEN), png(RED)]


async def test_in_a_rebuilt_context_it_is_the_first_picture(
    session: Session, fake_api: FakeApi
) -> None:
    await drawn(session, fake_api, RED, GREEN)
    fake_api.answer(LOST)
    turn = await finish(session.submit("a hat", EDIT, mask=mask()))
    assert turn.status is Status.DONE
    assert pictures_sent(fake_api.requests[-1]) == [png(GREEN), png(RED)]
    assert "input_image_mask" in fake_api.requests[-1].tool


@pytest.mark.parametrize("cut", [False, True])
async def test_nothing_is_sent_when_it_is_gone(
    session: Session, fake_api: FakeApi, cut: bool
) -> None:
    if cut:
        items = [picture_item(png(color), name) for color, name in ((RED, "ig_1"), (GREEN, "ig_2"))]
        fake_api.answer(sse([*opening("resp_cut"), *(item_done(item) for item in items)]))
        await finish(session.submit("a fox", GENERATE))
    else:
        await drawn(session, fake_api, RED, GREEN)
    *_, turn = session.conversation.turns.values()
    turn.pictures[-1].path.unlink()
    edit = await finish(session.submit("a hat", EDIT, mask=mask()))
    assert edit.status is Status.FAILED
    assert edit.error is not None
    assert "the mask is for" in edit.error.sentence
    assert len(fake_api.requests) == 1


async def test_a_context_that_began_as_a_rebuilt_one_is_rebuilt_again(
    session: Session, fake_api: FakeApi
) -> None:
    fake_api.answer(sse([*opening("resp_cut"), item_done(picture_item(png(RED)))]))
    await finish(session.submit("a fox", GENERATE))
    fake_api.answer(sse(picture_events(png(GREEN), response_id="resp_b")))
    await finish(session.submit("make it night", EDIT))
    fake_api.answer(LOST)
    turn = await finish(session.submit("with a hat", EDIT))
    assert turn.status is Status.DONE
    first, second, chained, rebuilt = fake_api.requests
    assert [pictures_sent(r) for r in (first, second, chained)] == [[], [png(RED)], []]
    assert chained.body["previous_response_id"] == "resp_b"
    assert pictures_sent(rebuilt) == [png(GREEN)]
    assert "1. a fox\n2. make it night" in rebuilt.recap
