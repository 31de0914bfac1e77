"""Pictures given with a prompt, and masks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.errors import BadInput
from app.imaging.inputs import MAX_INPUTS
from app.session.session import Session
from app.storage.library import Library
from tests.events import picture_events
from tests.fakes import FakeApi, png, sse
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
)


async def test_attachments_go_once_in_order_as_they_are_kept(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    given = [attached(png(RED), "fox.png"), attached(png(GREEN), "hare.png")]
    turn = await finish(session.submit("both in one picture", EDIT, given))
    await finish(session.submit("closer together", EDIT))
    assert [item.name for item in turn.inputs] == ["fox.png", "hare.png"]
    copies = [library.read(item.path) for item in turn.inputs]
    assert copies == [item.data for item in given]
    assert pictures_sent(fake_api.requests[0]) == copies
    assert pictures_sent(fake_api.requests[1]) == []


async def test_with_a_mask_its_picture_is_sent_along(session: Session, fake_api: FakeApi) -> None:
    fake_api.answer(sse(picture_events(png(RED))))
    await finish(session.submit("a fox", GENERATE))
    mask = replace(attached(png(BLUE), "mask.png"), has_alpha=True)
    turn = await finish(session.submit("a hat", EDIT, mask=mask))
    assert [item.mask for item in turn.inputs] == [True]
    assert turn.references == ()
    second = fake_api.requests[1]
    assert pictures_sent(second) == [png(RED)]
    assert second.tool["input_image_mask"]["image_url"].startswith("data:image/png;base64,")
    assert second.body["previous_response_id"] == "resp_1"


async def test_a_mask_that_does_not_fit_is_refused(session: Session, fake_api: FakeApi) -> None:
    await finish(session.submit("a fox", GENERATE))
    flat = replace(attached(png(), "flat.png"), has_alpha=False)
    with pytest.raises(BadInput, match="no transparency"):
        session.submit("a hat", EDIT, mask=flat)
    large = replace(attached(png(width=8, height=8), "large.png"), has_alpha=True)
    with pytest.raises(BadInput, match="8x8, but the picture is 4x3"):
        session.submit("a hat", EDIT, mask=large)
    assert len(fake_api.requests) == 1


async def test_too_many_attachments_are_refused(session: Session, fake_api: FakeApi) -> None:
    given = [attached(png(), "fox.png")] * (MAX_INPUTS + 1)
    with pytest.raises(BadInput, match=str(MAX_INPUTS)):
        session.submit("a fox", AUTO, given)
    assert fake_api.requests == []
