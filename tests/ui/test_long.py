"""Long conversations: only what is near the view is mounted, and nothing that is seen jumps."""

from __future__ import annotations

import asyncio
import gc
import re
from pathlib import Path

import pytest
from textual.strip import Strip

from app.ui.widgets import transcript as transcript_module
from app.ui.widgets.card import TurnCard
from tests.fakes import FakeApi, picture_events, png, sse
from tests.long import build
from tests.ui.chat import Chat, chatting
from tests.ui.film import Frame, filmed, steps, where

MOUNTED = 30
"""Cards at most in a window of 40 rows."""


@pytest.fixture(scope="module")
def long_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose library has a conversation of 2,000 turns; it is only read."""
    home = tmp_path_factory.mktemp("long")
    build(home / "data", 2000)
    return home


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose library has a conversation of 100 turns."""
    build(tmp_path / "data", 100)
    return tmp_path


def shown(chat: Chat) -> list[int]:
    """The numbers of the turns whose prompts are on the screen, from the top."""
    return [int(number) for number in re.findall(r"prompt (\d+)\.", chat.screen)]


async def still(chat: Chat) -> None:
    """Waits until the cards near the view are mounted and laid out."""
    transcript = chat.studio.transcript
    for _ in range(2):
        await chat.until(lambda: not transcript._filling and not transcript._missing())


async def test_two_thousand_turns_open_at_their_end_with_few_cards(
    fake_api: FakeApi, long_home: Path
) -> None:
    async with chatting(fake_api, long_home, resume="latest") as chat:
        await chat.sees("prompt 1999.")
        await still(chat)
        transcript = chat.studio.transcript
        assert len(transcript.query(TurnCard)) < MOUNTED
        assert transcript.at_end
        assert transcript.virtual_size.height > 2000 * 20
        assert shown(chat)[-1] == 1999


async def test_the_first_and_the_last_turn_are_one_key_away(
    fake_api: FakeApi, long_home: Path
) -> None:
    async with chatting(fake_api, long_home, resume="latest") as chat:
        transcript = chat.studio.transcript
        await chat.press("escape", "home")
        await chat.sees("prompt 0.")
        await still(chat)
        assert transcript.scroll_y == 0
        assert transcript.selected == chat.conversation.branch[0]
        assert len(transcript.query(TurnCard)) < MOUNTED
        await chat.press("end")
        await chat.sees("prompt 1999.")
        await still(chat)
        assert transcript.at_end
        assert len(transcript.query(TurnCard)) < MOUNTED


async def test_anywhere_the_scrollbar_is_dragged_to_the_turns_are_there(
    fake_api: FakeApi, long_home: Path
) -> None:
    async with chatting(fake_api, long_home, resume="latest") as chat:
        transcript = chat.studio.transcript
        for share in (0.5, 0.1, 0.9):
            transcript.scroll_to(y=int(transcript.max_scroll_y * share))
            await chat.until(lambda: chat.studio.transcript.at_end is False)
            await still(chat)
            numbers = shown(chat)
            assert abs(numbers[0] - 2000 * share) < 40
            assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


@pytest.mark.parametrize("badly", [False, True], ids=["guessed well", "guessed badly"])
async def test_nothing_jumps_while_one_pages_up_and_down(
    fake_api: FakeApi, home: Path, monkeypatch: pytest.MonkeyPatch, badly: bool
) -> None:
    if badly:
        monkeypatch.setattr(transcript_module, "estimate", lambda turn, room: len(turn.prompt) % 50)
    async with chatting(fake_api, home, resume="latest") as chat:
        await still(chat)
        page = chat.studio.transcript.size.height - 2
        with filmed(chat) as frames:
            for _ in range(12):
                await chat.press("pageup")
                await still(chat)
            for _ in range(6):
                await chat.press("pagedown")
                await still(chat)
        assert steps(frames) == [page] * 12 + [-page] * 6


async def test_the_wheel_moves_by_its_rows_and_nothing_else(fake_api: FakeApi, home: Path) -> None:
    async with chatting(fake_api, home, resume="latest") as chat:
        await still(chat)
        with filmed(chat) as frames:
            for _ in range(60):
                chat.studio.transcript._scroll_up_for_pointer(animate=False)
                await chat.pilot.pause()
            await still(chat)
        rows = steps(frames)
        assert set(rows) == {rows[0]}
        assert len(rows) == 60


async def test_a_card_that_was_dropped_comes_back_as_it_was(fake_api: FakeApi, home: Path) -> None:
    async with chatting(fake_api, home, resume="latest") as chat:
        transcript = chat.studio.transcript
        await chat.press("escape", "up", "up", "space")
        chosen = transcript.selected
        assert chosen == chat.conversation.branch[97]
        await still(chat)
        height = transcript.places.height(chosen)
        first = transcript.cards[chosen]
        transcript.scroll_to(y=0)
        await still(chat)
        assert chosen not in transcript.cards
        assert not first.is_attached
        assert transcript.places.height(chosen) == height
        transcript.scroll_end()
        await still(chat)
        card = transcript.cards[chosen]
        assert isinstance(card, TurnCard)
        assert card.unfolded
        assert card.has_class("-selected")


async def test_heights_are_known_before_anything_is_mounted(fake_api: FakeApi, home: Path) -> None:
    async with chatting(fake_api, home, resume="latest") as chat:
        await still(chat)
        transcript = chat.studio.transcript
        guessed = {key: transcript.guess(key) for key in chat.conversation.branch}
        real: Frame = {}
        for _ in range(30):
            await chat.press("pageup")
            await still(chat)
            real |= {key: card.outer_size.height for key, card in transcript.cards.items()}
        wrong = [key for key, height in real.items() if abs(height - guessed[key]) > 1]
        assert len(real) > 30
        assert not wrong


async def test_what_is_seen_stays_while_a_turn_streams_far_below(
    fake_api: FakeApi, home: Path
) -> None:
    fake_api.answer(sse(picture_events(png((9, 9, 9)), "All new.", [png((1, 1, 1))])).slowly(0.1))
    async with chatting(fake_api, home, resume="latest") as chat:
        await chat.paste("one more")
        await chat.press("enter")
        await chat.until(lambda: len(chat.turns) == 101)
        await chat.press("tab", "home")
        await chat.sees("prompt 0.")
        await still(chat)
        with filmed(chat) as frames:
            await chat.settled()
            await still(chat)
        assert steps(frames) == []
        assert shown(chat)[0] == 0
        await chat.press("end")
        await chat.sees("All new.")


async def test_the_end_is_followed_while_a_turn_streams(fake_api: FakeApi, home: Path) -> None:
    fake_api.answer(sse(picture_events(png((9, 9, 9), 300, 300), "All new.")).slowly(0.02))
    async with chatting(fake_api, home, resume="latest") as chat:
        await chat.send("one more")
        await chat.sees("All new.")
        await still(chat)
        assert chat.studio.transcript.at_end


async def test_deleting_in_the_middle_ends_there_and_undo_brings_all_back(
    fake_api: FakeApi, home: Path
) -> None:
    async with chatting(fake_api, home, resume="latest") as chat:
        middle = chat.conversation.branch[50]
        await chat.press("escape")
        chat.studio.transcript.select(middle)
        await chat.sees("prompt 50.")
        await chat.press("x")
        await chat.until(lambda: len(chat.turns) == 50)
        await still(chat)
        await chat.sees("prompt 49.")
        assert chat.studio.transcript.selected == chat.conversation.branch[-1]
        await chat.press("z")
        await chat.until(lambda: len(chat.turns) == 100)
        await still(chat)
        assert chat.studio.transcript.selected == chat.conversation.branch[-1]
        assert len(chat.studio.transcript.query(TurnCard)) < MOUNTED


async def test_the_selected_turn_stays_in_place_when_the_window_changes(
    fake_api: FakeApi, home: Path
) -> None:
    async with chatting(fake_api, home, resume="latest", size=(120, 50)) as chat:
        transcript = chat.studio.transcript
        await chat.press("escape")
        transcript.select(chat.conversation.branch[50])
        await still(chat)
        row = where(transcript)[chat.conversation.branch[50]]
        for size in ((90, 50), (140, 50), (120, 50)):
            await chat.pilot.resize_terminal(*size)
            await chat.pilot.pause(0.05)
            await still(chat)
            assert where(transcript)[chat.conversation.branch[50]] == row


async def test_one_walks_turn_by_turn_through_what_was_not_mounted(
    fake_api: FakeApi, home: Path
) -> None:
    async with chatting(fake_api, home, resume="latest") as chat:
        await chat.press("escape", *["up"] * 30)
        assert chat.studio.transcript.selected == chat.conversation.branch[69]
        await chat.sees("prompt 69.")
        await chat.press(*["j"] * 3)
        await chat.sees("prompt 72.")


async def test_who_scrolls_on_and_on_leaves_nothing_behind(fake_api: FakeApi, home: Path) -> None:
    async with chatting(fake_api, home, resume="latest") as chat:
        transcript = chat.studio.transcript
        lines = []
        for _ in range(2):
            for _ in range(30):
                transcript.scroll_relative(y=-40, animate=False)
                await asyncio.sleep(0.02)
                assert len(transcript.cards) < MOUNTED
            await still(chat)
            gc.collect()
            lines.append(sum(isinstance(thing, Strip) for thing in gc.get_objects()))
        assert lines[1] < lines[0] * 1.5
