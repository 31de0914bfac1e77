"""The demo studio behind the command line: started when needed, stopped again, reached directly."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import urllib.request
from contextlib import aclosing
from pathlib import Path

import pytest

from app.cli.backend import demo_delay
from app.cli.studio import DemoGateway
from app.domain.errors import Unreachable
from app.domain.generation import Final, ImageRequest
from app.domain.options import Options
from app.imaging.headers import probe
from tests.cli.conftest import Sfumato
from tests.cli.shell import command, stored
from tests.fakes import FakeApi


async def test_the_gateway_starts_the_studio_when_it_is_needed(home: Path) -> None:
    gateway = DemoGateway(delay=0)
    await gateway.close()
    await gateway.warm()
    request = ImageRequest("a red fox", Options(partials="0"))
    async with aclosing(gateway.generate(request)) as events:
        finals = [event async for event in events if isinstance(event, Final)]
    await gateway.close()
    assert probe(finals[0].data).format == "png"
    assert "fox" in (finals[0].revised_prompt or "")


async def test_a_studio_that_cannot_start_is_foreseen(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("socket.create_server", refuse)
    with pytest.raises(Unreachable, match="demo studio could not start"):
        await DemoGateway(delay=0).warm()


@pytest.mark.parametrize("words", [("--demo", "draw"), ("draw", "--demo")])
def test_draws_whatever_is_set(
    sfumato: Sfumato, api: FakeApi, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_ORG_ID", "größer")
    done = sfumato(*words, "a red fox", "--partials", "0")
    assert (done.status, done.err) == (0, "")
    assert probe(done.path.read_bytes()).format == "png"
    assert api.requests == []


def test_a_conversation_goes_on_after_the_studio_is_gone(sfumato: Sfumato, home: Path) -> None:
    sfumato("--demo", "draw", "a red fox", "--partials", "0")
    edit = ("make it night", "--action", "edit", "--partials", "0")
    done = sfumato("--demo", "draw", "-c", *edit, "--json")
    assert done.status == 0
    assert done.json["pictures"][0]["action"] == "edit"
    assert "night" in done.json["pictures"][0]["revised_prompt"]
    assert len(stored(home).path()) == 2


def test_the_delay_is_a_number_or_the_default() -> None:
    assert demo_delay(2.5, {}) == 2.5
    assert demo_delay(2.5, {"SFUMATO_DEMO_DELAY": "0.1"}) == 0.1
    assert demo_delay(2.5, {"SFUMATO_DEMO_DELAY": "soon"}) == 2.5
    assert demo_delay(2.5, {"SFUMATO_DEMO_DELAY": "-3"}) == 2.5


def test_the_server_prints_its_url_and_serves_until_it_is_stopped(home: Path) -> None:
    server = subprocess.Popen(
        command("demo-server", "--delay", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    try:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:[0-9]+/v1", url)
        asking = urllib.request.Request(f"{url}/models", headers={"Authorization": "Bearer any"})
        with urllib.request.urlopen(asking, timeout=20) as answer:
            assert json.load(answer)["object"] == "list"
        server.send_signal(signal.SIGINT)
        _, err = server.communicate(timeout=20)
    finally:
        server.kill()
        server.communicate()
    assert (server.returncode, err) == (0, "")


def test_a_port_that_is_taken_is_one_line(sfumato: Sfumato, fake_api: FakeApi) -> None:
    port = fake_api.url.rpartition(":")[2].removesuffix("/v1")
    done = sfumato("demo-server", "--port", port)
    assert done.status == 2
    assert "in use" in done.complaint
