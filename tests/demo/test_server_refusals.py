"""What the demo studio refuses, in the API's words, and what it forgets."""

from typing import Any

import httpx2
import pytest
from openai import BadRequestError, NotFoundError, OpenAI
from PIL import Image

from app.demo import studio
from app.demo.server import DemoServer
from tests.demo.talk import data_url, refused, say


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("n", 2, "unknown_parameter"),
        ("size", "512x512", "invalid_value"),
        ("size", "1920x1080", "invalid_value"),
        ("size", "3840x1024", "invalid_value"),
        ("size", "4096x4096", "invalid_value"),
        ("quality", "ultra", "invalid_value"),
        ("output_format", "bmp", "invalid_value"),
        ("output_compression", 101, "invalid_value"),
        ("output_compression", 50, "invalid_value"),
        ("partial_images", 4, "invalid_value"),
        ("partial_images", "2", "invalid_type"),
        ("model", "gpt-image-9", "invalid_value"),
        ("action", "edit", "invalid_value"),
    ],
)
def test_a_bad_setting_is_named(client: OpenAI, setting: str, value: Any, code: str) -> None:
    error = refused(client, "a fox", {setting: value})
    assert (error.status_code, error.code, error.param) == (400, code, f"tools[0].{setting}")
    assert error.type == "invalid_request_error"


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ({"background": "transparent", "output_format": "jpeg"}, "background"),
        ({"background": "transparent", "model": "gpt-image-2"}, "background"),
        ({"quality": "max", "model": "gpt-image-2"}, "quality"),
    ],
)
def test_settings_that_clash_are_named(client: OpenAI, settings: Any, setting: str) -> None:
    error = refused(client, "a fox", settings)
    assert (error.code, error.param) == ("invalid_value", f"tools[0].{setting}")


def test_input_fidelity_is_refused_as_the_api_does(client: OpenAI) -> None:
    error = refused(client, "a fox", {"input_fidelity": "high"})
    assert (error.code, error.param) == ("invalid_input_fidelity_model", "input_fidelity")


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"model": "gpt-99"}, "model_not_found", "model"),
        ({"model": "gpt-image-2"}, None, "tools"),
        (
            {"previous_response_id": "resp_unknown"},
            "previous_response_not_found",
            "previous_response_id",
        ),
        ({"previous_response_id": ["a"]}, "previous_response_not_found", "previous_response_id"),
        ({"extra_body": {"input": None}}, "missing_required_parameter", "input"),
        ({"tool_choice": "maybe"}, "invalid_value", "tool_choice"),
        ({"background": True}, "unsupported_parameter", "background"),
    ],
)
def test_a_bad_field_is_named(
    client: OpenAI, fields: dict[str, Any], code: str | None, param: str
) -> None:
    error = refused(client, "a fox", **fields)
    assert (error.status_code, error.code, error.param) == (400, code, param)


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"image_url": "https://example.com/a.png"}, "invalid_image_url"),
        ({"file_id": "file-1"}, "invalid_image_url"),
        ({"image_url": "data:image/png;base64,???"}, "invalid_base64_image"),
        ({"image_url": "data:image/png;base64,AAAA"}, "invalid_image_file"),
        ({"image_url": data_url(Image.new("1", (9000, 9000)))}, "image_too_large"),
    ],
)
def test_a_picture_that_cannot_be_had_is_refused(client: OpenAI, part: Any, code: str) -> None:
    message = {"role": "user", "content": [{"type": "input_image", **part}]}
    assert refused(client, [message]).code == code


def test_a_prompt_that_is_too_long_is_refused(client: OpenAI) -> None:
    assert refused(client, "fox " * 10_000).code == "context_length_exceeded"


def test_moderation_says_at_which_stage(client: OpenAI) -> None:
    error = refused(client, "a forbidden fox")
    assert (error.code, error.type) == ("moderation_blocked", "image_generation_user_error")
    assert isinstance(error.body, dict)
    assert error.body["moderation_details"]["moderation_stage"] == "input"


def test_a_response_is_forgotten_when_deleted_or_never_stored(client: OpenAI) -> None:
    deleted, unstored = say(client), say(client, store=False)
    client.responses.delete(deleted.id)
    for name in (deleted.id, unstored.id):
        with pytest.raises(NotFoundError):
            client.responses.retrieve(name)
        error = refused(client, "make it night", previous_response_id=name)
        assert error.code == "previous_response_not_found"


def test_the_oldest_responses_are_forgotten(
    client: OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = say(client)
    size = len(client.responses.with_raw_response.retrieve(first.id).content)
    monkeypatch.setattr(studio, "KEPT_BYTES", size * 3 // 2)
    second = say(client)
    assert client.responses.retrieve(second.id) == second
    with pytest.raises(NotFoundError):
        client.responses.retrieve(first.id)


def test_a_response_cannot_be_cancelled_since_none_is_in_the_background(client: OpenAI) -> None:
    done = say(client)
    with pytest.raises(BadRequestError, match="synchronous"):
        client.responses.cancel(done.id)
    with pytest.raises(NotFoundError):
        client.responses.cancel("resp_unknown")


def test_models_say_when_they_shut_down(client: OpenAI) -> None:
    days = {model.id: model.shutdown_date for model in client.models.list()}
    assert days["gpt-5.5"] is None
    assert days["gpt-image-1.5"] == "2026-12-01"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/nothing", 404), ("GET", "/responses", 405), ("GET", "/responses/resp_x", 404)],
)
def test_a_wrong_address_has_the_api_s_shape(
    server: DemoServer, method: str, path: str, status: int
) -> None:
    answer = httpx2.request(method, server.base_url + path, headers={"Authorization": "Bearer x"})
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer"}, {"Authorization": "Basic x"}])
def test_a_call_without_a_key_is_refused(server: DemoServer, headers: dict[str, str]) -> None:
    answer = httpx2.get(f"{server.base_url}/models", headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")


@pytest.mark.parametrize(
    ("host", "status"), [("localhost:1", 200), ("127.0.0.1", 200), ("evil.example", 403)]
)
def test_a_call_under_another_name_is_refused(server: DemoServer, host: str, status: int) -> None:
    headers = {"Host": host, "Authorization": "Bearer x"}
    assert httpx2.get(f"{server.base_url}/models", headers=headers).status_code == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[1]",
        b"{",
        b"[" * 100_000,
        b'{"temperature": NaN}',
        b'{"model": [], "input": "a fox"}',
        b'{"model": "gpt-5.5", "input": [5]}',
        b'{"model": "gpt-5.5", "input": "a fox", "tools": {"type": 1}}',
    ],
)
def test_a_body_of_the_wrong_form_is_refused(server: DemoServer, body: bytes) -> None:
    headers = {"Authorization": "Bearer x"}
    answer = httpx2.post(f"{server.base_url}/responses", content=body, headers=headers)
    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]["message"]


def test_a_body_that_is_too_long_is_refused(
    client: OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio, "BODY_LIMIT", 100_000)
    assert refused(client, "fox " * 50_000).status_code == 413
