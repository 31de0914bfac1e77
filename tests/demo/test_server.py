"""Turns with the demo studio as anyone's program has them: the plain OpenAI SDK over loopback."""

import json
import re
from base64 import b64decode
from io import BytesIO
from typing import Any

import pytest
from openai import OpenAI
from openai.types.responses import Response, ResponseStreamEvent
from PIL import Image
from pydantic import TypeAdapter

from tests.demo.talk import (
    ask,
    data_url,
    picture,
    picture_bytes,
    refused,
    revised,
    shown,
    stream,
)

FORCED = {"type": "image_generation"}
CALL = "response.image_generation_call"


@pytest.fixture(scope="module")
def lighthouse(client: OpenAI) -> Response:
    return ask(client, "a lighthouse by the sea", metadata={"turn": "1"}, instructions="be kind")


def test_a_turn_answers_with_a_picture_and_an_empty_message(
    client: OpenAI, lighthouse: Response
) -> None:
    call, message = lighthouse.output
    assert call.type == "image_generation_call"
    assert (call.action, call.size, call.quality) == ("generate", "1024x640", "low")
    assert (call.background, call.output_format, call.status) == ("opaque", "png", "completed")
    assert "lighthouse" in (call.revised_prompt or "").lower()
    assert picture(lighthouse).size == (1024, 640)
    assert message.type == "message"
    assert lighthouse.output_text == ""
    assert lighthouse.status == "completed"
    assert lighthouse.metadata == {"turn": "1"}
    assert lighthouse.instructions == "be kind"
    assert lighthouse.usage is not None
    assert lighthouse.tool_usage is not None
    assert lighthouse.tool_usage.image_gen.output_tokens > 0
    assert client.responses.retrieve(lighthouse.id) == lighthouse


def test_a_stream_tells_the_same_in_the_order_of_the_api(client: OpenAI) -> None:
    events = stream(client, "a red fox at dawn", partials=2)
    kinds = [event.type for event in events]
    assert kinds == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        f"{CALL}.in_progress",
        f"{CALL}.generating",
        f"{CALL}.partial_image",
        f"{CALL}.partial_image",
        f"{CALL}.completed",
        "response.output_item.done",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    for event in events:
        TypeAdapter(ResponseStreamEvent).validate_json(json.dumps(event.to_dict()))
    assert [event.partial_image_index for event in events[5:7]] == [0, 1]
    sketch = Image.open(BytesIO(b64decode(events[6].partial_image_b64)))
    assert sketch.size == (1024, 640)
    assert events[8].item.result == events[-1].response.output[0].result
    assert client.responses.retrieve(events[0].response.id) == events[-1].response


@pytest.mark.parametrize("partials", [0, 3])
def test_as_many_partial_pictures_come_as_were_asked_for(client: OpenAI, partials: int) -> None:
    kinds = [event.type for event in stream(client, "an owl", partials)]
    assert kinds.count(f"{CALL}.partial_image") == partials


def test_a_chain_goes_on_editing_its_picture(client: OpenAI, lighthouse: Response) -> None:
    words = ask(client, "who lives there?", previous_response_id=lighthouse.id)
    assert [item.type for item in words.output] == ["message"]
    assert words.output_text
    second = ask(client, "make it night", {"size": "auto"}, previous_response_id=words.id)
    call = second.output[0]
    assert call.type == "image_generation_call"
    assert (call.action, call.size) == ("edit", "1024x640")
    assert "lighthouse" in (call.revised_prompt or "").lower()
    assert picture_bytes(second) != picture_bytes(lighthouse)
    sent = ask(client, shown("make it night", data_url(picture_bytes(lighthouse))))
    assert picture_bytes(sent) == picture_bytes(second)


def test_of_several_messages_the_last_words_and_the_last_pictures_count(
    client: OpenAI, lighthouse: Response
) -> None:
    plain = data_url(Image.new("RGB", (64, 64)))
    ours = data_url(picture_bytes(lighthouse))
    pictures = [{"type": "input_image", "image_url": url} for url in (ours, plain)]
    answer = ask(
        client,
        [
            *shown("an owl", plain),
            {"role": "user", "content": pictures},
            {"role": "assistant", "content": "Which time of day?"},
            {"role": "user", "content": "make it night"},
        ],
    )
    assert {"lighthouse", "night"} <= set(re.findall(r"\w+", revised(answer).lower()))


def test_a_photograph_is_painted_over_and_stays_in_later_edits(client: OpenAI) -> None:
    photo = Image.new("RGB", (800, 600), (12, 200, 90))
    first = ask(client, shown("add a red balloon", data_url(photo)), {"size": "auto"})
    second = ask(client, "add a boat", {"size": "auto"}, previous_response_id=first.id)
    for answer in (first, second):
        image = picture(answer).convert("RGB")
        assert image.size == (1216, 912)
        colours = image.getcolors(image.width * image.height) or []
        assert len(colours) > 1
        assert any(colour == (12, 200, 90) for _, colour in colours)


def test_a_mask_keeps_what_it_covers(client: OpenAI) -> None:
    photo = Image.new("RGB", (1024, 640), (12, 200, 90))
    mask = Image.new("RGBA", photo.size, (0, 0, 0, 255))
    mask.paste((0, 0, 0, 0), (512, 0, 1024, 640))
    tool = {"input_image_mask": {"image_url": data_url(mask)}}
    image = picture(ask(client, shown("make it night", data_url(photo)), tool)).convert("RGB")
    assert image.crop((0, 0, 512, 640)).getcolors() == [(512 * 640, (12, 200, 90))]
    wrong = {"input_image_mask": {"image_url": data_url(mask.crop((0, 0, 64, 64)))}}
    error = refused(client, shown("make it night", data_url(photo)), wrong)
    assert error.param == "tools[0].input_image_mask"


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
def test_formats_are_honoured_and_remember_their_scene(client: OpenAI, form: str) -> None:
    tool = {"output_format": form} | ({} if form == "png" else {"output_compression": 60})
    answer = ask(client, "a lighthouse by the sea", tool)
    assert picture(answer).format == form.upper()
    assert "lighthouse" in revised(ask(client, "make it night", previous_response_id=answer.id))


def test_a_transparent_background_is_transparent(client: OpenAI) -> None:
    image = picture(ask(client, "an owl", {"background": "transparent", "output_format": "webp"}))
    assert image.mode == "RGBA"
    assert image.getchannel("A").getextrema()[0] == 0


@pytest.mark.parametrize(
    ("choice", "prompt", "kind"),
    [
        ("auto", "what is a fox?", "message"),
        ("auto", "could you paint a fox?", "image_generation_call"),
        ("none", "a fox", "message"),
        ("required", "what is a fox?", "image_generation_call"),
        (FORCED, "what is a fox?", "image_generation_call"),
    ],
)
def test_the_tool_choice_decides(client: OpenAI, choice: Any, prompt: str, kind: str) -> None:
    assert ask(client, prompt, tool_choice=choice).output[0].type == kind
