"""The help screen: everything in the tables is on it, and the keys move through it."""

from __future__ import annotations

import pytest
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from app.session.commands import COMMANDS
from app.ui.keys import by_place
from app.ui.screens.help import HelpScreen, halves
from tests.ui.stage import NOT_YET, Stage


def words(stage: Stage, classes: str) -> list[str]:
    """What the Statics of a class say, in order."""
    return [str(item.visual) for item in stage.screen.query(f".{classes}").results(Static)]


async def test_every_key_and_command_is_named_with_its_help() -> None:
    stage = Stage(HelpScreen())
    async with stage.run_test(size=(80, 24)):
        shown = set(zip(words(stage, "name"), words(stage, "what"), strict=True))
        assert {(key.name, key.help) for _, keys in by_place() for key in keys} <= shown
        assert {(item.usage, item.help) for item in COMMANDS.values()} <= shown
        assert next(name for name, _ in by_place()) in words(stage, "heading")


async def test_a_narrow_screen_has_one_column_that_scrolls() -> None:
    stage = Stage(HelpScreen())
    async with stage.run_test(size=(80, 24)) as pilot:
        left, right = stage.screen.query(".column").results(Vertical)
        assert right.region.y >= left.region.bottom
        area = stage.screen.query_one(VerticalScroll)
        top = stage.page()
        for key in ("down", "j", "pagedown", "space"):
            before = area.scroll_y
            await pilot.press(key)
            assert area.scroll_y > before
        await pilot.press("end")
        assert area.scroll_y == area.max_scroll_y
        await pilot.press("pageup", "k", "up", "home")
        assert stage.page() == top


async def test_a_wide_screen_shows_it_all_in_two_columns() -> None:
    stage = Stage(HelpScreen())
    async with stage.run_test(size=(200, 60)):
        left, right = stage.screen.query(".column").results(Vertical)
        assert right.region.x >= left.region.right
        assert stage.screen.query_one(VerticalScroll).max_scroll_y == 0


@pytest.mark.parametrize("key", ["escape", "f1", "q", "question_mark"])
async def test_it_closes_by_the_keys_that_open_it_too(key: str) -> None:
    stage = Stage(HelpScreen())
    async with stage.run_test(size=(80, 24)) as pilot:
        assert stage.answer is NOT_YET
        await pilot.press(key)
        assert stage.answer is None


def test_the_columns_are_cut_where_the_longer_one_is_shortest() -> None:
    sections = [(str(length), [("", "")] * length) for length in (3, 4, 9, 1)]
    left, right = halves(sections)
    assert [name for name, _ in left] == ["3", "4"]
    assert [name for name, _ in right] == ["9", "1"]
