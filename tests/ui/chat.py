"""The chat as a person uses it: a real app on a real library, talking to a loopback server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from textual.content import Content
from textual.events import Paste
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets._toast import Toast

from app.api.gateway import OpenAIGateway
from app.domain.conversation import Conversation, Turn
from app.domain.options import Options
from app.imaging.detection import Graphics
from app.storage.library import Library
from app.ui.app import SfumatoApp
from app.ui.screens.studio import Studio
from app.ui.workshop import Workshop
from tests.fakes import FakeApi

PATIENCE = 10.0
"""Seconds until a test gives up waiting."""


EDGES = dict.fromkeys(map(ord, "▌▎▊│┃█▐▏▕"))
"""Left and right edges of cards, frames and toasts."""


class Chat:
    """A running chat with its keyboard and its screen."""

    def __init__(self, app: SfumatoApp, pilot: Pilot[None], api: FakeApi) -> None:
        self.app = app
        self.pilot = pilot
        self.api = api

    @property
    def studio(self) -> Studio:
        """The main screen."""
        return self.app.studio

    @property
    def conversation(self) -> Conversation:
        """The open conversation."""
        return self.studio.conversation

    @property
    def turns(self) -> list[Turn]:
        """The turns of the current branch."""
        return list(self.conversation.path())

    @property
    def prompt(self) -> str:
        """What stands in the box."""
        return self.studio.prompt.text

    @property
    def border(self) -> str:
        """Both texts on the prompt's border."""
        frame = self.studio.prompt.query_one(".frame")
        texts = (frame.border_title or "", frame.border_subtitle or "")
        return " ".join(Content.from_markup(text).plain for text in texts)

    @property
    def screen(self) -> str:
        """All that is on the screen, row by row."""
        return screen_text(self.app.screen)

    @property
    def joined(self) -> str:
        """The screen without blanks, breaks and edges: for what may wrap anywhere."""
        return "".join(self.screen.translate(EDGES).split())

    @property
    def toasts(self) -> str:
        """The words of the toasts now shown, which lie over other text, without blanks."""
        shown = [toast._notification for toast in self.app.screen.query(Toast)]
        return "".join("".join((each.title + each.message).split()) for each in shown)

    async def type(self, text: str, *keys: str) -> None:
        """Types ``text`` and then presses ``keys``."""
        await self.pilot.press(*text, *keys)

    async def paste(self, text: str) -> None:
        """Pastes ``text`` where the focus is: at once, where typing takes long."""
        before = self.prompt
        self.app.post_message(Paste(text))
        await self.until(lambda: self.prompt != before or self.studio.attachments)

    async def press(self, *keys: str) -> None:
        """Presses keys one by one."""
        await self.pilot.press(*keys)

    async def send(self, text: str) -> None:
        """Pastes a prompt, sends it and waits for its end."""
        count = len(self.conversation.turns)
        await self.paste(text)
        await self.press("enter")
        await self.until(lambda: len(self.conversation.turns) > count)
        await self.settled()

    async def settled(self) -> None:
        """Waits until no turn is under way and the screen shows it."""
        await self.until(
            lambda: not any(turn.status.open for turn in self.conversation.turns.values())
        )
        await self.pilot.pause()

    async def until(self, happened: Callable[[], object]) -> None:
        """Waits until ``happened()`` is true."""
        async with asyncio.timeout(PATIENCE):
            while not happened():
                await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def sees(self, text: str) -> None:
        """Waits until ``text`` is on the screen or in a toast; blanks and breaks do not count."""
        wanted = "".join(text.split())
        try:
            await self.until(lambda: wanted in self.joined or wanted in self.toasts)
        except TimeoutError:
            raise AssertionError(f"{text!r} is not on the screen:\n{self.screen}") from None


def screen_text(screen: Screen[object]) -> str:
    """The characters of a screen, one line for each row."""
    return "\n".join(strip.text.rstrip() for strip in screen._compositor.render_strips())


@asynccontextmanager
async def chatting(
    api: FakeApi,
    home: Path,
    *,
    size: tuple[int, int] = (120, 40),
    resume: str | None = None,
    options: Options | None = None,
    **more: object,
) -> AsyncIterator[Chat]:
    """Opens the chat on the library in ``home``."""
    workshop = Workshop(
        open_library=lambda: Library(home / "data"),
        gateway=OpenAIGateway(base_url=api.url, api_key="test-key"),
        graphics=Graphics(),
        options=options or Options(),
        resume=resume,
    )
    app = SfumatoApp(replace(workshop, **more))  # type: ignore[arg-type]
    async with app.run_test(size=size, notifications=True) as pilot:
        chat = Chat(app, pilot, api)
        await chat.until(lambda: chat.studio.session is not None)
        yield chat
        await app.studio.shut()
