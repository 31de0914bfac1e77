"""How the demo studio starts and stops, serves two at once, and notices who has left."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
import time
from typing import Any

import pytest
from openai import AsyncOpenAI, OpenAI

from app.demo.server import DemoServer, create_app
from tests.demo.talk import SMALL, say


async def test_two_turns_run_at_once(server: DemoServer) -> None:
    tools: Any = [SMALL]
    seen: list[tuple[str, str]] = []

    async def turn(client: AsyncOpenAI, prompt: str) -> None:
        stream = await client.responses.create(
            model="gpt-5.5", input=prompt, tools=tools, stream=True
        )
        async for event in stream:
            seen.append((prompt, event.type.rpartition(".")[2]))

    async with AsyncOpenAI(base_url=server.base_url, api_key="x", max_retries=0) as client:
        await asyncio.gather(turn(client, "a fox"), turn(client, "an owl"))
    began = [seen.index((prompt, "generating")) for prompt in ("a fox", "an owl")]
    ended = [seen.index((prompt, "completed")) for prompt in ("a fox", "an owl")]
    assert max(began) < min(ended)


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_call_that_is_left_stops_its_turn(streamed: bool) -> None:
    body = {"model": "gpt-5.5", "input": "a fox", "tools": [SMALL], "stream": streamed}
    heard = iter(
        [
            {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False},
            {"type": "http.disconnect"},
        ]
    )
    sent: list[Any] = []

    async def receive() -> Any:
        return next(heard)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"authorization", b"Bearer x")]
    scope = {"type": "http", "method": "POST", "path": "/v1/responses", "headers": headers}
    async with asyncio.timeout(5):
        await create_app(delay=60)(scope, receive, send)
    assert not any(b"completed" in message.get("body", b"") for message in sent)


def test_a_server_can_be_started_and_stopped_again(client: OpenAI) -> None:
    server = DemoServer(delay=0)
    for _ in range(2):
        server.start()
        assert say(client.with_options(base_url=server.base_url)).status == "completed"
        server.stop()
        server.stop()


def test_stopping_does_not_wait_for_a_turn_under_way() -> None:
    tools: Any = [SMALL]
    server = DemoServer(delay=60)
    server.start()
    with OpenAI(base_url=server.base_url, api_key="x", max_retries=0) as client:
        stream = client.responses.create(model="gpt-5.5", input="a fox", tools=tools, stream=True)
        next(iter(stream))
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 3
        stream.close()


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"127.0.0.1', {port}"):
            DemoServer(port=port).start()


def test_importing_the_server_loads_nothing_heavy() -> None:
    code = (
        "import sys, app.demo.server; "
        "print([n for n in ('starlette', 'uvicorn', 'PIL', 'asyncio') if n in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_foreground_server_prints_its_url_and_ends_quietly(number: signal.Signals) -> None:
    code = "from app.demo.server import serve; serve(0, 0.0)"
    command = [sys.executable, "-W", "error", "-c", code]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        url = process.stdout.readline().strip() if process.stdout else ""
        with OpenAI(base_url=url, api_key="x", max_retries=0) as client:
            assert client.models.list().data
        process.send_signal(number)
        rest = process.communicate(timeout=10)
    assert (process.returncode, *rest) == (0, "", "")
