"""What the tests of the gateway share: a gateway on the loopback server, and a way to ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest

from app.api.gateway import OpenAIGateway
from app.domain.errors import SfumatoError
from app.domain.generation import (
    CallFailed,
    Final,
    Finished,
    GenerationEvent,
    ImageRequest,
    Partial,
    Said,
    Stage,
)
from app.domain.options import Options
from tests.events import Event
from tests.fakes import Answer, FakeApi, sse

KEY = "sk-proj-secret0123456789"
FOX = ImageRequest("a fox", Options())


@dataclass
class Heard:
    """All that came of one request: the events, and the error that ended them, if any."""

    events: list[GenerationEvent] = field(default_factory=list)
    error: SfumatoError | None = None

    @property
    def pictures(self) -> list[Final]:
        return [event for event in self.events if isinstance(event, Final)]

    @property
    def partials(self) -> list[Partial]:
        return [event for event in self.events if isinstance(event, Partial)]

    @property
    def stages(self) -> list[str]:
        return [event.name for event in self.events if isinstance(event, Stage)]

    @property
    def said(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Said))

    @property
    def failed(self) -> list[CallFailed]:
        return [event for event in self.events if isinstance(event, CallFailed)]

    @property
    def finished(self) -> Finished | None:
        last = self.events[-1] if self.events else None
        return last if isinstance(last, Finished) else None


class Talk:
    """Asks the gateway and collects what comes."""

    def __init__(self, api: FakeApi, gateway: OpenAIGateway) -> None:
        self.api = api
        self.gateway = gateway

    async def ask(self, request: ImageRequest | None = None) -> Heard:
        """Sends ``request`` (default: a fox) and hears it out."""
        heard = Heard()
        try:
            async for event in self.gateway.generate(request or FOX):
                heard.events.append(event)
        except SfumatoError as error:
            heard.error = error
        return heard

    async def served(self, events: Sequence[Event | str]) -> Heard:
        """Asks, and the server streams ``events``."""
        self.api.answer(sse(events))
        return await self.ask()

    async def refused(self, answer: Answer, request: ImageRequest | None = None) -> SfumatoError:
        """The error of a turn that the server answers so; it was sent once and no more."""
        self.api.answer(answer)
        heard = await self.ask(request)
        assert heard.events == []
        assert len(self.api.requests) == 1
        assert heard.error is not None
        assert all((heard.error.title, heard.error.sentence, heard.error.hint))
        return heard.error


async def failure_of(gateway: OpenAIGateway) -> SfumatoError:
    """The error with which a turn on ``gateway`` must end; closes the gateway."""
    with pytest.raises(SfumatoError) as caught:
        await exhaust(gateway)
    await gateway.close()
    return caught.value


async def exhaust(gateway: OpenAIGateway) -> None:
    """Hears one turn to its end."""
    async for _ in gateway.generate(FOX):
        pass


@pytest.fixture
async def talk(fake_api: FakeApi) -> AsyncIterator[Talk]:
    """A gateway that speaks to the loopback server."""
    gateway = OpenAIGateway(base_url=fake_api.url, api_key=KEY, read_timeout=5, connect_timeout=5)
    yield Talk(fake_api, gateway)
    await gateway.close()
