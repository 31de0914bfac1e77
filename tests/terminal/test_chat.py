"""The whole chat, byte by byte: pictures stay right whatever a person does on the main screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.imaging.detection import Graphics
from tests.fakes import FakeApi, picture_events, sse
from tests.imaging.pictures import encoded
from tests.terminal.album import original
from tests.terminal.looks import stale
from tests.terminal.sitting import SIZE, sitting

sharply = pytest.mark.parametrize(
    "graphics",
    [Graphics("kitty", moves_rows=True), Graphics("sixel", moves_rows=True)],
    ids=lambda way: way.protocol,
)


@sharply
async def test_scrolling_by_pages_and_turns(
    graphics: Graphics, fake_api: FakeApi, tmp_path: Path
) -> None:
    async with sitting(fake_api, tmp_path, graphics, turns=4) as chat:
        assert chat.seen()[-1] == 3
        for key in ("pageup", "pagedown", "escape", "home", "j", "end"):
            await chat.press(key)
            assert chat.seen()


@sharply
async def test_other_screens_give_the_pictures_back(
    graphics: Graphics, fake_api: FakeApi, tmp_path: Path
) -> None:
    async with sitting(fake_api, tmp_path, graphics) as chat:
        before = chat.seen()
        for key in ("f1", "ctrl+o"):
            await chat.press(key)
            assert len(chat.app.screen_stack) == 2
            assert chat.model.check() == []
            assert stale(chat.window) == []
            await chat.press("escape")
            assert len(chat.app.screen_stack) == 1
            assert chat.seen() == before


@sharply
async def test_another_conversation_and_back(
    graphics: Graphics, fake_api: FakeApi, tmp_path: Path
) -> None:
    async with sitting(fake_api, tmp_path, graphics) as chat:
        first = chat.conversation
        await chat.press("ctrl+n")
        assert chat.seen() == []
        assert chat.model.kitty_images == {}
        await chat.ask(2)
        assert chat.seen() == [2]
        chat.studio.open_conversation(first)
        await chat.window.settled()
        assert chat.seen()[-1] == 1


@sharply
async def test_a_deleted_turn_leaves_no_trace_and_neither_does_the_app(
    graphics: Graphics, fake_api: FakeApi, tmp_path: Path
) -> None:
    async with sitting(fake_api, tmp_path, graphics) as chat:
        await chat.press("escape", "x")
        await chat.until(lambda: len(chat.turns) == 1)
        assert chat.seen() == [0]
        await chat.press("z")
        await chat.until(lambda: len(chat.turns) == 2)
        assert chat.seen()[-1] == 1
        await chat.press("ctrl+q")
    model = chat.model
    assert model.check() == []
    assert model.kitty_images == {}
    assert not model.alternate
    assert model.text.strip() == ""
    assert model.modes == {7, 25}


@sharply
async def test_previews_give_way_to_the_picture(
    graphics: Graphics, fake_api: FakeApi, tmp_path: Path
) -> None:
    async with sitting(fake_api, tmp_path, graphics, turns=1) as chat:
        previews = [encoded(original(number, 96, 64)) for number in (3, 4)]
        final = encoded(original(1, *SIZE))
        events = picture_events(final, partials=previews)
        fake_api.answer_with(lambda _: sse(events).slowly(0.03))
        await chat.ask(1)
        assert chat.seen()[-1] == 1
        assert len(chat.model.kitty_images) <= len(chat.turns)


@sharply
async def test_another_window_and_another_font(
    graphics: Graphics, fake_api: FakeApi, tmp_path: Path
) -> None:
    async with sitting(fake_api, tmp_path, graphics) as chat:
        for size, cell in [
            ((60, 20), (10, 20)),
            ((120, 34), (10, 20)),
            ((60, 17), (20, 40)),
        ]:
            chat.window.change(*size, cell)
            await chat.window.settled()
            assert chat.seen()


@sharply
async def test_a_tiny_memory_still_shows_what_is_in_view(
    graphics: Graphics, fake_api: FakeApi, tmp_path: Path
) -> None:
    async with sitting(fake_api, tmp_path, graphics, turns=3, cache_bytes=1) as chat:
        for key in ("escape", "home", "end", "k"):
            await chat.press(key)
            assert chat.seen()
            assert len(chat.model.kitty_images) <= len(chat.window.pictures)
