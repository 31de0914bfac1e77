"""A session on a real library and the real gateway, talking to the loopback API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.api.gateway import OpenAIGateway
from app.domain.conversation import Conversation
from app.session.session import Session
from app.storage.library import Library
from tests.fakes import FakeApi
from tests.session.steps import Naps


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    opened = Library(tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
async def gateway(fake_api: FakeApi) -> AsyncIterator[OpenAIGateway]:
    opened = OpenAIGateway(base_url=fake_api.url, api_key="test-key")
    yield opened
    await opened.close()


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def session(library: Library, gateway: OpenAIGateway, naps: Naps) -> Session:
    return Session(
        Conversation(), library=library, gateway=gateway, instructions="Paint.", sleep=naps
    )
