"""What is made for pictures and what is not: superseded, scrolled away, shown twice, recoloured."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL.Image import Image
from textual.containers import VerticalScroll

from app.imaging import raster
from app.imaging.encode import Encoded, encode
from app.imaging.raster import Job
from app.ui.widgets.picture import Picture
from tests.imaging.pictures import BLUE, GREEN, RED, encoded, halves, plain
from tests.ui.album import KITTY, SQUARE, Album, colours, settled


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of all pictures that were encoded, in their order."""
    keys: list[str] = []

    def counted(flat: Image, job: Job, image_id: int) -> Encoded:
        keys.append(job.key)
        return encode(flat, job, image_id)

    monkeypatch.setattr(raster, "encode", counted)
    return keys


@pytest.fixture
def pipe(tmp_path: Path) -> Callable[[str], tuple[Path, Callable[[bytes], None]]]:
    """Files that are as slow as one likes: whoever reads them waits until they are poured."""

    def laid(name: str) -> tuple[Path, Callable[[bytes], None]]:
        path = tmp_path / name
        os.mkfifo(path)

        def pour(data: bytes) -> None:
            path.write_bytes(data)

        return path, pour

    return laid


Pipe = Callable[[str], tuple[Path, Callable[[bytes], None]]]


async def test_a_partial_superseded_by_a_later_one_is_never_encoded(
    made: list[str], pipe: Pipe
) -> None:
    app = Album(KITTY)
    path, pour = pipe("partial.png")
    async with app.run_test(size=(80, 40)) as pilot:
        picture = app.picture()
        picture.show(path, "partial", (400, 400))
        await pilot.pause()
        picture.show(encoded(plain(400, 400, GREEN)), "later", (400, 400))
        picture.show(encoded(plain(400, 400, BLUE)), "last", (400, 400))
        await asyncio.to_thread(pour, SQUARE)
        await settled(pilot)
        await asyncio.sleep(0.1)
        assert made == ["last"]
        assert len(app.uploaded()) == 1
        assert colours(app, 3, 5) == (BLUE, BLUE)


async def test_of_pictures_that_fly_past_only_those_finally_seen_are_made(
    made: list[str], pipe: Pipe
) -> None:
    app = Album(pictures=200)
    slow = [pipe(f"{number}.png") for number in range(2)]
    async with app.run_test(size=(80, 40)) as pilot:
        for number in range(200):
            source = slow[number][0] if number < 2 else SQUARE
            app.picture(number).show(source, f"n{number}", (400, 400))
        column = app.query_one(VerticalScroll)
        await pilot.pause()
        while column.scroll_offset.y < column.max_scroll_y:
            column.scroll_relative(y=150, animate=False)
            await pilot.pause()
        for _, pour in slow:
            await asyncio.to_thread(pour, SQUARE)
        await settled(pilot)
        seen = {picture._key for picture in app.query(Picture) if picture.in_view()}
        assert len(seen) <= 4
        assert set(made) == seen


async def test_what_scrolled_away_and_back_appears(
    made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, at_gate, really = threading.Event(), threading.Event(), raster.opened

    def opened(source: Path | bytes) -> Image:
        at_gate.set()
        gate.wait(5)
        return really(source)

    monkeypatch.setattr(raster, "opened", opened)
    app = Album(pictures=6)
    async with app.run_test(size=(80, 20)) as pilot:
        for number in range(6):
            app.picture(number).show(SQUARE, f"n{number}", (400, 400))
        column = app.query_one(VerticalScroll)
        await pilot.pause()
        await asyncio.to_thread(at_gate.wait, 5)
        column.scroll_end(animate=False)
        await pilot.pause()
        await pilot.pause()
        column.scroll_home(animate=False)
        await pilot.pause()
        gate.set()
        await settled(pilot)
        assert colours(app, 3, 5) == (RED, RED)
        assert made.count("n0") == 1


async def test_the_same_picture_in_two_places_is_made_once(made: list[str]) -> None:
    app = Album(KITTY, pictures=2)
    async with app.run_test(size=(80, 50)) as pilot:
        for number in range(2):
            app.picture(number).show(SQUARE, "same", (400, 400))
        await settled(pilot)
        assert made == ["same"]
        assert len(app.uploaded()) == 1
        assert app.picture(0).ready
        assert app.picture(1).ready


async def test_another_background_makes_only_what_it_shines_through(made: list[str]) -> None:
    app = Album(KITTY, pictures=2)
    glass = encoded(halves(400, 400, (*RED, 255), (0, 0, 0, 0)))
    async with app.run_test(size=(80, 50)) as pilot:
        app.picture(0).show(SQUARE, "solid", (400, 400))
        app.picture(1).show(glass, "glass", (400, 400))
        await settled(pilot)
        first = app.uploaded()
        made.clear()
        app.theme = "textual-light"
        await settled(pilot)
        assert made == ["glass"]
        assert len(app.freed()) == 1
        assert set(app.freed()) < set(first)


async def test_a_part_is_shown_as_large_as_its_cells_allow(made: list[str]) -> None:
    app = Album()
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(SQUARE, "square", (400, 400))
        await settled(pilot)
        assert colours(app, 3, 5) == (RED, RED)
        app.picture().crop = (300, 0, 320, 5)
        await pilot.pause()
        await settled(pilot)
        assert app.picture().size == (40, 5)
        assert colours(app, 3, 3) == (BLUE, BLUE)
        app.picture().crop = None
        await pilot.pause()
        await settled(pilot)
        assert app.picture().size == (40, 20)
        assert made == ["square", "square"]
