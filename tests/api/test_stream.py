"""How a stream becomes pictures, words and an end; every oddity is served by a real server."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from app.domain.conversation import Usage
from app.domain.errors import BrokenAnswer, Moderated, ServerTrouble
from app.domain.generation import Finished, Said, Started
from tests.api.conftest import Talk
from tests.events import (
    ending,
    item_done,
    message_item,
    opening,
    partial_event,
    picture_item,
    text_events,
)
from tests.fakes import picture_events, png

RED, BLUE = png((255, 0, 0)), png((0, 0, 255))


async def test_a_whole_turn_in_order(talk: Talk) -> None:
    events = picture_events(RED, "A red fox.", partials=[BLUE, RED], text="Here it is.")
    heard = await talk.served(events)
    assert heard.error is None
    assert heard.events[0] == Started("resp_1")
    assert heard.stages == ["thinking", "drawing", "writing"]
    assert [(part.index, part.data) for part in heard.partials] == [(0, BLUE), (1, RED)]
    (picture,) = heard.pictures
    assert (picture.data, picture.revised_prompt, picture.call_id) == (RED, "A red fox.", "ig_1")
    assert (picture.action, picture.size, picture.quality) == ("generate", "1024x1024", "low")
    assert (picture.background, picture.format) == ("opaque", "png")
    assert heard.said == "Here it is."
    assert heard.finished == Finished("resp_1", Usage(1633, 43, 30, 196), "gpt-5.5", None)


async def test_status_still_generating_and_no_completed_event(talk: Talk) -> None:
    events = picture_events(RED, status="generating")
    events = [event for event in events if not event["type"].endswith("call.completed")]
    heard = await talk.served(events)
    assert [picture.data for picture in heard.pictures] == [RED]


async def test_a_picture_missed_in_the_stream_is_taken_from_the_end(talk: Talk) -> None:
    heard = await talk.served([*opening(), ending(output=[picture_item(RED)])])
    assert [picture.data for picture in heard.pictures] == [RED]
    assert heard.finished


async def test_an_empty_output_list_at_the_end_takes_nothing_away(talk: Talk) -> None:
    heard = await talk.served([*opening(), item_done(picture_item(RED)), ending()])
    assert [picture.data for picture in heard.pictures] == [RED]


async def test_a_picture_counts_once_even_when_its_id_changes_at_the_end(talk: Talk) -> None:
    renamed = picture_item(RED, "ig_other")
    heard = await talk.served([*opening(), item_done(picture_item(RED)), ending(output=[renamed])])
    assert [picture.call_id for picture in heard.pictures] == ["ig_1"]


async def test_several_pictures_keep_their_own_ids(talk: Talk) -> None:
    items = [picture_item(RED, "ig_1"), picture_item(BLUE, "ig_2", size="1536x1024")]
    done = [item_done(item, place) for place, item in enumerate(items)]
    heard = await talk.served([*opening(), *done, ending(output=items)])
    assert [(one.call_id, one.data) for one in heard.pictures] == [("ig_1", RED), ("ig_2", BLUE)]


async def test_text_alone_is_a_good_end(talk: Talk) -> None:
    text = "Which fox do you mean?"
    heard = await talk.served([*opening(), *text_events(text), ending(output=[message_item(text)])])
    assert (heard.pictures, heard.said, heard.error) == ([], text, None)


async def test_empty_text_is_not_said(talk: Talk) -> None:
    heard = await talk.served(picture_events(RED, text=""))
    assert not [event for event in heard.events if isinstance(event, Said)]
    assert "writing" not in heard.stages


@pytest.mark.parametrize("kept", ["done", "item", "completed"])
async def test_text_without_deltas_is_said_once(talk: Talk, kept: str) -> None:
    text_done, done = text_events("Hello there")[-2:]
    middle = {"done": [text_done, done], "item": [done], "completed": []}[kept]
    heard = await talk.served([*opening(), *middle, ending(output=[message_item("Hello there")])])
    assert heard.said == "Hello there"


async def test_text_is_said_once_even_when_the_message_changes_its_id(talk: Talk) -> None:
    renamed = message_item("Hello there", "msg_other")
    events = [*opening(), *text_events("Hello there"), ending(output=[renamed])]
    assert (await talk.served(events)).said == "Hello there"


async def test_reasoning_and_unknown_events_are_passed_over(talk: Talk) -> None:
    reasoning = {"id": "rs_1", "type": "reasoning", "summary": []}
    odd: list[Any] = [
        {"type": "response.output_item.added", "output_index": 0, "item": reasoning},
        item_done(reasoning),
        {"type": "response.sparkles.delta", "delta": "?", "item": 7},
        'data: {"type": ["not", "a", "text"]}\n\n',
        'data: {"no": "type"}\n\n',
        "data: [1, 2]\n\n",
        "data: null\n\n",
        ": keep-alive\n\n",
        {"type": "response.output_item.done", "item": "text", "output_index": "x"},
        {"type": "response.output_text.delta", "delta": {"a": 1}},
        {"type": "response.image_generation_call.partial_image", "partial_image_b64": 5},
    ]
    events = picture_events(RED)
    heard = await talk.served([*events[:2], *odd, *events[2:]])
    assert [picture.data for picture in heard.pictures] == [RED]
    assert heard.said == ""
    assert heard.finished


async def test_a_broken_preview_is_dropped_and_the_picture_comes(talk: Talk) -> None:
    broken = {**partial_event(RED), "partial_image_b64": "iVBOR...AAAA"}
    heard = await talk.served([*opening(), broken, *picture_events(RED)[2:]])
    assert (heard.partials, len(heard.pictures)) == ([], 1)


@pytest.mark.parametrize("result", ["iVBOR...AAAA", "abc", "äöü=", 17, ["AAAA"]])
async def test_a_broken_picture_is_a_failed_call(talk: Talk, result: object) -> None:
    item = picture_item(None, result=result)
    heard = await talk.served([*opening(), item_done(item), ending(output=[item])])
    (failed,) = heard.failed
    assert (heard.pictures, failed.call_id) == ([], "ig_1")
    assert isinstance(failed.error, BrokenAnswer)
    assert heard.finished


async def test_a_data_url_instead_of_base64_is_read(talk: Talk) -> None:
    item = picture_item(None, result="data:image/png;base64," + base64.b64encode(RED).decode())
    heard = await talk.served([*opening(), item_done(item), ending(output=[item])])
    assert [picture.data for picture in heard.pictures] == [RED]


async def test_one_call_refused_and_one_made(talk: Talk) -> None:
    error = {
        "code": "moderation_blocked",
        "message": "Rejected.",
        "moderation_details": {"moderation_stage": "output", "categories": ["violence"]},
    }
    items = [picture_item(None, "ig_1", status="failed", error=error), picture_item(RED, "ig_2")]
    done = [item_done(item, place) for place, item in enumerate(items)]
    heard = await talk.served([*opening(), *done, ending(output=items)])
    (failed,) = heard.failed
    assert isinstance(failed.error, Moderated)
    assert "(violence)" in failed.error.sentence
    assert [picture.call_id for picture in heard.pictures] == ["ig_2"]
    assert heard.finished


async def test_a_call_that_failed_without_a_reason(talk: Talk) -> None:
    item = picture_item(None, status="failed")
    heard = await talk.served([*opening(), item_done(item), ending(output=[item])])
    assert [type(failed.error) for failed in heard.failed] == [ServerTrouble]


async def test_a_call_without_a_result_is_no_picture_and_no_failure(talk: Talk) -> None:
    heard = await talk.served([*opening(), item_done(picture_item(None)), ending()])
    assert (heard.pictures, heard.failed) == ([], [])
    assert heard.finished


async def test_lone_surrogates_from_the_server_do_not_pass(talk: Talk) -> None:
    heard = await talk.served(picture_events(RED, "fox \ud800", text="hi \udfff"))
    assert heard.pictures[0].revised_prompt == "fox �"
    assert heard.said == "hi �"


async def test_usage_that_makes_no_sense_counts_as_nothing(talk: Talk) -> None:
    odd = {"input_tokens": "many", "output_tokens": -5}
    heard = await talk.served([*opening(), ending(usage=odd, tool_usage=[1])])
    assert heard.finished
    assert heard.finished.usage == Usage()
    heard = await talk.served([*opening(), ending(usage=None, tool_usage=None)])
    assert heard.finished
    assert heard.finished.usage is None
