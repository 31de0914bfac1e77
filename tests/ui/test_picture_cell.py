"""The pixels of a cell: believed within reason, and followed by pictures wherever they are."""

from __future__ import annotations

import pytest

from app.ui.graphics import PictureCache
from tests.ui.album import HALF

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
