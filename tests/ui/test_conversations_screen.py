"""The conversations screen on a real library: find, open, rename, delete, undo."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from PIL import Image
from textual.pilot import Pilot
from textual.widgets import Input

from app.domain.conversation import Conversation, Picture, Status, Turn
from app.domain.generation import Final
from app.imaging.detection import Graphics
from app.storage.library import Library
from app.storage.rows import ConversationSummary
from app.ui.graphics import PictureCache
from app.ui.screens.conversation_list import ConversationList, ConversationRow, counted, when
from app.ui.screens.conversations import ConversationsScreen
from app.ui.widgets.picture import Picture as PictureWidget
from tests.ui.stage import NOT_YET, Stage

PROMPTS = ("an otter in a scarf", "a lighthouse at dusk", "pixel art harbour, morning fog")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """A library with one conversation for each of PROMPTS, the last one newest."""
    found = Library(tmp_path / "library")
    for place, prompt in enumerate(PROMPTS):
        keep(found, prompt, NOON + timedelta(hours=place))
    yield found
    found.close()


def keep(library: Library, prompt: str, moment: datetime, picture: Path | None = None) -> str:
    """Saves a conversation of one turn; answers its id."""
    turn = Turn(f"{len(library.list()):012x}", None, prompt, created=moment, finished=moment)
    turn = replace(turn, status=Status.DONE)
    if picture is not None:
        turn = replace(turn, pictures=(Picture(picture, "0" * 64, "png", 30, 20),))
    conversation = Conversation().with_turn(turn, move=True)
    library.save(replace(conversation, created=moment, updated=moment), turn)
    return conversation.id


def id_of(library: Library, prompt: str) -> str:
    """The conversation that began so."""
    return next(item.id for item in library.list() if item.first_prompt == prompt)


def titles(stage: Stage) -> list[str]:
    """The titles on screen, from the top."""
    rows = stage.first.query(ConversationRow)
    return [row.summary.title for row in rows if row.display and row.summary]


async def ready(pilot: Pilot[None]) -> None:
    """Waits until what was begun in threads is on screen."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_the_newest_is_first_and_each_says_when_and_how_much(library: Library) -> None:
    library.rename(id_of(library, PROMPTS[0]), "The [b]otter[/b]")
    stage = Stage(ConversationsScreen(library, None))
    async with stage.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert titles(stage) == [PROMPTS[2], PROMPTS[1], "The [b]otter[/b]"]
        page = stage.page()
        assert "The [b]otter[/b]" in page
        assert page.count("an otter in a scarf") == 1
        assert page.count(PROMPTS[1]) == 1
        assert "no pictures · 1 turn" in page
        assert "1 of 3" in page
        assert "^R rename" in page


async def test_enter_opens_the_chosen_one(library: Library) -> None:
    stage = Stage(ConversationsScreen(library, None))
    async with stage.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("down", "enter")
        assert stage.answer == id_of(library, PROMPTS[1])


async def test_it_begins_at_the_open_one_and_escape_opens_nothing(library: Library) -> None:
    current = id_of(library, PROMPTS[0])
    stage = Stage(ConversationsScreen(library, current))
    async with stage.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "open now" in stage.page()
        assert "3 of 3" in stage.page()
        await pilot.press("escape")
        assert stage.answer is None


async def test_typing_filters_by_plain_words(library: Library) -> None:
    library.rename(id_of(library, PROMPTS[0]), "Scarf.*")
    stage = Stage(ConversationsScreen(library, None))
    async with stage.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press(*"OTTER")
        assert titles(stage) == ["Scarf.*"]
        await pilot.press("ctrl+u", *"f.*")
        assert titles(stage) == ["Scarf.*"]
        await pilot.press("x")
        assert titles(stage) == []
        assert "No conversation has these words" in stage.page()
        await pilot.press("enter", "ctrl+r", "ctrl+d")
        assert stage.answer is NOT_YET
        await pilot.press("ctrl+u")
        assert len(titles(stage)) == 3


async def test_an_empty_library_is_told_kindly(tmp_path: Path) -> None:
    library = Library(tmp_path)
    stage = Stage(ConversationsScreen(library, None))
    async with stage.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "No conversations yet." in stage.page()
        await pilot.press("down", "enter", "ctrl+d", "ctrl+z", "escape")
        assert stage.answer is None
    library.close()


@pytest.mark.parametrize("key", ["ctrl+r", "f4"])
async def test_a_conversation_is_renamed(library: Library, key: str) -> None:
    screen = ConversationsScreen(library, None)
    stage = Stage(screen)
    async with stage.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("down", key)
        assert stage.screen.query_one(Input).value == PROMPTS[1]
        await pilot.press("ctrl+u", *"Beam", "enter")
        await ready(pilot)
        assert titles(stage)[1] == "Beam"
        assert screen.renamed == {id_of(library, PROMPTS[1]): "Beam"}
        assert "Beam" in [item.title for item in library.list()]


@pytest.mark.parametrize("key", ["ctrl+d", "delete"])
async def test_deleting_goes_to_the_trash_and_comes_back(library: Library, key: str) -> None:
    stage = Stage(ConversationsScreen(library, None))
    async with stage.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        for _ in range(2):
            await pilot.press("down", key)
            await ready(pilot)
        assert titles(stage) == [PROMPTS[2]]
        assert "to the trash. Ctrl+Z brings it back." in stage.page()
        assert len(library.list()) == 1
        await pilot.press("ctrl+z")
        await ready(pilot)
        await pilot.press("ctrl+z")
        await ready(pilot)
        assert titles(stage) == list(reversed(PROMPTS))
        assert len(library.list()) == 3


async def test_delete_mends_the_filter_first(library: Library) -> None:
    stage = Stage(ConversationsScreen(library, None))
    async with stage.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press(*"xotter", "home", "delete")
        assert titles(stage) == [PROMPTS[0]]
        assert len(library.list()) == 3


async def test_the_open_conversation_is_not_deleted(library: Library) -> None:
    stage = Stage(ConversationsScreen(library, id_of(library, PROMPTS[2])))
    async with stage.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+d")
        await ready(pilot)
        assert "This conversation is open." in stage.page()
        assert len(library.list()) == 3


async def test_trouble_with_the_disk_is_told_and_nothing_vanishes(library: Library) -> None:
    stage = Stage(ConversationsScreen(library, None))
    async with stage.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        with sqlite3.connect(library.folder / "library.db") as other:
            other.execute("DROP TABLE conversations")
        other.close()
        await pilot.press("ctrl+d")
        await ready(pilot)
        assert len(titles(stage)) == 3
        assert stage.text(".notice")


async def test_the_thumbnails_of_the_rows_in_view_are_drawn(
    library: Library, tmp_path: Path
) -> None:
    red = Turn("red", None, "red")
    file = library.keep(red, Final("ig_1", _png(tmp_path)), format="png").path
    keep(library, "all red", NOON + timedelta(days=1), file)
    screen = ConversationsScreen(library, None, Graphics(), PictureCache(1 << 20))
    stage = Stage(screen)
    async with stage.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        picture = screen.query(PictureWidget).first()
        for _ in range(100):
            if picture.ready:
                break
            await pilot.pause(0.02)
        assert picture.ready
        assert picture.region.width <= 8
        assert picture.region.height <= 3


def _png(folder: Path) -> bytes:
    path = folder / "red.png"
    Image.new("RGB", (30, 20), "red").save(path)
    return path.read_bytes()


class Many(Library):
    """A library whose list is long; nothing else of it is used."""

    def list(self, include_trashed: bool = False) -> list[ConversationSummary]:
        return [
            ConversationSummary(
                f"c{number}", f"Title {number}", 1, 0, NOON - timedelta(number), "words", None
            )
            for number in range(2000)
        ]


async def test_two_thousand_conversations_take_only_the_rows_in_view(tmp_path: Path) -> None:
    library = Many(tmp_path)
    screen = ConversationsScreen(library, None)
    stage = Stage(screen)
    async with stage.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert len(screen.query(ConversationRow)) == 4
        await pilot.press("ctrl+end")
        assert titles(stage) == [f"Title {number}" for number in range(1996, 2000)]
        await pilot.press("up", "pageup", "down")
        shown = screen.query_one(ConversationList)
        assert shown.chosen is not None
        assert shown.chosen.title == "Title 1995"
        assert [row.index for row in screen.query(ConversationRow)] == [1994, 1995, 1996, 1997]
        assert "1,996 of 2,000" in stage.page()
        await pilot.resize_terminal(120, 50)
        await pilot.pause()
        assert len(titles(stage)) > 4
        assert "Title 1995" in titles(stage)
        await pilot.press("ctrl+home", *"title 77")
        assert titles(stage)[:2] == ["Title 77", "Title 770"]
    library.close()


async def test_a_click_chooses(library: Library) -> None:
    screen = ConversationsScreen(library, None)
    stage = Stage(screen)
    async with stage.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.click(screen.query(ConversationRow)[2])
        assert screen.query_one(ConversationList).at == 2
        assert "3 of 3" in stage.page()
        await pilot.press("enter")
        assert stage.answer == id_of(library, PROMPTS[0])


def test_moments_are_told_as_people_do() -> None:
    now = datetime(2026, 11, 22, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert when(datetime(2026, 11, 21, 23, 5, tzinfo=UTC), now) == "today 00:05"
    assert when(datetime(2026, 11, 21, 22, 59, tzinfo=UTC), now) == "yesterday"
    assert when(datetime(2026, 11, 12, 9, tzinfo=UTC), now) == "12 Nov"
    assert when(datetime(2025, 3, 1, 9, tzinfo=UTC), now) == "1 Mar 2025"
    assert [counted(number, "turn") for number in (0, 1, 2)] == ["no turns", "1 turn", "2 turns"]
