"""A demo studio on a free loopback port, and the plain SDK talking to it; one of each a module."""

from collections.abc import Iterator

import pytest
from openai import OpenAI

from app.demo.server import DemoServer


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(delay=0) as server:
        yield server


@pytest.fixture(scope="module")
def client(server: DemoServer) -> Iterator[OpenAI]:
    with OpenAI(base_url=server.base_url, api_key="anything", max_retries=0) as client:
        yield client
