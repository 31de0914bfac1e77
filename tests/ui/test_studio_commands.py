"""Slash commands, attachments, options, history and the other conversations."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.events import Key, Paste

from app.domain.options import Options
from tests.fakes import FakeApi, picture_events, png, sse
from tests.ui.chat import Chat, chatting

RED, GREEN = (200, 40, 40), (40, 200, 40)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture of the person's own, under a name with a blank."""
    path = tmp_path / "my cat.png"
    path.write_bytes(png(GREEN, 40, 30))
    return path


async def test_an_option_command_changes_the_next_request_and_the_border(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        for line in ("/size 1536x1024", "/quality high", "/format webp", "/compression 60"):
            await chat.paste(line)
            await chat.press("enter")
        assert chat.border.split()[0] == "auto"
        assert "1536x1024 · high · webp · compression 60" in chat.border
        await chat.send("a boat")
        tool = fake_api.requests[0].tool
        assert tool["size"] == "1536x1024"
        assert tool["output_compression"] == 60


async def test_a_bad_value_is_refused_with_the_reason_and_the_old_one_stays(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path, options=Options(size="1536x1024")) as chat:
        await chat.type("/size 1920x1080", "enter")
        await chat.sees("both edges must be multiples of 16")
        assert chat.studio.options.size == "1536x1024"
        assert chat.prompt == "/size 1920x1080"
        await chat.press("ctrl+u")
        assert chat.prompt == ""


async def test_an_unknown_command_names_the_nearest(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.type("/qualty high", "enter")
        await chat.sees("Did you mean /quality?")
        assert fake_api.requests == []


async def test_tab_completes_and_enter_sends_even_with_the_list_open(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.type("/qua")
        await chat.sees("▸ /quality")
        await chat.press("tab")
        assert chat.prompt == "/quality "
        await chat.sees("▸ /quality auto")
        await chat.type("hi")
        await chat.sees("▸ /quality high")
        await chat.type("gh", "enter")
        assert chat.studio.options.quality == "high"
        assert chat.prompt == ""


async def test_escape_closes_the_list_first(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.type("/qua")
        await chat.sees("▸ /quality")
        await chat.press("escape")
        assert chat.studio.prompt.area.has_focus
        assert "▸" not in chat.screen
        await chat.press("escape")
        assert chat.studio.transcript.has_focus


async def test_action_edit_by_command_is_shown_on_the_border(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.type("/action edit", "enter")
        assert chat.border.split()[0] == "edit"


@pytest.mark.parametrize("how", ["'{}'", "file://{url}", "{escaped}", '"{}"'])
async def test_a_pasted_path_of_a_picture_is_attached(
    fake_api: FakeApi, tmp_path: Path, photo: Path, how: str
) -> None:
    text = how.format(
        photo, url=str(photo).replace(" ", "%20"), escaped=str(photo).replace(" ", "\\ ")
    )
    async with chatting(fake_api, tmp_path) as chat:
        await chat.paste(text)
        await chat.sees("my cat.png 40x30")
        assert "1 reference" in chat.border
        await chat.send("as a painting")
        request = fake_api.requests[0]
        assert [part["type"] for part in request.content] == ["input_text", "input_image"]
        assert request.content[1]["image_url"].startswith("data:image/png;base64,")
        assert chat.studio.attachments == ()
        await chat.sees("my cat.png 40x30")


async def test_a_typed_path_and_the_attach_command_attach_too(
    fake_api: FakeApi, tmp_path: Path, photo: Path
) -> None:
    plain = tmp_path / "dog.png"
    plain.write_bytes(png(RED, 20, 20))
    async with chatting(fake_api, tmp_path) as chat:
        await chat.paste(f"/attach {photo}")
        await chat.press("enter")
        await chat.sees("my cat.png 40x30")
        chat.studio.prompt.put(str(plain))
        await chat.press("enter")
        await chat.sees("dog.png 20x20")
        assert "2 references" in chat.border
        await chat.type("/detach", "enter")
        assert chat.studio.attachments == ()
        assert fake_api.requests == []


async def test_what_is_no_picture_is_refused(fake_api: FakeApi, tmp_path: Path) -> None:
    note = tmp_path / "note.png"
    note.write_text("not a picture")
    async with chatting(fake_api, tmp_path) as chat:
        await chat.paste(f"/attach {note}")
        await chat.press("enter")
        await chat.sees("Attachment refused")
        assert chat.studio.attachments == ()
        await chat.press("ctrl+u")
        await chat.paste(f"/attach {tmp_path / 'nowhere.png'}")
        await chat.press("enter")
        await chat.sees("nowhere.png")


async def test_a_refused_prompt_keeps_its_attachments(
    fake_api: FakeApi, tmp_path: Path, photo: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.paste(f"'{photo}'")
        chat.studio.options = Options(background="transparent", format="jpeg")
        await chat.type("hello", "enter")
        await chat.sees("Option refused")
        assert chat.prompt == "hello"
        assert len(chat.studio.attachments) == 1


async def test_several_lines_are_one_prompt(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.type("a boat")
        await chat.press("ctrl+j")
        await chat.type("on a lake", "enter")
        await chat.settled()
        await chat.until(lambda: fake_api.requests)
        assert fake_api.requests[0].prompt == "a boat\non a lake"


async def test_a_pasted_text_with_line_breaks_is_not_sent_by_itself(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.paste("first line\r\nsecond line\nthird")
        assert chat.prompt == "first line\nsecond line\nthird"
        assert fake_api.requests == []


async def test_the_box_grows_to_eight_lines(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        heights = []
        for count in (1, 3, 20):
            chat.studio.prompt.put("\n".join("line" for _ in range(count)))
            await chat.pilot.pause()
            heights.append(chat.studio.prompt.area.size.height)
        assert heights == [1, 3, 8]


async def test_up_in_an_empty_box_recalls_earlier_prompts(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        await chat.send("two boats")
        await chat.press("up")
        assert chat.prompt == "two boats"
        await chat.press("up")
        assert chat.prompt == "a boat"
        await chat.press("down", "down")
        assert chat.prompt == ""
        await chat.type("x")
        await chat.press("up")
        assert chat.prompt == "x"


async def test_the_option_panel_changes_options(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.press("f2")
        await chat.sees("Size")
        await chat.press("down", "right", "escape")
        assert chat.studio.options.size == "1024x1024"


async def test_conversations_open_and_a_new_one_begins(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        first = chat.conversation.id
        await chat.press("ctrl+n")
        assert chat.conversation.id != first
        await chat.send("a mill")
        await chat.press("ctrl+o")
        await chat.sees("a boat")
        await chat.type("boat")
        await chat.pilot.pause(0.3)
        await chat.press("enter")
        await chat.until(lambda: chat.conversation.id == first)
        await chat.sees("A revised prompt.")


async def test_exporting_writes_a_folder(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        await chat.paste(f"/export {tmp_path / 'out'}")
        await chat.press("enter")
        await chat.sees("Exported")
        assert (tmp_path / "out" / "index.html").exists()


async def test_help_lists_keys_and_commands(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.press("f1")
        await chat.sees("flip the action")
        await chat.press("escape")
        assert chat.app.screen is chat.studio


async def test_the_palette_has_every_command(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.press("ctrl+p")
        await chat.type("flip")
        await chat.sees("Flip the action")
        await chat.press("enter")
        await chat.until(lambda: chat.border.split()[0] == "generate")


async def test_the_palette_types_a_command_that_needs_a_value(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        await chat.press("ctrl+p")
        await chat.type("/mask")
        await chat.sees("/mask PATH")
        await chat.press("enter")
        await chat.until(lambda: chat.prompt == "/mask ")
        assert chat.studio.prompt.area.has_focus


async def test_a_mask_travels_in_the_tool(fake_api: FakeApi, tmp_path: Path) -> None:
    from PIL import Image

    fake_api.answer(sse(picture_events(png(RED, 64, 64))))
    mask = tmp_path / "mask.png"
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(mask)
    async with chatting(fake_api, tmp_path) as chat:
        await chat.send("a boat")
        await chat.paste(f"/mask {mask}")
        await chat.press("enter")
        await chat.sees("mask.png 64x64 mask")
        await chat.type("/action edit", "enter")
        await chat.send("a moon there")
        request = fake_api.requests[1]
        assert request.tool["input_image_mask"]["image_url"].startswith("data:image/png")


async def test_a_paste_event_without_text_is_harmless(fake_api: FakeApi, tmp_path: Path) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        chat.app.post_message(Paste(""))
        await chat.pilot.pause()
        assert chat.prompt == ""


async def test_keys_typed_at_once_after_enter_belong_to_the_next_prompt(
    fake_api: FakeApi, tmp_path: Path
) -> None:
    async with chatting(fake_api, tmp_path) as chat:
        hurry(
            chat,
            *"a boat",
            "enter",
            *"two boatsx",
            "backspace",
            "enter",
            *"/oops",
            "ctrl+u",
            *"end",
        )
        await chat.until(lambda: len(chat.turns) == 2 and chat.prompt == "end")
        await chat.settled()
        assert [request.prompt for request in fake_api.requests] == ["a boat", "two boats"]


def hurry(chat: Chat, *keys: str) -> None:
    """Puts keys into the queue without waiting for what they do."""
    for key in keys:
        character = key if len(key) == 1 else None
        name = {" ": "space", "/": "slash"}.get(key, key)
        chat.studio.prompt.area.post_message(Key(name, character))
