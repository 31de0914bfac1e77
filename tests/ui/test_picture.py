"""The picture widget in a small app: geometry, arrival, replacing, failing, freeing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from textual.containers import VerticalScroll

from app.imaging.detection import Graphics
from app.imaging.raster import Job, Prepared, prepare
from app.ui.widgets.picture import Picture
from tests.imaging.pictures import BLUE, GREEN, RED, encoded, halves, plain, rotated
from tests.ui.album import (
    KITTY,
    SIXEL,
    SQUARE,
    Album,
    Dialog,
    colours,
    line,
    settled,
    to_terminal,
)


async def test_the_height_is_known_before_anything_is_decoded() -> None:
    app = Album()
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(Path("nowhere.png"), "a", (1536, 1024))
        app.picture()._source = None
        await pilot.pause()
        assert app.picture().size == (40, 13)
        assert app.query_one("#top").region.y == 0


@pytest.mark.parametrize(
    ("pixels", "cells"),
    [
        ((1, 1), (1, 1)),
        ((1024, 1024), (40, 20)),
        ((3840, 2160), (40, 11)),
        ((500, 4000), (5, 20)),
        ((4000, 40), (40, 1)),
        ((0, 0), (40, 20)),
    ],
)
async def test_the_aspect_is_kept(pixels: tuple[int, int], cells: tuple[int, int]) -> None:
    app = Album()
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(None, "a", pixels)
        await pilot.pause()
        assert app.picture().size == cells


async def test_a_picture_appears_as_half_cells() -> None:
    app = Album()
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(SQUARE, "square")
        await settled(pilot)
        assert app.picture().size == (40, 20)
        assert colours(app, 3, 5) == (RED, RED)
        assert colours(app, 36, 15) == (BLUE, BLUE)
        assert [type(event).__name__ for event in app.heard] == ["Ready"]
        assert "▀" in app.export_screenshot()


async def test_a_file_of_unknown_size_takes_its_own_once_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "turned.jpg"
    path.write_bytes(rotated(plain(800, 400)))
    app = Album()
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(path, "turned")
        await settled(pilot)
        await pilot.pause()
        await settled(pilot)
        assert app.picture().size == (20, 20)


async def test_the_picture_before_stays_until_the_next_is_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = threading.Event()
    started: list[str] = []

    def slow(source: Path | bytes, job: Job, image_id: int, wanted: Callable[[], bool]) -> Prepared:
        started.append(job.key)
        if job.key != "first":
            gate.wait(5)
        return prepare(source, job, image_id, wanted)

    monkeypatch.setattr("app.ui.graphics.prepare", slow)
    app = Album()
    async with app.run_test(size=(80, 40)) as pilot:
        picture = app.picture()
        picture.show(SQUARE, "first")
        await settled(pilot)
        for key, colour in (("p1", GREEN), ("p2", GREEN), ("p3", GREEN), ("last", BLUE)):
            picture.show(encoded(plain(400, 400, colour)), key, (400, 400))
            await pilot.pause()
        assert colours(app, 3, 5) == (RED, RED)
        gate.set()
        await settled(pilot)
        assert colours(app, 3, 5) == (BLUE, BLUE)
        assert started[0] == "first"
        assert started[-1] == "last"
        assert len(started) <= 4
        assert [event.key for event in app.heard if isinstance(event, Picture.Ready)] == [
            "first",
            "last",
        ]


async def test_a_damaged_picture_says_so_in_plain_words(tmp_path: Path) -> None:
    app = Album(pictures=2)
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture(0).show(SQUARE[:200], "cut", (400, 400))
        app.picture(1).show(tmp_path / "[b]gone[/b].png", "gone", (400, 400))
        await settled(pilot)
        assert "This picture cannot be shown: The picture is damaged" in line(app, 1).text
        assert "This picture cannot be shown: The picture's file cannot" in line(app, 3).text
        assert [event.key for event in app.heard if isinstance(event, Picture.Failed)]
        app.picture(0).show(SQUARE, "whole", (400, 400))
        await settled(pilot)
        assert colours(app, 3, 5) == (RED, RED)


async def test_without_graphics_there_are_words() -> None:
    app = Album(Graphics("text"), pictures=2)
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture(0).show(SQUARE, "a")
        app.picture(1).show(Path("x.webp"), "b", (10, 20))
        await pilot.pause()
        assert line(app, 1).text.rstrip() == "[picture 400x400 png]"
        assert line(app, 3).text.rstrip() == "[picture 10x20 webp]"


async def test_a_smaller_window_prepares_the_picture_anew() -> None:
    app = Album()
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(SQUARE, "a")
        await settled(pilot)
        await pilot.resize_terminal(22, 30)
        await settled(pilot)
        assert app.picture().size.width <= 22
        assert app.picture().size.height == app.picture().size.width // 2
        right = app.picture().size.width - 2
        assert colours(app, right, 3) == (BLUE, BLUE)


async def test_nothing_is_prepared_out_of_view() -> None:
    app = Album(pictures=6)
    async with app.run_test(size=(80, 30)) as pilot:
        for number in range(6):
            app.picture(number).show(SQUARE, f"n{number}", (400, 400))
        await settled(pilot)
        assert app.picture(0).ready
        assert not app.picture(5).ready
        app.query_one(VerticalScroll).scroll_end(animate=False)
        await settled(pilot)
        assert app.picture(5).ready
        assert not app.picture(3).ready


@pytest.mark.parametrize("graphics", [KITTY, SIXEL])
async def test_behind_a_dialog_pictures_are_tinted_half_cells(graphics: Graphics) -> None:
    app = Album(graphics)
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(SQUARE, "a", (400, 400))
        await settled(pilot)
        await app.push_screen(Dialog())
        await pilot.pause()
        upper, _ = colours(app, 3, 5)
        assert upper != RED
        assert upper[0] > upper[1]
        app.pop_screen()
        await pilot.pause()
        assert app.picture().ready


async def test_a_covered_sixel_row_is_half_cells_and_a_free_one_sixels() -> None:
    app = Album(SIXEL)
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(SQUARE, "a", (400, 400))
        await settled(pilot)
        row = app.picture().render_lines(app.picture().size.region)[4]
        console = Console(color_system="truecolor")
        whole = row.render(console)
        assert whole.startswith('\x1b7\x1bP0;1;0q"1;1;400;20#')
        assert whole.endswith("\x1b\\\x1b8\x1b[40C")
        left, covered, right = row.divide([10, 20, 40])
        for part, cells in ((left, 10), (covered, 10), (right, 20)):
            assert "\x1bP" not in part.render(console)
            assert part.render(console).count("▀") == cells == part.cell_length
        repainted = row.crop(0, 10)
        assert "\x1bP" in repainted.render(console)
        assert repainted.cell_length == 10


async def test_no_sixel_touches_the_last_lines_of_the_screen() -> None:
    app = Album(SIXEL)
    async with app.run_test(size=(80, 16)) as pilot:
        app.picture().show(SQUARE, "a", (400, 400))
        await settled(pilot)
        rows = [to_terminal(app.picture(), y) for y in range(15)]
        assert all("\x1bP" in row for row in rows[:13])
        assert all("\x1bP" not in row and "▀" in row for row in rows[13:])


async def test_parts_of_a_kitty_row_are_numbered_anew() -> None:
    app = Album(KITTY)
    async with app.run_test(size=(80, 40)) as pilot:
        app.picture().show(SQUARE, "a", (400, 400))
        await settled(pilot)
        row = app.picture().render_lines(app.picture().size.region)[4]
        console = Console(color_system="truecolor")
        parts = [part.render(console) for part in row.divide([10, 40])]
        assert parts[0].count("\U0010eeee") == 10
        assert parts[1].count("\U0010eeee") == 30
        assert parts[1] == row.crop(10, 40).render(console)
        assert parts[1] != parts[0]


async def test_the_event_loop_goes_on_while_pictures_are_prepared() -> None:
    app = Album(SIXEL, pictures=2)
    beats = 0

    async def heart() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.005)
            beats += 1

    async with app.run_test(size=(80, 50)) as pilot:
        task = asyncio.create_task(heart())
        app.picture(0).show(encoded(halves(2000, 2000)), "a", (2000, 2000))
        app.picture(1).show(encoded(halves(2000, 2001)), "b", (2000, 2001))
        await settled(pilot)
        task.cancel()
        assert beats >= 3
