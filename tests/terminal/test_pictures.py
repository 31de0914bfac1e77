"""Pictures in a column, byte by byte: after all that can happen each shows its own pixels."""

from __future__ import annotations

import asyncio

import pytest

from app.imaging.detection import Graphics
from tests.imaging.pictures import encoded
from tests.terminal.album import Album, original
from tests.terminal.harness import PATIENCE, Window, window
from tests.terminal.looks import stale, wrong

PROTOCOLS = [
    Graphics("kitty", moves_rows=True),
    Graphics("sixel", moves_rows=True),
    Graphics("halfcell", moves_rows=True),
]
everywhere = pytest.mark.parametrize("graphics", PROTOCOLS, ids=lambda way: way.protocol)


def seen(window: Window, app: Album, *, exact: bool = True) -> list[str]:
    """The places that are in view, after a check that all is right with them."""
    blurred = app.graphics.protocol == "halfcell"
    assert wrong(window, app.expected, exact=exact, tolerance=48 if blurred else 14) == []
    return [picture.id or "" for picture in window.pictures]


@everywhere
async def test_what_arrives_is_shown(graphics: Graphics) -> None:
    app = Album(graphics)
    async with window(app) as opened:
        assert seen(opened, app) == ["p0", "p1", "p2"]
        kinds = {cell.kind for cell in opened.model.line(3)}
        assert kinds == {"text"} | ({graphics.protocol} - {"halfcell"})


@everywhere
async def test_scrolling_moves_pictures_and_leaves_no_trace(graphics: Graphics) -> None:
    app = Album(graphics)
    async with window(app) as opened:
        for lines in (1, 1, 3, 3, 20, -1, -3, -1, -20, -3):
            app.scroll(app.column.scroll_y + lines)
            await opened.settled()
            assert seen(opened, app)


@everywhere
async def test_both_ends_are_right_after_a_jump(graphics: Graphics) -> None:
    app = Album(graphics)
    async with window(app) as opened:
        app.scroll(app.column.max_scroll_y)
        await opened.settled()
        assert seen(opened, app) == ["p3", "p4", "p5"]
        app.scroll(0)
        await opened.settled()
        assert seen(opened, app) == ["p0", "p1", "p2"]


@everywhere
async def test_a_dialog_covers_pictures_and_gives_them_back(graphics: Graphics) -> None:
    app = Album(graphics)
    async with window(app) as opened:
        before = opened.model.snapshot()
        await opened.press("d")
        assert "A question?" in opened.model.text
        assert opened.model.check() == []
        assert stale(opened) == []
        await opened.press("escape")
        assert seen(opened, app) == ["p0", "p1", "p2"]
        assert opened.model.snapshot() == before


@everywhere
async def test_every_size_of_the_window_shows_its_own(graphics: Graphics) -> None:
    app = Album(graphics)
    async with window(app) as opened:
        for columns, rows in ((60, 16), (13, 9), (100, 30), (80, 24)):
            await opened.resize(columns, rows)
            assert seen(opened, app)
        await opened.resize(20, 30)
        assert seen(opened, app, exact=False)


@everywhere
async def test_a_larger_font_shows_the_same_pictures(graphics: Graphics) -> None:
    app = Album(graphics)
    async with window(app) as opened:
        await opened.resize(40, 12, (20, 40))
        assert seen(opened, app)
        await opened.resize(100, 30, (8, 16))
        assert seen(opened, app)
        await opened.resize(88, 25, (9, 19))
        assert seen(opened, app, exact=False)


@everywhere
async def test_what_was_evicted_comes_back(graphics: Graphics) -> None:
    app = Album(graphics, budget=1)
    async with window(app) as opened:
        for y in (app.column.max_scroll_y, 0, 20, 0):
            app.scroll(y)
            await opened.settled()
            assert seen(opened, app)
            assert len(opened.model.kitty_images) <= len(opened.pictures)


@everywhere
async def test_a_preview_gives_way_to_the_next_and_to_the_picture(graphics: Graphics) -> None:
    app = Album(graphics, count=2)
    async with window(app) as opened:
        for number, size in ((2, (48, 32)), (3, (48, 32)), (4, (240, 160))):
            app.put(0, number, size)
            await opened.settled()
            assert seen(opened, app) == ["p0", "p1"]
        assert len(opened.model.kitty_images) in (0, 2)


@everywhere
async def test_previews_that_come_at_once_leave_only_the_last(graphics: Graphics) -> None:
    app = Album(graphics, count=2)
    async with window(app, cell=(20, 40), slow=True) as opened:
        for number in (2, 3, 4, 5):
            app.put(0, number)
            before = opened.model.kitty.uploads
            while graphics.protocol == "kitty" and not opened.model.kitty.busy:
                assert opened.model.kitty.uploads == before
                await asyncio.sleep(0.001)
        await opened.settled()
        assert seen(opened, app) == ["p0", "p1"]
    if graphics.protocol == "kitty":
        assert opened.model.kitty.given_up > 0
    assert opened.model.kitty_images == {}


@everywhere
async def test_an_animation_plays_in_its_place_and_is_freed(graphics: Graphics) -> None:
    app = Album(graphics, count=1)
    frames = [original(number) for number in (0, 1)]
    film = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=60, loop=0)
    async with window(app) as opened:
        app.picture(0).show(film, "film", frames[0].size)
        met: set[int] = set()
        async with asyncio.timeout(PATIENCE):
            while len(met) < 2:
                await asyncio.sleep(0.01)
                for number in (0, 1):
                    app.numbers["p0"] = number
                    if not wrong(opened, app.expected, tolerance=48):
                        met.add(number)
        assert opened.model.check() == []
    assert opened.model.check() == []
    assert opened.model.kitty_images == {}


@everywhere
async def test_a_picture_that_is_taken_away_leaves_no_trace(graphics: Graphics) -> None:
    app = Album(graphics, count=3)
    async with window(app) as opened:
        await app.picture(1).remove()
        await opened.settled()
        assert seen(opened, app) == ["p0", "p2"]
        assert len(opened.model.kitty_images) in (0, 2)


@everywhere
async def test_nothing_is_left_in_the_terminal_afterwards(graphics: Graphics) -> None:
    app = Album(graphics)
    async with window(app) as opened:
        app.scroll(5)
        await opened.settled()
    model = opened.model
    assert model.check() == []
    assert model.kitty_images == {}
    assert not model.alternate
    assert model.text.strip() == ""
    assert model.modes == {7, 25}
    assert (model.grid.top, model.grid.bottom) == (0, 23)
