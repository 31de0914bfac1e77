"""How a response may end: errors in the stream, cut off, or no stream at all."""

from __future__ import annotations

import pytest

from app.domain.conversation import Usage
from app.domain.errors import BadRequest, BrokenAnswer, Moderated, QuotaSpent, ServerTrouble
from app.domain.generation import Finished, Started
from tests.api.conftest import Talk
from tests.events import (
    ending,
    item_done,
    message_item,
    opening,
    picture_item,
    response,
)
from tests.fakes import json_body, picture_events, png, raw

RED, BLUE = png((255, 0, 0)), png((0, 0, 255))


@pytest.mark.parametrize("nested", [True, False], ids=["nested", "flat"])
async def test_an_error_frame_in_either_shape(talk: Talk, nested: bool) -> None:
    error = {"code": "insufficient_quota", "message": "You exceeded your current quota."}
    frame = {"type": "error", "error": error} if nested else {"type": "error", **error}
    heard = await talk.served([*opening(), frame, ending("failed", error=error)])
    assert isinstance(heard.error, QuotaSpent)
    assert heard.events[0] == Started("resp_1")


async def test_a_failed_response_keeps_the_picture_that_came(talk: Talk) -> None:
    error = {"code": "server_error", "message": "Please retry."}
    events = [*opening(), item_done(picture_item(RED)), ending("failed", error=error)]
    heard = await talk.served(events)
    assert len(heard.pictures) == 1
    assert isinstance(heard.error, ServerTrouble)
    assert "Please retry." in heard.error.sentence


async def test_a_failed_response_for_a_bad_picture_is_a_bad_request(talk: Talk) -> None:
    error = {"code": "invalid_image_format", "message": "Not an image."}
    heard = await talk.served([*opening(), ending("failed", error=error)])
    assert isinstance(heard.error, BadRequest)
    assert "attached" in heard.error.hint


async def test_an_incomplete_response_says_why(talk: Talk) -> None:
    reason = {"reason": "max_output_tokens"}
    heard = await talk.served([*opening(), ending("incomplete", incomplete_details=reason)])
    assert heard.finished
    assert heard.finished.incomplete == "max_output_tokens"


async def test_a_content_filter_is_moderation_unless_a_picture_came(talk: Talk) -> None:
    end = ending("incomplete", incomplete_details={"reason": "content_filter"})
    assert isinstance((await talk.served([*opening(), end])).error, Moderated)
    heard = await talk.served([*opening(), item_done(picture_item(RED)), end])
    assert heard.error is None
    assert heard.finished
    assert heard.finished.incomplete == "content_filter"


async def test_a_stream_that_just_stops_is_a_broken_answer(talk: Talk) -> None:
    heard = await talk.served(picture_events(RED)[:-1])
    assert len(heard.pictures) == 1
    assert isinstance(heard.error, BrokenAnswer)


@pytest.mark.parametrize(
    "frame",
    ['data: {"type": \n\n', "data: " + "[" * 100_000 + "\n\n", "data: " + "9" * 5000 + "\n\n"],
    ids=["not JSON", "too deep", "too long a number"],
)
async def test_a_frame_that_cannot_be_read(talk: Talk, frame: str) -> None:
    heard = await talk.served([*opening(), frame, *picture_events(RED)])
    assert isinstance(heard.error, BrokenAnswer)


async def test_bytes_that_are_not_utf8(talk: Talk) -> None:
    talk.api.answer(raw(b"data: {\xff\xfe}\n\n", "text/event-stream"))
    assert isinstance((await talk.ask()).error, BrokenAnswer)


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "text/event-stream", "text/plain"])
async def test_a_web_page_instead_of_a_stream(talk: Talk, kind: str) -> None:
    talk.api.answer(raw("<html><body>Log in</body></html>", kind))
    heard = await talk.ask()
    assert isinstance(heard.error, BrokenAnswer)
    assert "<" not in heard.error.sentence


async def test_a_server_that_does_not_stream_is_understood(talk: Talk) -> None:
    talk.api.answer(json_body(response([picture_item(RED), message_item("Done.")])))
    heard = await talk.ask()
    assert heard.events[0] == Started("resp_1")
    assert ([one.data for one in heard.pictures], heard.said) == ([RED], "Done.")
    assert heard.finished == Finished("resp_1", Usage(1633, 43, 30, 196), "gpt-5.5")


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"hello": "world"}, BrokenAnswer),
        ([1, 2], BrokenAnswer),
        (response(status="queued"), BrokenAnswer),
        (response(status="cancelled"), BrokenAnswer),
        (response(status="failed", error={"code": "server_error"}), ServerTrouble),
        ({"error": {"code": "insufficient_quota", "message": "No."}}, QuotaSpent),
    ],
)
async def test_json_that_is_no_finished_response(
    talk: Talk, body: object, error: type[Exception]
) -> None:
    talk.api.answer(json_body(body))
    assert type((await talk.ask()).error) is error


async def test_json_that_is_broken(talk: Talk) -> None:
    talk.api.answer(raw('{"id": "resp_1", "outp', "application/json"))
    assert isinstance((await talk.ask()).error, BrokenAnswer)
