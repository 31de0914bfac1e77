"""Animations and endings as a terminal sees them: the right frame in its cells, nothing left."""

from __future__ import annotations

import asyncio

import pytest
from PIL import Image

from app.imaging.detection import Graphics
from app.ui.widgets.picture import Picture
from tests.imaging.moving import animated, colour
from tests.imaging.pictures import near, plain
from tests.terminal.album import Album
from tests.terminal.harness import Window, window
from tests.terminal.looks import wrong

FRAMES = 4
MOVING = animated(FRAMES, 20, size=(240, 160))
SLOW = animated(FRAMES, 60_000, size=(240, 160))
everywhere = pytest.mark.parametrize("protocol", ["kitty", "sixel", "halfcell"])


def graphics(protocol: str) -> Graphics:
    """A terminal that shows this."""
    found = {"kitty": Graphics("kitty"), "sixel": Graphics("sixel")}
    return found.get(protocol, Graphics("halfcell"))


def frame_of(picture: Picture) -> Image.Image:
    """What the animation shows now."""
    made = picture._made()
    assert made is not None
    ((_, upper, _),) = made.cells.row(3, 5, 6)
    numbers = [n for n in range(FRAMES) if near(upper, colour(n, FRAMES), 20)]
    return plain(240, 160, colour(numbers[0], FRAMES))


async def until_playing(opened: Window, picture: Picture) -> None:
    """Waits until the frames are there."""
    async with asyncio.timeout(10):
        while not picture.playing:
            await opened.pilot.pause()
            await asyncio.sleep(0.005)


@everywhere
async def test_every_frame_of_an_animation_stands_in_its_cells(protocol: str) -> None:
    app = Album(graphics(protocol), count=1)
    async with window(app, rows=30) as opened:
        picture = app.picture(0)
        picture.show(SLOW, "slow", (240, 160))
        await opened.settled()
        await until_playing(opened, picture)
        shown = set()
        for _ in range(FRAMES):
            await opened.settled()
            assert wrong(opened, frame_of) == []
            shown.add(frame_of(picture).getpixel((0, 0)))
            picture._motion._advance()
        assert len(shown) == FRAMES
    assert opened.model.kitty_images == {}


@everywhere
async def test_an_animation_under_way_survives_scrolling_dialogs_and_resizing(
    protocol: str,
) -> None:
    app = Album(graphics(protocol), count=3)
    async with window(app) as opened:
        picture = app.picture(0)
        picture.show(MOVING, "moving", (240, 160))
        await until_playing(opened, picture)
        app.scroll(3)
        await opened.pilot.pause()
        await opened.pilot.resize_terminal(60, 20)
        app.scroll(-2)
        await opened.pilot.pause()
        app.cache.animate = False
        await opened.resize(80, 24)
        await opened.press("d")
        await opened.press("escape")
        await opened.settled()
        pictures = {picture: frame_of(picture)}
        expected = lambda shown: pictures.get(shown) or app.expected(shown)  # noqa: E731
        assert wrong(opened, expected, exact=False) == []
        app.cache.animate = True
        await until_playing(opened, picture)
        app.cache.animate = False
    assert opened.model.kitty_images == {}


async def broken(app: Album, kept: list[int]) -> None:
    """Runs an app that soon breaks; notes how many pictures kitty has when it leaves the screen."""
    async with window(app) as opened:
        model, feed = opened.model, opened.model.feed
        assert model.kitty_images

        def watched(data: str) -> None:
            if "\x1b[?1049l" in data:
                kept.append(len(model.kitty_images))
            feed(data)

        model.feed = watched  # type: ignore[method-assign]
        app.call_later(lambda: 1 // 0)
        await asyncio.sleep(0.2)


async def test_an_app_that_breaks_frees_its_pictures_before_it_leaves_the_screen() -> None:
    kept: list[int] = []
    with pytest.raises(ZeroDivisionError):
        await broken(Album(graphics("kitty")), kept)
    assert kept == [0]
