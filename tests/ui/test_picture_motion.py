"""Animations in place: they play where they can be seen, stop elsewhere, and are freed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from PIL.Image import DecompressionBombError
from textual.containers import VerticalScroll
from textual.pilot import Pilot

from app.imaging import animation
from app.imaging.detection import Graphics
from app.ui.widgets.picture import Picture
from tests.imaging.moving import animated, colour
from tests.imaging.pictures import near
from tests.ui.album import (
    HALF,
    KITTY,
    SIXEL,
    SQUARE,
    Album,
    Dialog,
    colours,
    settled,
    to_terminal,
)

MOVING = animated(3, 30)
SIZE = (60, 40)


async def until(pilot: Pilot[None], done: Callable[[], bool]) -> None:
    """Waits until something is so."""
    for _ in range(500):
        await pilot.pause()
        if done():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


async def played(pilot: Pilot[None], album: Album, frames: int = 3) -> None:
    """Waits until so many different frames were on screen."""
    seen: set[tuple[int, ...]] = set()

    def look() -> bool:
        seen.add(colours(album, 3, 4)[0])
        return len(seen) >= frames

    await until(pilot, look)


@pytest.mark.parametrize("graphics", [HALF, KITTY, SIXEL])
async def test_an_animation_plays_in_place(graphics: Graphics) -> None:
    app = Album(graphics)
    app.cache.animate = False
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(MOVING, "moving", SIZE)
        await settled(pilot)
        assert near(colours(app, 3, 4)[0], colour(0, 3), 20)
        app.cache.animate = True
        await played(pilot, app)
        assert app.picture().playing
        assert [type(event).__name__ for event in app.heard] == ["Ready"]


async def test_kitty_gets_every_frame_once_and_frees_it_with_the_picture() -> None:
    app = Album(KITTY)
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(MOVING, "moving", SIZE)
        await until(pilot, lambda: app.picture().playing)
        ids = app.uploaded()
        assert len(set(ids)) == len(ids) == 1 + 3
        await asyncio.sleep(0.15)
        assert app.uploaded() == ids
        app.picture().show(SQUARE, "still", (400, 400))
        await settled(pilot)
        await pilot.pause()
        assert sorted(app.freed()) == sorted(ids)
        assert not app.picture().playing
        await app.picture().remove()
        assert sorted(app.freed()) == sorted(app.uploaded())
        assert app.cache.cost == 0


async def test_it_rests_out_of_view_and_goes_on_in_view() -> None:
    app = Album(pictures=4)
    async with app.run_test(size=(80, 24)) as pilot:
        app.picture(0).show(MOVING, "moving", SIZE)
        for number in range(1, 4):
            app.picture(number).show(SQUARE, "still", (400, 400))
        await until(pilot, lambda: app.picture(0).playing)
        column = app.query_one(VerticalScroll)
        column.scroll_end(animate=False)
        await until(pilot, lambda: not app.picture(0).playing)
        column.scroll_home(animate=False)
        await until(pilot, lambda: app.picture(0).playing)


async def test_it_rests_behind_a_dialog() -> None:
    app = Album(KITTY)
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(MOVING, "moving", SIZE)
        await until(pilot, lambda: app.picture().playing)
        await app.push_screen(Dialog())
        await until(pilot, lambda: not app.picture().playing)
        app.pop_screen()
        await until(pilot, lambda: app.picture().playing)


async def test_it_rests_while_another_window_has_the_focus() -> None:
    app = Album()
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(MOVING, "moving", SIZE)
        await until(pilot, lambda: app.picture().playing)
        app.app_focus = False
        assert not app.picture().playing
        app.app_focus = True
        assert app.picture().playing


async def test_without_the_focus_its_frames_are_not_even_made() -> None:
    app = Album(KITTY)
    async with app.run_test(size=(80, 40)) as pilot:
        app.app_focus = False
        app.picture().show(MOVING, "moving", SIZE)
        await settled(pilot)
        await asyncio.sleep(0.1)
        assert len(app.uploaded()) == 1
        app.app_focus = True
        await until(pilot, lambda: app.picture().playing)


async def test_the_switch_takes_effect_at_once() -> None:
    app = Album()
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(MOVING, "moving", SIZE)
        await until(pilot, lambda: app.picture().playing)
        app.cache.animate = False
        assert not app.picture().playing
        app.cache.animate = True
        assert app.picture().playing


async def test_switched_off_nothing_but_the_first_frame_is_made() -> None:
    app = Album(KITTY)
    app.cache.animate = False
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(MOVING, "moving", SIZE)
        await settled(pilot)
        await asyncio.sleep(0.1)
        assert len(app.uploaded()) == 1
        app.cache.animate = True
        await until(pilot, lambda: app.picture().playing)


async def test_an_animation_that_ends_stays_at_its_last_frame() -> None:
    app = Album()
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(animated(3, 30, loop=None), "once", SIZE)
        await until(pilot, lambda: app.picture().playing)
        await until(pilot, lambda: not app.picture().playing)
        assert near(colours(app, 3, 4)[0], colour(2, 3), 20)
        app.refresh()
        await pilot.pause()
        assert not app.picture().playing


async def test_an_animation_given_up_in_the_middle_leaves_nothing_in_kitty() -> None:
    app = Album(KITTY, pictures=4)
    async with app.run_test(size=(80, 24)) as pilot:
        gone: list[Picture] = []

        def cover(text: str) -> None:
            app.written.append(text)
            if len(app.uploaded()) == 6 and not gone:
                gone.append(app.picture(0))
                app.picture(0).display = False

        app.picture(0).show(animated(12, 30, size=(400, 300)), "moving", (400, 300))
        app.cache.uploads.write = cover
        await until(pilot, lambda: bool(gone))
        await until(pilot, lambda: len(app.freed()) >= len(app.uploaded()) - 1)
        assert len(app.uploaded()) < 13
        await app.picture(0).remove()
        assert sorted(set(app.freed())) == sorted(app.uploaded())


async def test_frames_that_were_freed_in_kitty_are_not_drawn_any_more() -> None:
    app = Album(KITTY)
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(MOVING, "moving", SIZE)
        await until(pilot, lambda: app.picture().playing)
        assert "\U0010eeee" in to_terminal(app.picture(), 0)
        app.cache.release()
        assert "\U0010eeee" not in to_terminal(app.picture(), 0)
        assert not app.picture().playing
        await until(pilot, lambda: app.picture().playing)
        assert sorted(app.freed()) == sorted(app.uploaded()[:4])


@pytest.mark.parametrize("end", ["close", "release"])
async def test_frames_on_their_way_at_the_end_are_freed_at_once(end: str) -> None:
    app = Album(KITTY)
    async with app.run_test(size=(80, 40)) as pilot:
        at_the_end: list[list[int]] = []

        def leave() -> None:
            getattr(app.cache, end)()
            at_the_end.extend((app.uploaded(), app.freed()))

        def end_in_the_middle(text: str) -> None:
            app.written.append(text)
            if len(app.uploaded()) == 6 and not asked:
                asked.append(True)
                asyncio.get_running_loop().call_soon(leave)

        asked: list[bool] = []
        app.picture().show(animated(12, 30, size=(400, 300)), "moving", (400, 300))
        app.cache.uploads.write = end_in_the_middle
        await until(pilot, lambda: bool(at_the_end))
        uploaded, freed = at_the_end
        assert sorted(set(freed)) == sorted(uploaded)
        assert len(uploaded) < 13


async def test_an_animation_that_cannot_be_played_is_tried_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    def broken(*_: object) -> None:
        tried.append(True)
        raise DecompressionBombError

    monkeypatch.setattr(animation, "boxed", broken)
    app = Album()
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(MOVING, "moving", SIZE)
        await until(pilot, lambda: bool(tried))
        for _ in range(5):
            app.picture().refresh()
            await pilot.pause(0.02)
        assert len(tried) == 1
        assert app.picture().ready
        assert not app.picture().playing


async def test_a_still_picture_has_no_timer() -> None:
    app = Album()
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(SQUARE, "still", (400, 400))
        await settled(pilot)
        assert not app.picture().playing
        assert not app.picture()._timers


async def test_words_do_not_play() -> None:
    app = Album(Graphics("text"))
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(MOVING, "moving", SIZE)
        await pilot.pause()
        assert not app.picture().playing


async def test_an_animation_counts_in_the_cache() -> None:
    app = Album()
    app.cache.animate = False
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(MOVING, "moving", SIZE)
        await settled(pilot)
        alone = app.cache.cost
        app.cache.animate = True
        await until(pilot, lambda: app.picture().playing)
        assert app.cache.cost > 2 * alone
        app.cache.close()
        assert app.cache.cost == 0
