"""The whole chat in a terminal of the tests, on a real library, talking to a loopback server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from PIL import Image

from app.api.gateway import OpenAIGateway
from app.domain.conversation import Conversation, Status, Turn, new_id, now
from app.domain.generation import Final
from app.domain.options import Options
from app.imaging.detection import Graphics
from app.storage.library import Library
from app.ui.app import SfumatoApp
from app.ui.widgets.card import TurnCard
from app.ui.widgets.picture import Picture
from app.ui.workshop import LATEST, Workshop
from tests.fakes import Answer, FakeApi, Received, picture_events, sse
from tests.imaging.pictures import encoded
from tests.terminal.album import COUNT, original
from tests.terminal.harness import PATIENCE, Window, window
from tests.terminal.looks import stale, wrong
from tests.ui.chat import Chat

SIZE = (480, 320)


class Sitting(Chat):
    """A person in front of a terminal with the chat in it."""

    def __init__(self, opened: Window, app: SfumatoApp, api: FakeApi) -> None:
        super().__init__(app, opened.pilot, api)
        self.window = opened
        self.model = opened.model

    async def ask(self, *numbers: int) -> None:
        """Asks for pictures and waits until they are drawn."""
        for number in numbers:
            await self.send(f"picture {number}")

    async def press(self, *keys: str) -> None:
        """Presses keys and waits after each until all is drawn."""
        await self.window.press(*keys)

    async def until(self, happened: Callable[[], object]) -> None:
        """Waits until ``happened()`` is true, and all is drawn."""
        async with asyncio.timeout(PATIENCE):
            while not happened():
                await asyncio.sleep(0.005)
        await self.window.settled()

    async def settled(self) -> None:
        """Waits until no turn is under way and the screen shows it."""
        await self.until(
            lambda: not any(turn.status.open for turn in self.conversation.turns.values())
        )

    def seen(self) -> list[int]:
        """The pictures in view by number, after a check that each shows its own pixels."""
        blurred = self.studio.workshop.graphics.protocol == "halfcell"
        tolerance = 48 if blurred else 14
        assert wrong(self.window, expected, exact=False, tolerance=tolerance) == []
        assert stale(self.window) == []
        return [number_of(picture) for picture in self.window.pictures]


def number_of(picture: Picture) -> int:
    """Which picture was asked for on the card that a widget stands on."""
    (card,) = (above for above in picture.ancestors if isinstance(above, TurnCard))
    return int(card.turn.prompt.split()[-1])


def expected(picture: Picture) -> Image.Image:
    """The picture that a widget of the chat should show."""
    return original(number_of(picture) % COUNT, *SIZE)


def answering(received: Received) -> Answer:
    """The picture whose number the prompt ends with."""
    number = int(received.prompt.split()[-1])
    picture = encoded(original(number % COUNT, *SIZE))
    ids: Iterator[str] = (f"{kind}_{number}" for kind in ("resp", "ig"))
    return sse(picture_events(picture, response_id=next(ids), call_id=next(ids)))


def store(home: Path, turns: int) -> None:
    """A library with one conversation of so many turns."""
    library = Library(home / "data")
    conversation = Conversation()
    for number in range(turns):
        turn = Turn(new_id(), conversation.head, f"picture {number}", finished=now())
        data = Final(f"ig_{number}", encoded(original(number % COUNT, *SIZE)))
        picture = library.keep(turn, data, format="png", width=SIZE[0], height=SIZE[1])
        done = replace(turn, status=Status.DONE, pictures=(picture,), response_id=f"resp_{number}")
        conversation = conversation.with_turn(done, move=True)
        library.save(conversation, done)
    library.close()


@asynccontextmanager
async def sitting(
    api: FakeApi,
    home: Path,
    graphics: Graphics,
    *,
    turns: int = 2,
    size: tuple[int, int] = (80, 28),
    **more: int,
) -> AsyncIterator[Sitting]:
    """Opens a chat of so many turns, each with the picture of its number, in a terminal.

    It has been left when the block ends.
    """
    store(home, turns)
    workshop = Workshop(
        open_library=lambda: Library(home / "data"),
        gateway=OpenAIGateway(base_url=api.url, api_key="test-key"),
        graphics=graphics,
        options=Options(),
        resume=LATEST,
        **more,  # type: ignore[arg-type]
    )
    api.answer_with(answering)
    app = SfumatoApp(workshop)
    async with window(app, *size) as opened:
        chat = Sitting(opened, app, api)
        await chat.until(lambda: chat.studio.session is not None)
        await opened.settled()
        yield chat
        await app.studio.shut()
