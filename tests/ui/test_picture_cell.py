"""The pixels of a cell: believed within reason, and followed by pictures wherever they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Resize
from textual.geometry import Size

from app.ui.graphics import PictureCache
from app.ui.widgets.picture import Picture
from tests.fakes import FakeApi, picture_events, sse
from tests.imaging.pictures import encoded, halves
from tests.ui.album import HALF
from tests.ui.chat import chatting

SCREEN = (80, 24)


@pytest.mark.parametrize("nonsense", [(0, 0), (1, 20), (10, 1), (201, 20), (10, 401), (-10, -20)])
def test_what_no_cell_measures_is_ignored(nonsense: tuple[int, int]) -> None:
    cache = PictureCache()
    assert not cache.set_cell(*nonsense)
    assert cache.cell(HALF, SCREEN) == (10, 20)
    assert cache.set_cell(7, 15)
    assert not cache.set_cell(*nonsense)
    assert cache.cell(HALF, SCREEN) == (7, 15)


def test_the_same_cell_again_is_no_news() -> None:
    cache = PictureCache()
    assert cache.set_cell(7, 15)
    assert not cache.set_cell(7, 15)


async def test_another_font_of_as_many_cells_gives_pictures_another_shape(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    fake_api.answer(sse(picture_events(encoded(halves(400, 400)), "", [])))
    async with chatting(fake_api, tmp_path, graphics=HALF) as chat:
        await chat.send("a red fox")
        picture = chat.studio.query_one(Picture)
        await chat.until(lambda: picture.ready)
        columns, rows = picture.size
        assert columns == 2 * rows
        cells = chat.app.size
        pixels = Size(cells.width * 10, cells.height * 10)
        chat.app.post_message(Resize(cells, cells, pixel_size=pixels))
        await chat.until(lambda: picture.size == (rows, rows) and picture.ready)
        assert chat.studio.transcript._room.cell == (10, 10)
