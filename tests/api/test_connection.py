"""Connections: none, cut, silent, left by us; keys and addresses that cannot be used."""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import aclosing

import pytest

from app.api.gateway import OpenAIGateway
from app.domain.errors import (
    BadRequest,
    BrokenAnswer,
    TimedOut,
    Unreachable,
)
from app.domain.generation import Final, Partial
from tests.api.conftest import FOX, KEY, Talk, failure_of
from tests.fakes import FakeApi, hang, picture_events, png, raw, sse


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_nobody_listens() -> None:
    url = f"http://127.0.0.1:{free_port()}/v1"
    error = await failure_of(OpenAIGateway(base_url=url, api_key=KEY))
    assert isinstance(error, Unreachable)
    assert url in error.sentence
    assert "OPENAI_BASE_URL" in error.hint


async def test_a_host_that_cannot_be_reached_in_time() -> None:
    """A listener with a full queue: connecting hangs, so nothing was sent."""
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for client in (first, second):
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        error = await failure_of(OpenAIGateway(base_url=url, api_key=KEY, connect_timeout=0.3))
    assert isinstance(error, Unreachable)
    assert "in time" in error.sentence


async def test_a_server_that_stays_silent(fake_api: FakeApi) -> None:
    fake_api.answer(hang())
    gateway = OpenAIGateway(base_url=fake_api.url, api_key=KEY, read_timeout=0.2)
    error = await failure_of(gateway)
    assert isinstance(error, TimedOut)
    assert "billed" in error.hint
    assert len(fake_api.requests) == 1


async def test_silence_in_the_middle_of_a_stream(fake_api: FakeApi) -> None:
    fake_api.answer(sse(picture_events(png())).hang_after(3))
    gateway = OpenAIGateway(base_url=fake_api.url, api_key=KEY, read_timeout=0.2)
    assert isinstance(await failure_of(gateway), TimedOut)


async def test_a_connection_cut_before_the_answer(talk: Talk) -> None:
    talk.api.answer(hang().cut_after(0))
    error = (await talk.ask()).error
    assert isinstance(error, BrokenAnswer)
    assert "billed" in error.hint
    assert len(talk.api.requests) == 1


async def test_a_connection_cut_in_the_middle_keeps_what_came(talk: Talk) -> None:
    events = picture_events(png(), partials=[png()])
    talk.api.answer(sse(events).cut_after(len(events) - 1))
    heard = await talk.ask()
    assert (len(heard.partials), len(heard.pictures)) == (1, 1)
    assert isinstance(heard.error, BrokenAnswer)


async def test_an_error_page_cut_in_the_middle(talk: Talk) -> None:
    talk.api.answer(raw("<html>", status=502).cut_after(1))
    assert isinstance((await talk.ask()).error, BrokenAnswer)


async def test_a_redirect_is_not_followed(talk: Talk) -> None:
    with FakeApi() as elsewhere:
        redirect = raw("", "text/plain", status=307)
        headers = {**redirect.headers, "location": f"{elsewhere.url}/responses"}
        talk.api.answer(type(redirect)((), 307, headers))
        error = (await talk.ask()).error
        assert elsewhere.requests == []
    assert isinstance(error, BadRequest)
    assert "OPENAI_BASE_URL" in error.hint


@pytest.mark.parametrize("way", ["cancel", "close"])
@pytest.mark.parametrize("when", ["before the first event", "after a preview"])
async def test_leaving_closes_the_connection_at_once(talk: Talk, way: str, when: str) -> None:
    events = picture_events(png(), partials=[png()])
    early = when == "before the first event"
    talk.api.answer(hang() if early else sse(events).hang_after(6))
    seen = asyncio.Event()
    generator = talk.gateway.generate(FOX)

    async def hear() -> None:
        async for event in generator:
            if isinstance(event, Partial):
                seen.set()
                if way == "close":
                    break

    task = asyncio.create_task(hear())
    await (talk.api.until(lambda: talk.api.requests) if early else seen.wait())
    if early or way == "cancel":
        task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await generator.aclose()
    await talk.api.until(lambda: talk.api.disconnects == 1, timeout=2)


async def test_closing_after_the_picture_closes_the_connection(talk: Talk) -> None:
    events = picture_events(png())
    talk.api.answer(sse(events).hang_after(len(events) - 1))
    async with aclosing(talk.gateway.generate(FOX)) as heard:
        async for event in heard:
            if isinstance(event, Final):
                break
    await talk.api.until(lambda: talk.api.disconnects == 1, timeout=2)


async def test_a_finished_turn_does_not_wait_for_the_server_to_hang_up(talk: Talk) -> None:
    events = picture_events(png())
    talk.api.answer(sse(events).hang_after(len(events)))
    heard = await asyncio.wait_for(talk.ask(), 3)
    assert heard.finished


async def test_turns_at_the_same_time_share_one_client(talk: Talk) -> None:
    heard = await asyncio.gather(*(talk.ask() for _ in range(4)))
    assert [len(one.pictures) for one in heard] == [1, 1, 1, 1]
    assert len(talk.api.requests) == 4


async def test_a_closed_gateway_can_be_used_again(talk: Talk) -> None:
    await talk.gateway.close()
    assert (await talk.ask()).finished
    await talk.gateway.close()
    await talk.gateway.close()
    assert (await talk.ask()).finished


async def test_warming_sends_nothing(talk: Talk) -> None:
    await talk.gateway.warm()
    assert "openai" in sys.modules
    assert talk.api.requests == []
