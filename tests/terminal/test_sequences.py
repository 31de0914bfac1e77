"""Random sequences of what happens to pictures: the screen is always as if painted just now."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from textual.events import AppBlur, AppFocus

from app.imaging.detection import Graphics
from tests.fakes import FakeApi
from tests.terminal.album import COUNT, Album, Dialog
from tests.terminal.harness import Window, window
from tests.terminal.looks import stale, wrong
from tests.terminal.sitting import sitting

PROFILE = settings.get_profile("terminal-long" if "TERMINAL_EXAMPLES" in os.environ else "terminal")
WAYS = [
    Graphics("kitty"),
    Graphics("kitty", tmux=True),
    Graphics("kitty", remote=True),
    Graphics("sixel"),
    Graphics("sixel", forgetful=True),
    Graphics("halfcell"),
    Graphics("halfcell", symbols="quadrant"),
    Graphics("halfcell", symbols="sextant"),
    Graphics("halfcell", symbols="octant"),
]
PLACES = st.integers(0, COUNT - 1)
CELLS = [(10, 20), (8, 16), (20, 40)]

Step = tuple[str, Any, bool]
"""What happens, with what, and whether all is drawn before the next step."""


async def scroll(opened: Window, app: Album, lines: int) -> None:
    """By lines, up or down."""
    app.scroll(app.column.scroll_y + lines)


async def jump(opened: Window, app: Album, share: float) -> None:
    """To a share of the whole height."""
    app.scroll(app.column.max_scroll_y * share)


async def resize(opened: Window, app: Album, size: tuple[int, int]) -> None:
    """The window, in cells."""
    opened.change(*size)


async def zoom(opened: Window, app: Album, cell: tuple[int, int]) -> None:
    """The font: the window's pixels stay about the same."""
    opened.change(800 // cell[0], 480 // cell[1], cell)


async def dialog(opened: Window, app: Album, _: None) -> None:
    """Opens a dialog, or closes it."""
    await (app.pop_screen() if isinstance(app.screen, Dialog) else app.push_screen(Dialog()))


async def put(opened: Window, app: Album, what: tuple[int, int]) -> None:
    """Another picture in a place."""
    place, number = what
    if f"p{place}" in app.numbers:
        app.put(place, number)


async def remove(opened: Window, app: Album, place: int) -> None:
    """Takes a place away."""
    if app.numbers.pop(f"p{place}", None) is not None:
        await app.picture(place).remove()


async def focus(opened: Window, app: Album, there: bool) -> None:
    """The window gets the focus, or another does."""
    app.post_message(AppFocus() if there else AppBlur())


async def refresh(opened: Window, app: Album, _: None) -> None:
    """Textual draws everything again, as after a change of the theme."""
    app.refresh_css(animate=False)


ACTIONS: dict[str, Callable[[Window, Album, Any], Awaitable[None]]] = {
    "scroll": scroll,
    "jump": jump,
    "resize": resize,
    "zoom": zoom,
    "dialog": dialog,
    "put": put,
    "remove": remove,
    "focus": focus,
    "refresh": refresh,
}
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "scroll": st.sampled_from([1, -1, 3, -3, 20, -20]),
    "jump": st.sampled_from([0.0, 1.0, 0.5]),
    "resize": st.sampled_from([(80, 24), (60, 16), (30, 12), (100, 30)]),
    "zoom": st.sampled_from(CELLS),
    "dialog": st.none(),
    "put": st.tuples(PLACES, PLACES),
    "remove": PLACES,
    "focus": st.booleans(),
    "refresh": st.none(),
}
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(*(st.tuples(st.just(name), value, st.booleans()) for name, value in VALUES.items())),
    max_size=8,
)


async def play(graphics: Graphics, budget: int, slow: bool, steps: list[Step]) -> None:
    """Takes the steps and checks what stands on the screen then, and what is left afterwards."""
    app = Album(graphics, budget=budget)
    async with window(app, slow=slow) as opened:
        for name, value, wait in steps:
            await ACTIONS[name](opened, app, value)
            if wait:
                await opened.settled()
        await opened.settled()
        assert opened.model.check() == []
        assert stale(opened) == []
        if isinstance(app.screen, Dialog):
            app.pop_screen()
            await opened.settled()
        blurred = graphics.protocol == "halfcell"
        assert wrong(opened, app.expected, tolerance=56 if blurred else 14) == []
    assert opened.model.check() == []
    assert opened.model.kitty_images == {}


@settings(PROFILE)
@given(
    graphics=st.sampled_from(WAYS),
    moves=st.booleans(),
    budget=st.sampled_from([2**27, 1, 500_000]),
    slow=st.booleans(),
    steps=STEPS,
)
def test_whatever_happens_the_screen_is_as_if_painted_anew(
    graphics: Graphics, moves: bool, budget: int, slow: bool, steps: list[Step]
) -> None:
    asyncio.run(play(replace(graphics, moves_rows=moves), budget, slow, steps))


KEYS = ["pageup", "pagedown", "up", "down", "home", "end", "escape", "i", "f1", "x", "z", "ctrl+n"]
MOVES: st.SearchStrategy[list[str | tuple[int, int]]] = st.lists(
    st.sampled_from([*KEYS, (80, 28), (60, 16), (120, 30)]), max_size=10
)


async def sit(home: Path, graphics: Graphics, moves: list[str | tuple[int, int]]) -> None:
    """Presses keys and changes the window, and checks the chat's screen after each."""
    with FakeApi() as api:
        async with sitting(api, home, graphics, turns=5) as chat:
            for move in moves:
                if isinstance(move, str):
                    await chat.press(move)
                else:
                    chat.window.change(*move)
                    await chat.window.settled()
                assert chat.model.check() == []
                assert stale(chat.window) == []
            if len(chat.app.screen_stack) == 1:
                chat.seen()
        assert chat.model.check() == []
        assert chat.model.kitty_images == {}


@settings(PROFILE, max_examples=PROFILE.max_examples // 4)
@given(graphics=st.sampled_from(WAYS[:4]), moves=MOVES)
def test_whatever_is_pressed_the_chat_is_as_if_painted_anew(
    graphics: Graphics, moves: list[str | tuple[int, int]]
) -> None:
    with TemporaryDirectory() as home:
        asyncio.run(sit(Path(home), replace(graphics, moves_rows=True), moves))
