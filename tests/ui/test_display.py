"""What the app writes while it is used: little, and always what a whole repaint would show."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.events import AppFocus, Resize
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widgets import Static

from app.imaging.detection import Graphics
from app.ui import display
from tests.terminal.harness import Window
from tests.ui.chronicle import reading

PROTOCOLS = [Graphics("kitty"), Graphics("sixel"), Graphics("halfcell")]
everywhere = pytest.mark.parametrize("graphics", PROTOCOLS, ids=lambda way: way.protocol)


@everywhere
@pytest.mark.parametrize("lines", [1, 3, 10])
async def test_scrolling_sends_what_came_into_view(graphics: Graphics, lines: int) -> None:
    async with reading(graphics) as reader:
        await reader.scroll(16)
        await reader.scroll(-8)
        whole = reader.whole()
        for step in (lines, lines, -lines, -lines):
            assert len(await reader.scroll(step)) < whole * (lines + 5) / 24
            reader.looks_right()


@everywhere
async def test_without_moving_rows_only_those_that_changed_are_sent(graphics: Graphics) -> None:
    async with reading(graphics, moves_rows=False) as reader:
        await reader.scroll(8)
        for step in (1, 3, -2):
            written = await reader.scroll(step)
            assert len(written) < reader.whole()
            assert "\x1b[r" not in written
            reader.looks_right()


async def test_what_is_drawn_again_as_it_was_is_not_sent() -> None:
    async with reading(Graphics("sixel")) as reader:
        before = reader.window.model.written
        reader.app.refresh()
        reader.app.column.refresh(layout=True)
        await reader.window.settled()
        assert reader.window.model.written - before < 100


async def test_typing_sends_the_line() -> None:
    async with reading(Graphics("halfcell")) as reader:
        before = reader.window.model.written
        await reader.window.press("a", "b")
        assert reader.window.model.written - before < 800
        reader.looks_right()


@everywhere
async def test_what_covers_pictures_leaves_no_trace(graphics: Graphics) -> None:
    async with reading(graphics) as reader:
        for key in ("f3", "f3", "f2", "escape", "f3"):
            await reader.window.press(key)
            reader.looks_right()
            await reader.scroll(2)
            reader.looks_right()


async def test_selected_text_scrolls_with_its_marks() -> None:
    async with reading(Graphics("kitty")) as reader:
        await reader.scroll(20)
        for static in reader.app.column.query(Static):
            static.text_select_all()
        await reader.window.settled()
        assert reader.app.screen.selections
        for step in (1, -3):
            await reader.scroll(step)
            reader.looks_right()


@pytest.mark.parametrize("size", [(40, 12), (60, 24), (90, 30)])
async def test_another_size_is_painted_whole(size: tuple[int, int]) -> None:
    async with reading(Graphics("sixel")) as reader:
        await reader.scroll(5)
        await reader.window.resize(*size)
        reader.looks_right()
        await reader.scroll(1)
        reader.looks_right()


def spoil(opened: Window) -> None:
    """Another program wrote on the screen."""
    for y in range(opened.model.size[1]):
        opened.model.feed(f"\x1b[{y + 1};1Hrubbish")


async def test_everything_is_painted_on_coming_back() -> None:
    async with reading(Graphics("kitty")) as reader:
        app = reader.app
        app.loses_pictures = True

        async def focused() -> None:
            app.post_message(AppFocus())

        async def resumed() -> None:
            app.app_resume_signal.publish(app)

        async def zoomed() -> None:
            app.post_message(Resize(app.size, app.size, app.size, Size(1200, 960)))

        async def redrawn() -> None:
            app.repaint()

        for comes_back in (focused, resumed, zoomed, redrawn):
            spoil(reader.window)
            await comes_back()
            await reader.window.settled()
            reader.looks_right()


async def test_other_screens_and_drivers_begin_anew() -> None:
    async with reading(Graphics("halfcell")) as reader:
        app, opened = reader.app, reader.window
        spoil(opened)
        await opened.press("f2")
        reader.looks_right()
        spoil(opened)
        await opened.press("escape")
        reader.looks_right()
        spoil(opened)
        assert app._driver is not None
        app._driver = type(app._driver)(app)
        app.refresh()
        await opened.settled()
        reader.looks_right()


async def test_an_update_that_does_not_fit_is_written_as_textual_does() -> None:
    async with reading(Graphics("halfcell")) as reader:
        app, console = reader.app, reader.app.console
        short = Strip.blank(3)
        for update in (
            ChopsUpdate([{0: short}] * 2, [(0, 0, 60), (1, 0, 60)], [[60]] * 2),
            LayoutUpdate([[short]] * 2, Region(0, 0, 60, 2)),
        ):
            assert app._sequence(app.screen, update, console) == update.render_segments(console)
        app.refresh()
        await reader.window.settled()
        reader.looks_right()


async def test_a_textual_that_is_not_known_writes_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(display, "KNOWN", False)
    async with reading(Graphics("kitty")) as reader:
        await reader.scroll(3)
        assert len(await reader.scroll(1)) > 2000
        reader.looks_right()


ACTS = st.one_of(
    st.tuples(st.just("scroll"), st.integers(-30, 30)),
    st.tuples(st.just("scroll"), st.integers(-3, 3)),
    st.tuples(st.just("press"), st.sampled_from(["f2", "escape", "f3", "x", "backspace"])),
    st.tuples(st.just("resize"), st.integers(0, 3)),
)
WINDOWS = [(60, 24), (45, 17), (80, 30), (30, 9)]


async def _read(acts: list[tuple[str, int | str]], graphics: Graphics, moves_rows: bool) -> None:
    async with reading(graphics, moves_rows=moves_rows) as reader:
        for kind, value in acts:
            if kind == "scroll":
                await reader.scroll(int(value))
            elif kind == "press":
                await reader.window.press(str(value))
            else:
                await reader.window.resize(*WINDOWS[int(value)])
            reader.looks_right()


@settings(max_examples=6, deadline=None, derandomize=True)
@given(st.lists(ACTS, min_size=4, max_size=8), st.sampled_from(PROTOCOLS), st.booleans())
def test_whatever_happens_the_terminal_shows_what_it_should(
    acts: list[tuple[str, int | str]], graphics: Graphics, moves_rows: bool
) -> None:
    asyncio.run(_read(acts, graphics, moves_rows))
