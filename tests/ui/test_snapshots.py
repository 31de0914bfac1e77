"""How the screens look; after a change on purpose: ``pytest --snapshot-update``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from app.api.gateway import OpenAIGateway
from app.domain.conversation import Conversation, Picture, Status, Turn, Usage
from app.domain.errors import Moderated
from app.domain.options import Action, Options
from app.imaging.detection import Graphics
from app.session.live import Live
from app.storage.library import Library
from app.ui.app import SfumatoApp
from app.ui.workshop import Workshop
from tests.events import png

Compare = Callable[..., bool]
Steps = Callable[[Pilot[None]], Awaitable[None]]

MORNING = datetime(2026, 11, 1, 9, tzinfo=UTC)
WIDE, NARROW = (120, 36), (80, 24)
REVISED = (
    "A gray tabby cat hugging an otter. The otter is wearing an orange scarf. Both animals are "
    "cute and friendly, depicted in a warm, heartwarming style."
)


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SfumatoApp]:
    """The app on an empty library in a home of its own; nothing blinks and nothing is sent."""
    monkeypatch.setenv("HOME", str(tmp_path))
    app = SfumatoApp(
        Workshop(
            open_library=lambda: Library(tmp_path / "data"),
            gateway=OpenAIGateway(base_url="http://127.0.0.1:9/v1", api_key="none"),
            graphics=Graphics(),
            options=Options(),
            demo=True,
        )
    )
    app.animation_level = "none"
    yield app
    if app.studio.library is not None:
        app.studio.library.close()


def picture(home: Path, name: str, color: tuple[int, int, int], revised: str | None) -> Picture:
    """A picture of one colour in the home folder."""
    path = home / f"{name}.png"
    path.write_bytes(png(color, 96, 64))
    return Picture(
        path, name, "png", 96, 64, revised, action="generate", size="1536x1024", quality="high"
    )


def turn(name: str, parent: str | None, prompt: str, **facts: Any) -> Turn:
    """A turn that took 41 seconds."""
    usage = Usage(1633, 43, 30, 1756)
    given = {"status": Status.DONE, "response_id": f"resp_{name}", "usage": usage, **facts}
    times = {"created": MORNING, "finished": MORNING + timedelta(seconds=41)}
    return Turn(id=name, parent=parent, prompt=prompt, **{**times, **given})


def two_turns(home: Path) -> Conversation:
    """A picture and an edit of it."""
    made = turn(
        "a", None, "a gray tabby cat hugging an otter with an orange scarf",
        pictures=(picture(home, "tabby-cat-3fa2c1", (170, 120, 80), REVISED),),
    )  # fmt: skip
    edited = replace(
        picture(home, "realistic-77aa01", (90, 110, 130), "The same scene as a photograph."),
        action="edit",
        favourite=True,
    )
    other = turn("b", "a", "now make it realistic", pictures=(edited,))
    again = turn(
        "c", "a", "now make it realistic", pictures=(edited,), options=Options(quality="low")
    )
    conversation = Conversation(id="snapshot", created=MORNING)
    for each in (made, other, again):
        conversation = conversation.with_turn(each, move=True)
    return conversation


def one(last: Turn) -> Conversation:
    """A conversation of a single turn."""
    return Conversation(id="snapshot", created=MORNING).with_turn(last, move=True)


def showing(
    conversation: Conversation | None = None,
    *keys: str,
    live: dict[str, Live] | None = None,
    theme: str = "",
) -> Steps:
    """Opens ``conversation`` and presses ``keys``."""

    async def steps(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, SfumatoApp)
        if theme:
            app.theme = theme
        app.studio.prompt.area.cursor_blink = False
        while app.studio.session is None:
            await asyncio.sleep(0.01)
        if conversation is not None:
            app.studio.open_conversation(conversation)
            app.studio.live = live or {}
        await pilot.pause(0.3)
        await pilot.press(*keys)
        for field in app.screen.query(Input):
            field.cursor_blink = False
        await pilot.pause(0.3)

    return steps


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_welcome(app: SfumatoApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=showing())


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_turns(
    app: SfumatoApp, snap_compare: Compare, tmp_path: Path, size: tuple[int, int]
) -> None:
    assert snap_compare(app, terminal_size=size, run_before=showing(two_turns(tmp_path)))


@pytest.mark.parametrize("theme", ["sfumato-light", "high-contrast", "terminal"])
def test_themes(app: SfumatoApp, snap_compare: Compare, tmp_path: Path, theme: str) -> None:
    steps = showing(two_turns(tmp_path), "escape", "up", theme=theme)
    assert snap_compare(app, terminal_size=WIDE, run_before=steps)


def test_refused_by_moderation(app: SfumatoApp, snap_compare: Compare) -> None:
    error = Moderated("The safety system refused the prompt (input: violence).").failure()
    failed = turn("a", None, "something dark", status=Status.FAILED, error=error, usage=None)
    assert snap_compare(app, terminal_size=WIDE, run_before=showing(one(failed)))


def test_waiting_for_a_rate_limit(app: SfumatoApp, snap_compare: Compare) -> None:
    waiting = turn(
        "a", None, "a fox", status=Status.RUNNING, finished=None, usage=None,
        options=Options(action=Action.GENERATE, size="1536x1024"),
    )  # fmt: skip
    live = {"a": Live(stage="waiting to send again", retry_in=12.0, attempt=2)}
    assert snap_compare(app, terminal_size=WIDE, run_before=showing(one(waiting), live=live))


def test_an_answer_in_words(app: SfumatoApp, snap_compare: Compare) -> None:
    said = "Which one do you mean?\n\n- the **red** fox\n- the *gray* fox"
    asked = turn("a", None, "the fox, please", said=said, usage=None)
    assert snap_compare(app, terminal_size=NARROW, run_before=showing(one(asked)))


def test_completions(app: SfumatoApp, snap_compare: Compare) -> None:
    assert snap_compare(app, terminal_size=NARROW, run_before=showing(None, *"/co"))


@pytest.mark.parametrize("key", ["f1", "f2", "ctrl+o"])
def test_sheets(app: SfumatoApp, snap_compare: Compare, tmp_path: Path, key: str) -> None:
    assert snap_compare(app, terminal_size=NARROW, run_before=showing(two_turns(tmp_path), key))
