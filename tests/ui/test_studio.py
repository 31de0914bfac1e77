"""The main way through the chat, by keyboard: prompt, picture, edit, fork, retry, reopen."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.conversation import Status
from app.domain.options import Action, Options
from tests.events import ending, opening, text_events
from tests.fakes import FakeApi, json_error, picture_events, png, sse
from tests.ui.chat import chatting

RED, GREEN, BLUE = (200, 40, 40), (40, 200, 40), (40, 40, 200)


async def test_the_prompt_has_the_focus_and_says_what_it_will_do(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        assert chat.app.focused is chat.studio.prompt.area
        assert chat.border.split() == ["auto", "gpt-5.5"]
        await chat.sees("Describe a picture and press Enter.")
        assert fake_api.requests == []


async def test_a_prompt_becomes_a_picture_with_its_words_and_its_file(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    fake_api.answer(sse(picture_events(png(RED), "A very red fox in a field.", [png(GREEN)])))
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a red fox")
        await chat.sees("A very red fox in a field.")
        (turn,) = chat.turns
        (picture,) = turn.pictures
        assert turn.status is Status.DONE
        assert picture.path.read_bytes() == png(RED)
        assert picture.path.name.startswith("red-fox-")
        await chat.sees("generated · 4x3 · png · low")
        assert str(picture.path) in chat.joined
        assert chat.prompt == ""
        request = fake_api.requests[0]
        assert request.prompt == "a red fox"
        assert request.tool["action"] == "auto"
        assert "tool_choice" not in request.body
        assert request.body["store"] is True


async def test_the_flip_key_goes_from_auto_to_generate_and_then_to_and_fro(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        shown = []
        for key in ("ctrl+t", "ctrl+t", "ctrl+t", "f3"):
            await chat.press(key)
            shown.append(chat.border.split()[0])
        assert shown == ["generate", "edit", "generate", "auto"]


async def test_an_edit_goes_on_from_the_last_picture_with_only_the_new_input(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        await chat.press("ctrl+t", "ctrl+t")
        await chat.send("make it night")
        await chat.send("add a moon")
        first, second, third = fake_api.requests
        assert "previous_response_id" not in first.body
        assert second.body["previous_response_id"] == chat.turns[0].response_id
        assert third.body["previous_response_id"] == chat.turns[1].response_id
        assert third.tool["action"] == "edit"
        assert third.body["tool_choice"] == {"type": "image_generation"}
        assert [part["type"] for part in third.content] == ["input_text"]
        assert chat.border.split()[0] == "edit"


async def test_an_edit_without_a_picture_is_refused_here_and_the_words_stay(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path, options=Options(action=Action.EDIT)) as chat:
        await chat.type("make it night", "enter")
        await chat.sees("Nothing to edit yet")
        assert chat.prompt == "make it night"
        assert chat.turns == []
        assert fake_api.requests == []


async def test_editing_from_an_earlier_turn_forks_there(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        await chat.send("two boats")
        first, second = chat.turns
        await chat.press("escape", "up", "e")
        assert chat.app.focused is chat.studio.prompt.area
        assert chat.border.startswith("edit ← turn 1")
        await chat.send("a red boat")
        assert fake_api.requests[-1].body["previous_response_id"] == first.response_id
        assert [turn.prompt for turn in chat.turns] == ["a boat", "a red boat"]
        assert second.id in chat.conversation.turns
        assert "←" not in chat.border
        await chat.sees("2 of 2")
        await chat.press("escape", "left_square_bracket")
        assert [turn.prompt for turn in chat.turns] == ["a boat", "two boats"]
        await chat.press("right_square_bracket")
        assert [turn.prompt for turn in chat.turns] == ["a boat", "a red boat"]


async def test_a_failed_turn_says_why_stays_and_is_never_a_parent(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        fake_api.answer(json_error(400, "Size is not supported.", param="tools[0].size"))
        await chat.send("a ship")
        failed = chat.turns[-1]
        assert failed.status is Status.FAILED
        await chat.sees("Size is not supported.")
        await chat.sees("a ship")
        assert chat.prompt == ""
        await chat.send("a raft")
        assert fake_api.requests[-1].body["previous_response_id"] == chat.turns[0].response_id
        assert failed in chat.turns


async def test_try_again_makes_a_sibling(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        fake_api.answer(json_error(500, "Oops", kind="server_error"))
        await chat.send("a ship")
        await chat.press("escape", "r")
        await chat.until(lambda: len(chat.conversation.turns) == 2)
        await chat.settled()
        failed, again = chat.conversation.turns.values()
        assert (again.prompt, again.parent) == (failed.prompt, failed.parent)
        assert again.status is Status.DONE
        await chat.sees("2 of 2")


async def test_trying_a_failed_turn_again_takes_the_options_of_now(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path, options=Options(model="bogus")) as chat:
        fake_api.answer(json_error(404, "No such model.", code="model_not_found"))
        await chat.send("a ship")
        await chat.paste("/model gpt-5.5")
        await chat.press("enter", "escape", "r")
        await chat.until(lambda: len(chat.conversation.turns) == 2)
        await chat.settled()
        assert fake_api.requests[1].body["model"] == "gpt-5.5"


async def test_the_conversation_reopens_where_it_was(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        await chat.press("ctrl+t", "ctrl+t")
        await chat.send("make it night")
        before = chat.turns
    async with chatting(fake_api, tmp_path, resume="latest") as chat:
        assert [turn.id for turn in chat.turns] == [turn.id for turn in before]
        await chat.sees("make it night")
        assert chat.border.split()[0] == "edit"
        await chat.send("add a moon")
        assert fake_api.requests[-1].body["previous_response_id"] == before[-1].response_id


async def test_an_answer_in_words_is_shown_and_can_be_replied_to(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    words = text_events("Which **colour** should it be?")
    fake_api.answer(sse([*opening("resp_q"), *words, ending(response_id="resp_q")]))
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat, but ask me first")
        await chat.sees("Which colour should it be?")
        await chat.send("red")
        assert fake_api.requests[-1].body["previous_response_id"] == "resp_q"


@pytest.mark.parametrize(
    "text", ["[bold red]not markup[/]", "[@click=app.quit]x[/]", "[/nothing]", "[link=x]"]
)
async def test_outside_text_is_never_markup(fake_api: FakeApi, tmp_path: Path, text: str) -> None:
    fake_api.answer(sse(picture_events(png(RED), f"Revised: {text}")))
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send(text)
        await chat.sees(f"Revised: {text}")
        assert chat.screen.count(text) >= 2


async def test_control_characters_from_outside_become_visible_substitutes(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    fake_api.answer(sse(picture_events(png(RED), "Evil \x1b]52;c;aGk=\x07 and \u202eturned")))
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        await chat.sees("Evil")
        assert not {"\x1b", "\x07", "\u202e"} & set(chat.screen)


async def test_a_flag_wins_over_the_options_of_the_conversation(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path, options=Options(size="1536x1024")) as chat:
        await chat.send("a boat")
    flags = {"model": "gpt-6-luna"}
    async with chatting(fake_api, tmp_path, resume="latest", flags=flags) as chat:
        assert "gpt-6-luna · 1536x1024" in chat.border


async def test_an_unknown_conversation_is_told_and_a_new_one_begins(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path, resume="0123456789ab") as chat:
        await chat.sees("Not found")
        await chat.send("a boat")
        assert len(chat.turns) == 1


async def test_an_unforeseen_error_shows_no_variables_and_is_logged(
    fake_api: FakeApi, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ZeroDivisionError):
        await fail(fake_api, tmp_path)
    assert "ZeroDivisionError" in (tmp_path / "state" / "sfumato.log").read_text()
    shown = "".join(capsys.readouterr())
    assert "nobody foresaw" in shown
    assert "secret" not in shown


async def fail(api: FakeApi, home: Path) -> None:
    """Runs the chat into an error."""
    async with chatting(api, home, log_folder=home / "state") as chat:
        chat.app.call_later(divide, "sk-secret-in-a-variable")
        await chat.pilot.pause(0.2)


def divide(key: str) -> float:
    """Fails with a secret among its variables."""
    return len(key) / 0
