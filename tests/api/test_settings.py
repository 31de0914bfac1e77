"""Keys, addresses and settings: where they come from, and those that cannot be used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app.api.gateway import OpenAIGateway
from app.domain.errors import ApiError, KeyTrouble
from tests.api.conftest import FOX, KEY, Talk, failure_of
from tests.fakes import FakeApi


@pytest.mark.parametrize("key", ["", "   "])
async def test_no_key(fake_api: FakeApi, key: str) -> None:
    error = await failure_of(OpenAIGateway(base_url=fake_api.url, api_key=key))
    assert isinstance(error, KeyTrouble)
    assert "OPENAI_API_KEY" in error.hint
    assert "--demo" in error.hint
    assert fake_api.requests == []


async def test_a_key_with_a_stray_newline_works(fake_api: FakeApi) -> None:
    gateway = OpenAIGateway(base_url=fake_api.url, api_key=f" {KEY}\n")
    async for _ in gateway.generate(FOX):
        pass
    await gateway.close()
    assert fake_api.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("key", ["sk-schlüssel", "sk-two\nlines"])
async def test_a_key_that_no_header_can_carry(fake_api: FakeApi, key: str) -> None:
    error = await failure_of(OpenAIGateway(base_url=fake_api.url, api_key=key))
    assert isinstance(error, KeyTrouble)
    assert key not in error.sentence


@pytest.mark.parametrize("value", ["org-ü", "org\n1"])
async def test_a_setting_that_no_header_can_carry(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", value)
    error = (await talk.ask()).error
    assert isinstance(error, ApiError)
    assert "OPENAI_ORG_ID" in error.hint


@pytest.mark.parametrize(
    "url",
    [
        "localhost:8000/v1",
        "not a url",
        "ftp://127.0.0.1/v1",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999/v1",
        "http://exa mple/v1",
        "http://" + "x" * 70 + ".example/v1",
    ],
)
async def test_a_base_url_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    error = await failure_of(OpenAIGateway(api_key=KEY))
    assert error.title in ("Base URL not usable", "No connection")
    assert error.exit_status == 6
    assert "OPENAI_BASE_URL" in error.hint


async def test_key_and_address_come_from_the_environment(
    fake_api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", fake_api.url)
    gateway = OpenAIGateway()
    assert fake_api.url in repr(gateway)
    async for _ in gateway.generate(FOX):
        pass
    await gateway.close()
    assert fake_api.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_certificates_that_are_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/certificates.pem")
    error = await failure_of(OpenAIGateway(base_url="https://127.0.0.1:9/v1", api_key=KEY))
    assert "certificate" in error.hint


def test_repr_shows_neither_key_nor_password() -> None:
    text = repr(OpenAIGateway(base_url="https://me:hunter2@example.org/v1?k=1", api_key=KEY))
    assert text == "OpenAIGateway('https://example.org/v1')"


def test_importing_the_gateway_does_not_import_the_sdk() -> None:
    code = "import sys, app.api.gateway as g; g.OpenAIGateway(); print('openai' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
