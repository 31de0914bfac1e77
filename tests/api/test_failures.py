"""Every foreseeable refusal by the server becomes one of our errors, in words that help."""

from __future__ import annotations

import pytest

from app.api.gateway import OpenAIGateway
from app.domain.errors import (
    BadRequest,
    ContextLost,
    KeyTrouble,
    Moderated,
    RateLimited,
    ServerTrouble,
    TimedOut,
)
from app.domain.generation import ImageRequest
from app.domain.options import Options
from tests.api.conftest import KEY, Talk, failure_of
from tests.fakes import Answer, FakeApi, json_body, json_error, raw


async def test_a_wrong_key(talk: Talk) -> None:
    message = "Incorrect API key provided: sk-proj-abc***********wxyz. Find yours in settings."
    error = await talk.refused(json_error(401, message, code="invalid_api_key"))
    assert isinstance(error, KeyTrouble)
    assert "sk-…" in error.sentence
    assert "proj-abc" not in error.sentence
    assert "OPENAI_API_KEY" in error.hint


async def test_no_key_is_ever_repeated_from_a_message(talk: Talk) -> None:
    message = f"Bad header 'Authorization: Bearer {KEY}' and {KEY} and token Bearer abcdefgh1234"
    error = await talk.refused(json_error(400, message))
    assert "secret0123456789" not in error.sentence
    assert "abcdefgh1234" not in error.sentence


async def test_a_key_of_any_other_form_is_not_repeated_either(fake_api: FakeApi) -> None:
    fake_api.answer(json_error(401, "Unknown key 0a1b2c3d4e5f!"))
    error = await failure_of(OpenAIGateway(base_url=fake_api.url, api_key="0a1b2c3d4e5f"))
    assert error.sentence == "The server does not accept this API key: Unknown key …!"


async def test_an_unverified_organization(talk: Talk) -> None:
    message = "Your organization must be verified to use the model `gpt-image-2`."
    error = await talk.refused(json_error(403, message))
    assert isinstance(error, KeyTrouble)
    assert error.title == "Organization not verified"
    assert "30 minutes" in error.hint


async def test_a_key_without_permission(talk: Talk) -> None:
    error = await talk.refused(json_error(403, "Missing scopes: api.responses.write"))
    assert isinstance(error, KeyTrouble)
    assert error.title == "Not allowed"
    assert "Missing scopes" in error.sentence


@pytest.mark.parametrize("status", [400, 404])
async def test_an_unknown_main_model_is_named(talk: Talk, status: int) -> None:
    answer = json_error(status, "No access.", code="model_not_found", param="model")
    error = await talk.refused(answer, ImageRequest("a fox", Options(model="gpt-99")))
    assert isinstance(error, BadRequest)
    assert "gpt-99" in error.sentence
    assert "/model" in error.hint


async def test_an_unknown_image_model_is_named(talk: Talk) -> None:
    message = "The model 'gpt-image-9' does not exist."
    request = ImageRequest("a fox", Options(image_model="gpt-image-9"))
    error = await talk.refused(json_error(404, message), request)
    assert "The model gpt-image-9 is not there" in error.sentence
    assert "/image-model" in error.hint


async def test_a_main_model_without_the_image_tool(talk: Talk) -> None:
    message = "Hosted tool 'image_generation' is not supported with gpt-3.5-turbo."
    error = await talk.refused(json_error(400, message, param="tools"))
    assert isinstance(error, BadRequest)
    assert "/model" in error.hint


@pytest.mark.parametrize(
    "answer",
    [
        json_error(404, "Invalid URL (POST /v1/v1/responses)"),
        json_body({"detail": "Not Found"}, status=404),
        raw("<html><h1>404</h1></html>", status=404),
        raw("", "text/plain", status=405),
    ],
)
async def test_a_wrong_base_url(talk: Talk, answer: Answer) -> None:
    error = await talk.refused(answer)
    assert isinstance(error, BadRequest)
    assert talk.api.url in error.sentence
    assert "OPENAI_BASE_URL" in error.hint


async def test_a_refused_parameter_is_named_with_the_servers_words(talk: Talk) -> None:
    answer = json_error(400, "Invalid size '7x7'.", code="invalid_value", param="tools[0].size")
    error = await talk.refused(answer)
    assert isinstance(error, BadRequest)
    assert error.param == "tools[0].size"
    assert error.sentence == "The server refused tools[0].size: Invalid size '7x7'."
    assert "/size" in error.hint


async def test_a_refused_request_without_any_reason(talk: Talk) -> None:
    error = await talk.refused(raw("", "text/plain", status=400))
    assert isinstance(error, BadRequest)
    assert error.sentence == "The server refused the request (status 400)."


async def test_a_request_that_is_too_large(talk: Talk) -> None:
    error = await talk.refused(raw("<html>413</html>", status=413))
    assert isinstance(error, BadRequest)
    assert "smaller" in error.hint


async def test_moderation_with_stage_and_categories(talk: Talk) -> None:
    details = {"moderation_stage": "input", "categories": ["sexual", "violence"]}
    answer = json_error(
        400,
        "Your request was rejected by the safety system.",
        code="moderation_blocked",
        kind="image_generation_user_error",
        moderation_details=details,
    )
    error = await talk.refused(answer)
    assert isinstance(error, Moderated)
    assert "prompt" in error.sentence
    assert "(sexual, violence)" in error.sentence


async def test_moderation_of_the_result_says_that_it_may_be_billed(talk: Talk) -> None:
    answer = json_error(400, "No.", moderation_details={"moderation_stage": "output"})
    error = await talk.refused(answer)
    assert isinstance(error, Moderated)
    assert "picture that was made" in error.sentence
    assert "billed" in error.hint


async def test_moderation_told_only_in_words(talk: Talk) -> None:
    message = "Rejected by the safety system. safety_violations=[sexual, self-harm]."
    error = await talk.refused(json_error(400, message))
    assert isinstance(error, Moderated)
    assert "(sexual, self-harm)" in error.sentence


@pytest.mark.parametrize("status", [500, 502, 503, 504, 529])
async def test_server_trouble(talk: Talk, status: int) -> None:
    error = await talk.refused(raw("<html><body>Bad gateway</body></html>", status=status))
    assert isinstance(error, ServerTrouble)
    assert str(status) in error.sentence
    assert "<" not in error.sentence


async def test_a_server_that_gave_up_waiting(talk: Talk) -> None:
    assert isinstance(await talk.refused(json_error(408, "Timeout.")), TimedOut)


@pytest.mark.parametrize(
    "answer",
    [
        json_error(
            400,
            "Previous response with id 'resp_x' not found.",
            code="previous_response_not_found",
            param="previous_response_id",
        ),
        json_error(404, "Response with id 'resp_x' not found."),
        json_error(404, "Item with id 'ig_1' not found. Items are not persisted."),
        json_error(400, "Cannot be used: zero data retention.", param="previous_response_id"),
        json_error(400, "Unsupported parameter: previous_response_id"),
        json_error(400, "Store must be set to false"),
    ],
)
async def test_a_parent_that_the_server_does_not_have(talk: Talk, answer: Answer) -> None:
    request = ImageRequest("bluer", Options(), parent="resp_x")
    assert isinstance(await talk.refused(answer, request), ContextLost)


async def test_the_servers_words_are_cut_and_cleaned(talk: Talk) -> None:
    error = await talk.refused(json_error(400, "bad\x1b[2J\u202e\n\n" + "word " * 1000))
    assert len(error.sentence) < 600
    assert error.sentence.isprintable()
    assert "bad�[2J�" in error.sentence


@pytest.mark.parametrize(
    "body",
    [
        {"error": "just words"},
        {"error": {"message": {"deep": 1}, "code": [1], "type": 5, "param": {"a": 1}}},
        {"error": {"message": "x", "moderation_details": "odd"}},
        ["a", "list"],
        None,
        "text",
    ],
)
async def test_errors_of_any_shape_are_a_bad_request(talk: Talk, body: object) -> None:
    assert isinstance(await talk.refused(json_body(body, status=400)), BadRequest)


async def test_a_number_as_code_in_a_stream_is_a_status(talk: Talk) -> None:
    talk.api.answer(json_body({"error": {"code": 429, "message": "Try again in 2s"}}))
    error = (await talk.ask()).error
    assert isinstance(error, RateLimited)
    assert error.wait == 2
