"""What goes to the server for one turn."""

from __future__ import annotations

import base64

import pytest

from app.domain.generation import ImageInput, ImageRequest
from app.domain.options import Action, Options
from tests.api.conftest import KEY, Talk
from tests.fakes import png


async def test_a_first_prompt_is_one_streamed_call_with_the_image_tool(talk: Talk) -> None:
    await talk.ask(ImageRequest("a red fox", Options()))
    (request,) = talk.api.requests
    assert (request.method, request.path) == ("POST", "/v1/responses")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "gpt-5.5",
        "input": [{"role": "user", "content": [{"type": "input_text", "text": "a red fox"}]}],
        "tools": [{"type": "image_generation", "action": "auto", "partial_images": 2}],
        "store": True,
        "stream": True,
    }


@pytest.mark.parametrize("action", [Action.GENERATE, Action.EDIT])
async def test_generate_and_edit_force_the_tool(talk: Talk, action: Action) -> None:
    await talk.ask(ImageRequest("a fox", Options(action=action)))
    (request,) = talk.api.requests
    assert request.tool["action"] == action.value
    assert request.body["tool_choice"] == {"type": "image_generation"}


async def test_options_become_parameters_of_the_tool(talk: Talk) -> None:
    options = Options(
        model="gpt-6-luna",
        image_model="gpt-image-2",
        size="1536x1024",
        quality="high",
        format="webp",
        compression="60",
        background="opaque",
        partials="0",
    )
    await talk.ask(ImageRequest("a fox", options))
    (request,) = talk.api.requests
    assert request.body["model"] == "gpt-6-luna"
    assert request.tool == {
        "type": "image_generation",
        "action": "auto",
        "model": "gpt-image-2",
        "size": "1536x1024",
        "quality": "high",
        "output_format": "webp",
        "output_compression": 60,
        "background": "opaque",
        "partial_images": 0,
    }


async def test_a_follow_up_names_its_parent_and_resends_tools_and_instructions(talk: Talk) -> None:
    parent = "resp_" + "0f" * 300
    await talk.ask(ImageRequest("bluer", Options(), parent=parent, instructions="Word for word."))
    (request,) = talk.api.requests
    assert request.body["previous_response_id"] == parent
    assert request.body["instructions"] == "Word for word."
    assert request.tool["type"] == "image_generation"
    assert [part["text"] for part in request.content] == ["bluer"]


async def test_recap_prompt_and_pictures_go_in_order_with_the_mask_in_the_tool(talk: Talk) -> None:
    first, second, mask = png((1, 2, 3)), b"RIFF....WEBP", png((0, 0, 0))
    await talk.ask(
        ImageRequest(
            "make it night",
            Options(action=Action.EDIT),
            images=(
                ImageInput("a.png", "image/png", first),
                ImageInput("b.webp", "image/webp", second),
            ),
            mask=ImageInput("mask.png", "image/png", mask),
            recap="Earlier: a fox",
        )
    )
    (request,) = talk.api.requests
    assert request.recap == "Earlier: a fox"
    assert request.content == [
        {"type": "input_text", "text": "make it night"},
        {"type": "input_image", "image_url": url("image/png", first), "detail": "auto"},
        {"type": "input_image", "image_url": url("image/webp", second), "detail": "auto"},
    ]
    assert request.tool["input_image_mask"] == {"image_url": url("image/png", mask)}


async def test_a_prompt_with_a_lone_surrogate_is_sent_all_the_same(talk: Talk) -> None:
    heard = await talk.ask(ImageRequest("caf\udce9", Options()))
    assert heard.error is None
    assert talk.api.requests[0].prompt == "caf�"


async def test_the_sdk_environment_is_honoured(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Route: north")
    await talk.ask()
    headers = talk.api.requests[0].headers
    assert headers["openai-organization"] == "org-1"
    assert headers["openai-project"] == "proj-1"
    assert headers["x-route"] == "north"


def url(mime: str, data: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"
