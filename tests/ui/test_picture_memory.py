"""Memory for pictures, here and in kitty: shared, bounded, and given back."""

from __future__ import annotations

import gc
from weakref import ref

import pytest
from textual.containers import VerticalScroll

from app.imaging.detection import Graphics
from app.ui.widgets.picture import Picture
from tests.ui.album import HALF, KITTY, SQUARE, WIDE, Album, settled, to_terminal


async def test_kitty_pictures_are_uploaded_once_and_freed() -> None:
    app = Album(KITTY, pictures=2)
    async with app.run_test(size=(80, 50)) as pilot:
        app.picture(0).show(SQUARE, "a", (400, 400))
        await settled(pilot)
        app.picture(1).show(SQUARE, "a", (400, 400))
        await settled(pilot)
        (first,) = app.uploaded()
        assert f"\x1b[38;5;{first & 255}m\U0010eeee" in to_terminal(app.picture(0), 0)
        app.refresh()
        await pilot.pause()
        assert app.uploaded() == [first]
        app.picture(0).show(WIDE, "b", (600, 400))
        await settled(pilot)
        assert app.freed() == []
        app.picture(1).show(WIDE, "b", (600, 400))
        await settled(pilot)
        await pilot.pause()
        assert app.freed() == [first]
        await app.picture(0).remove()
        assert app.freed() == [first]
        await app.picture(1).remove()
        assert app.freed() == app.uploaded()
        assert len(app.freed()) == 2


async def test_a_full_cache_frees_what_was_seen_least_recently() -> None:
    app = Album(KITTY, pictures=4, budget=800_000)
    async with app.run_test(size=(80, 24)) as pilot:
        for number in range(4):
            app.picture(number).show(SQUARE, f"n{number}", (400, 400))
        scroll = app.query_one(VerticalScroll)
        for number in range(4):
            scroll.scroll_to(y=number * 21, animate=False)
            await settled(pilot)
        assert app.cache.cost <= 2 * 800_000
        assert set(app.uploaded()[:2]) <= set(app.freed())
        scroll.scroll_to(y=0, animate=False)
        await settled(pilot)
        assert app.picture(0).ready
        assert len(app.uploaded()) > 4
    app.cache.close()
    assert sorted(app.freed()) == sorted(app.uploaded())


async def test_closing_frees_everything() -> None:
    app = Album(KITTY)
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(SQUARE, "a", (400, 400))
        await settled(pilot)
        app.cache.close()
        assert app.freed() == app.uploaded() != []
        app.picture().show(WIDE, "b", (600, 400))
        await pilot.pause()
        assert len(app.uploaded()) == 1


async def test_leaving_the_app_frees_everything_in_kitty() -> None:
    app = Album(KITTY, pictures=2)
    async with app.run_test(size=(80, 50)) as pilot:
        app.picture(0).show(SQUARE, "a", (400, 400))
        app.picture(1).show(WIDE, "b", (600, 400))
        await settled(pilot)
        assert app.freed() == []
        app.exit()
    assert len(app.uploaded()) == 2
    assert sorted(app.freed()) == sorted(app.uploaded())


async def test_the_cache_knows_its_cost_without_counting() -> None:
    app = Album(HALF, pictures=3)
    async with app.run_test(size=(80, 70)) as pilot:
        for number in range(3):
            app.picture(number).show(SQUARE, f"n{number}", (400, 400))
        await settled(pilot)
        entries = [app.picture(number)._entry for number in range(3)]
        assert app.cache.cost == sum(entry.cost for entry in entries if entry) > 0
        app.cache.close()
        assert app.cache.cost == 0


@pytest.mark.parametrize("graphics", [HALF, KITTY], ids=["half cells", "kitty"])
async def test_nothing_keeps_pictures_that_were_removed(graphics: Graphics) -> None:
    app, gone = Album(graphics), []
    async with app.run_test(size=(80, 40)) as pilot:
        for number in range(12):
            picture = Picture(graphics=graphics, cache=app.cache)
            picture.show(SQUARE, f"n{number}", (400, 400))
            await app.query_one(VerticalScroll).mount(picture, before=0)
            await settled(pilot)
            gone.append(ref(picture))
            await picture.remove()
            app.heard.clear()
        del picture
        gc.collect()
        # Textual itself may still know the last one or two.
        assert sum(1 for kept in gone if kept() is not None) <= 3


async def test_what_nobody_shows_takes_a_part_of_the_budget_only() -> None:
    app = Album(HALF, budget=400_000)
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(SQUARE, "stays", (400, 400))
        await settled(pilot)
        one = app.cache.cost
        for number in range(12):
            app.picture().show(SQUARE, f"n{number}", (400, 400))
            await settled(pilot)
        await pilot.pause()
        assert one < app.cache.cost <= one + 400_000 // 4
        assert app.picture().ready
