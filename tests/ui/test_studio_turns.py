"""Single keys in the transcript, and how cards look."""

from __future__ import annotations

import re
from pathlib import Path

from textual.widgets import Input

from app.domain.conversation import Conversation, Status, Turn
from app.ui.widgets.card import TurnCard
from tests.fakes import FakeApi, picture_events, png, sse
from tests.ui.chat import chatting

RED, GREEN = (200, 40, 40), (40, 200, 40)
LONG = "A boat. " + "It drifts slowly. " * 80


async def test_the_selection_starts_at_the_last_turn_and_stops_at_both_ends(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        for prompt in ("one", "two", "three"):
            await chat.send(prompt)
        ids = [turn.id for turn in chat.turns]
        transcript = chat.studio.transcript
        await chat.press("escape")
        assert transcript.selected == ids[2]
        await chat.press("down")
        assert transcript.selected == ids[2]
        await chat.press("up", "k", "up", "up")
        assert transcript.selected == ids[0]
        await chat.press("j")
        assert transcript.selected == ids[1]
        await chat.press("G")
        assert transcript.selected == ids[2]
        await chat.press("i")
        assert chat.app.focused is chat.studio.prompt.area


async def test_a_long_conversation_is_mounted_as_it_is_scrolled(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        chat.studio.open_conversation(long_conversation(40))
        transcript = chat.studio.transcript
        await chat.sees("prompt 39.")
        assert len(transcript.query(TurnCard)) < 20
        await chat.press("escape", *["up"] * 14)
        assert transcript.selected == "turn25"
        await chat.sees("prompt 25.")
        await chat.press("home")
        await chat.sees("prompt 0.")
        assert len(transcript.query(TurnCard)) < 40
        await chat.press("end")
        await chat.sees("prompt 39.")
        await chat.press("i", *["pageup"] * 6)
        await chat.until(lambda: "prompt 39." not in chat.screen)
        shown = [int(number) for number in re.findall(r"prompt (\d+)\.", chat.screen)]
        assert shown == sorted(shown)
        await chat.send("one more")
        await chat.sees("one more")


def long_conversation(count: int) -> Conversation:
    """A branch of turns that were answered in words."""
    conversation, parent = Conversation(), None
    for number in range(count):
        turn = Turn(
            id=f"turn{number}",
            parent=parent,
            prompt=f"prompt {number}.",
            status=Status.DONE,
            response_id=f"resp_{number}",
            note="An answer of some length. " * 20,
        )
        conversation, parent = conversation.with_turn(turn, move=True), turn.id
    return conversation


async def test_words_and_path_are_copied(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        await chat.press("escape", "y")
        assert chat.app.clipboard == "A revised prompt."
        await chat.press("p")
        assert chat.app.clipboard == str(chat.turns[0].pictures[0].path)


async def test_a_saved_copy_has_the_same_bytes(fake_api: FakeApi, tmp_path: Path) -> None:
    fake_api.answer(sse(picture_events(png(RED))))
    target = tmp_path / "copy.png"
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        await chat.press("escape", "s")
        await chat.sees("Save a copy")
        await chat.press("ctrl+u")
        chat.app.screen.query_one(Input).value = str(target)
        await chat.press("enter")
        await chat.until(target.exists)
        assert target.read_bytes() == png(RED)


async def test_a_favourite_is_marked_and_kept(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        await chat.press("escape", "f")
        await chat.sees("★ favourite")
    async with chatting(fake_api, tmp_path, resume="latest") as chat:
        await chat.sees("★ favourite")


async def test_a_deleted_turn_comes_back(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        await chat.send("a mill")
        await chat.press("escape", "x")
        await chat.until(lambda: len(chat.turns) == 1)
        await chat.sees("z brings it back")
        await chat.press("z")
        await chat.until(lambda: len(chat.turns) == 2)
        assert [turn.prompt for turn in chat.turns] == ["a boat", "a mill"]


async def test_keys_without_a_turn_say_so(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.press("escape", "e", "r", "y", "p", "x", "f", "z", "up", "space", "[")
        await chat.sees("There is no turn here yet.")


async def test_a_long_revised_prompt_folds_and_opens(fake_api: FakeApi, tmp_path: Path) -> None:
    fake_api.answer(sse(picture_events(png(RED), LONG)))
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        await chat.sees("more (Space)")
        await chat.press("escape", "space")
        await chat.until(lambda: "more (Space)" not in chat.screen)
        assert "".join(LONG.split()) in chat.joined


async def test_a_revised_prompt_of_a_thousand_characters_is_whole(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    words = "".join(f"{number:03d} " for number in range(250))[:999] + "."
    fake_api.answer(sse(picture_events(png(RED), words)))
    async with chatting(fake_api, tmp_path, size=(120, 60)) as chat:
        await chat.send("a boat")
        await chat.sees("249")
        assert "".join(words.split()) in chat.joined


async def test_a_missing_revised_prompt_shows_nothing(fake_api: FakeApi, tmp_path: Path) -> None:
    fake_api.answer(sse(picture_events(png(RED), None)))
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        await chat.sees("generated")
        assert "None" not in chat.screen


async def test_what_the_server_did_differently_is_said(fake_api: FakeApi, tmp_path: Path) -> None:
    fake_api.answer(sse(picture_events(png(RED, 125, 125), quality="medium")))
    async with chatting(fake_api, tmp_path) as chat:
        await chat.type("/size 1024x1024", "enter")
        await chat.type("/quality high", "enter")
        await chat.send("a boat")
        await chat.sees("125x125 (asked 1024x1024)")
        await chat.sees("medium (asked high)")


async def test_the_words_stand_beside_the_picture_or_below_when_narrow(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    fake_api.answer(sse(picture_events(png(RED, 1024, 1024))))
    async with chatting(fake_api, tmp_path, size=(140, 40)) as chat:
        await chat.send("a boat")
        await chat.sees("A revised prompt.")
        row = next(line for line in chat.screen.splitlines() if "A revised prompt." in line)
        assert "▀" in row
        await chat.pilot.resize_terminal(80, 30)
        await chat.pilot.pause(0.2)
        row = next(line for line in chat.screen.splitlines() if "A revised prompt." in line)
        assert "▀" not in row
        assert any("▀" in line for line in chat.screen.splitlines())


async def test_a_damaged_picture_is_kept_and_said(fake_api: FakeApi, tmp_path: Path) -> None:
    broken = png(RED, 400, 400)[:60]
    fake_api.answer(sse(picture_events(broken)))
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        assert chat.turns[0].pictures[0].path.read_bytes() == broken
        await chat.sees("A revised prompt.")


async def test_several_pictures_each_have_their_words(fake_api: FakeApi, tmp_path: Path) -> None:
    from tests.events import ending, item_done, opening, picture_item

    items = [
        picture_item(png(color), f"ig_{name}", revised_prompt=f"Picture {name}.")
        for name, color in (("one", RED), ("two", GREEN))
    ]
    done = [item_done(item, index) for index, item in enumerate(items)]
    fake_api.answer(sse([*opening(), *done, ending(output=items)]))
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("two boats")
        await chat.sees("Picture one.")
        await chat.sees("Picture two.")
        assert len(chat.turns[0].pictures) == 2
