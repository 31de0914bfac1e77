"""``sfumato draw``: what is sent, what is printed, what is kept."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Sfumato
from tests.cli.shell import stored
from tests.events import ending, item_done, message_item, opening, picture_item
from tests.fakes import FakeApi, json_error, picture_events, png, sse

RED, BLUE = png((200, 0, 0)), png((0, 0, 200))
CLEAR = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f"
    b"\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc`\x00\x02\x00\x00\x05\x00\x01\xe9\xfa\xdc\xd8\x00\x00"
    b"\x00\x00IEND\xaeB`\x82"
)


def test_prints_the_saved_path_and_nothing_else(sfumato: Sfumato, api: FakeApi, home: Path) -> None:
    api.answer(sse(picture_events(RED)))
    done = sfumato("draw", "a red fox")
    assert (done.status, done.err) == (0, "")
    assert done.path.read_bytes() == RED
    assert done.path.is_relative_to(home / "data")
    assert api.requests[0].prompt == "a red fox"
    assert api.requests[0].tool["action"] == "auto"


def test_every_option_reaches_the_server(sfumato: Sfumato, api: FakeApi) -> None:
    options = "--action generate --size 1536x1024 --quality high --format webp --compression 60"
    more = "--background opaque --partials 1 --model gpt-6-astra --image-model gpt-image-2"
    done = sfumato("draw", "a fox", *options.split(), *more.split())
    assert done.status == 0
    assert api.requests[0].body["model"] == "gpt-6-astra"
    assert api.requests[0].tool == {
        "type": "image_generation",
        "action": "generate",
        "model": "gpt-image-2",
        "size": "1536x1024",
        "quality": "high",
        "output_format": "webp",
        "output_compression": 60,
        "background": "opaque",
        "partial_images": 1,
    }


def test_json_has_exactly_the_promised_keys(sfumato: Sfumato, api: FakeApi, home: Path) -> None:
    api.answer(sse(picture_events(RED, "A revised fox.", text="There it is.")))
    done = sfumato("draw", "a red fox", "--json")
    turn = stored(home).path()[-1]
    assert list(done.json) == ["session", "turn", "response_id", "pictures", "text", "usage"]
    assert done.json["session"] == stored(home).id
    assert (done.json["turn"], done.json["response_id"]) == (turn.id, "resp_1")
    assert done.json["pictures"] == [
        {
            "path": str(turn.pictures[0].path),
            "revised_prompt": "A revised fox.",
            "size": "1024x1024",
            "format": "png",
            "action": "generate",
        }
    ]
    assert done.json["text"] == "There it is."
    assert done.json["usage"]["input_tokens"] == 1633


def test_a_size_that_the_server_does_not_name_is_measured(sfumato: Sfumato, api: FakeApi) -> None:
    api.answer(sse(picture_events(png(width=5, height=7), size="auto")))
    (picture,) = sfumato("draw", "a fox", "--json").json["pictures"]
    assert picture["size"] == "5x7"


def test_out_gets_the_same_bytes_and_replaces_what_was_there(
    sfumato: Sfumato, api: FakeApi, tmp_path: Path
) -> None:
    out = tmp_path / "fox.png"
    out.write_text("older")
    api.answer(sse(picture_events(RED)))
    done = sfumato("draw", "a fox", "-o", str(out))
    assert out.read_bytes() == done.path.read_bytes() == RED
    assert done.path != out


def test_several_pictures_get_numbered_copies(
    sfumato: Sfumato, api: FakeApi, tmp_path: Path
) -> None:
    items = [picture_item(RED, "ig_1"), picture_item(BLUE, "ig_2")]
    done_events = [item_done(item, index) for index, item in enumerate(items)]
    api.answer(sse([*opening(), *done_events, ending(output=items)]))
    done = sfumato("draw", "two foxes", "-o", str(tmp_path / "fox.png"))
    assert [Path(line).read_bytes() for line in done.out.splitlines()] == [RED, BLUE]
    assert (tmp_path / "fox.png").read_bytes() == RED
    assert (tmp_path / "fox-2.png").read_bytes() == BLUE


def test_into_a_folder_the_copy_keeps_its_name(
    sfumato: Sfumato, api: FakeApi, tmp_path: Path
) -> None:
    done = sfumato("draw", "a fox", "-o", str(tmp_path))
    assert (tmp_path / done.path.name).read_bytes() == done.path.read_bytes()


def test_pictures_and_mask_go_along_in_order(
    sfumato: Sfumato, api: FakeApi, tmp_path: Path
) -> None:
    names = [tmp_path / name for name in ("one.png", "two.png", "mask.png")]
    for path, data in zip(names, (png(width=1, height=1), BLUE, CLEAR), strict=True):
        path.write_bytes(data)
    one, two, mask = map(str, names)
    done = sfumato("draw", "mix", "-i", one, "--image", two, "--mask", mask, "--action", "edit")
    assert done.status == 0
    kinds = [part["type"] for part in api.requests[0].content]
    assert kinds.count("input_image") == 2
    assert api.requests[0].tool["input_image_mask"]["image_url"].startswith("data:image/png")


def test_a_dash_reads_the_prompt_from_stdin(
    sfumato: Sfumato, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("ein Füchslein\n".encode())))
    assert sfumato("draw", "-").status == 0
    assert api.requests[0].prompt == "ein Füchslein"


def test_c_goes_on_with_the_last_conversation(sfumato: Sfumato, api: FakeApi, home: Path) -> None:
    sfumato("draw", "a fox")
    done = sfumato("draw", "-c", "make it night", "--action", "edit", "--json")
    assert api.requests[1].body["previous_response_id"] == "resp_1"
    conversation = stored(home)
    assert [turn.prompt for turn in conversation.path()] == ["a fox", "make it night"]
    assert conversation.head == done.json["turn"]


def test_session_goes_on_with_that_one(sfumato: Sfumato, api: FakeApi, home: Path) -> None:
    first = sfumato("draw", "a fox", "--json").json["session"]
    second = sfumato("draw", "a boat", "--json").json["session"]
    assert first != second
    assert sfumato("draw", "--session", first, "make it night").status == 0
    assert [turn.prompt for turn in stored(home, first).path()] == ["a fox", "make it night"]
    assert len(stored(home, second).turns) == 1


def test_a_rebuilt_context_is_remarked_on_stderr(sfumato: Sfumato, api: FakeApi) -> None:
    sfumato("draw", "a fox")

    api.answer(json_error(400, "gone", code="previous_response_not_found"))
    done = sfumato("draw", "-c", "make it night")
    assert done.status == 0
    assert done.path.exists()
    assert "rebuilt" in done.err
    assert len(done.err.splitlines()) == 1


def test_settings_hold_and_flags_win(sfumato: Sfumato, api: FakeApi, home: Path) -> None:
    settings = home / "config" / "settings.toml"
    settings.write_text('format = "jpeg"\ncompression = 60\nquality = "low"\n')
    sfumato("draw", "a fox")
    sfumato("draw", "a fox", "--quality", "high", "--format", "png")
    first, second = (request.tool for request in api.requests)
    assert (first["output_format"], first["quality"]) == ("jpeg", "low")
    assert (second["output_format"], second["quality"]) == ("png", "high")
    assert "output_compression" not in second


def test_a_base_url_alone_gets_a_placeholder_key(
    sfumato: Sfumato, fake_api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", fake_api.url)
    assert sfumato("draw", "a fox").status == 0
    assert fake_api.requests[0].headers["authorization"].startswith("Bearer ")


def test_the_base_url_may_come_from_the_settings(
    sfumato: Sfumato, fake_api: FakeApi, home: Path
) -> None:
    (home / "config" / "settings.toml").write_text(f'base-url = "{fake_api.url}"\n')
    assert sfumato("draw", "a fox").status == 0
    assert len(fake_api.requests) == 1


def test_outside_text_reaches_no_terminal(sfumato: Sfumato, api: FakeApi, home: Path) -> None:
    item = picture_item(None, status="failed", error={"message": "\x1b[31mno\x07\nway"})
    api.answer(sse([*opening(), item_done(item), ending(output=[item])]))
    done = sfumato("draw", "a \x1b[31mfox")
    assert done.status != 0
    assert "\x1b" not in done.complaint
    listed = sfumato("sessions")
    assert "\x1b" not in listed.out
    assert "fox" in listed.out
    api.answer(sse(picture_events(RED, "\x1b[31mred")))
    assert "\x1b" not in sfumato("draw", "a fox", "--json").out


def test_text_beside_a_picture_is_in_the_json(sfumato: Sfumato, api: FakeApi) -> None:
    message = message_item("Hello.")
    item = picture_item(RED)
    api.answer(sse([*opening(), item_done(item), item_done(message, 1), ending(output=[item])]))
    printed = sfumato("draw", "a fox", "--json").out
    assert json.loads(printed)["text"] == "Hello."


class Watched(io.StringIO):
    """A stderr at which a person looks."""

    def isatty(self) -> bool:
        return True


def test_a_person_sees_how_it_is_getting_on(
    sfumato: Sfumato, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched()
    monkeypatch.setattr(sys, "stderr", watched)
    api.answer(sse(picture_events(RED)).slowly(0.01))
    assert sfumato("draw", "a fox").status == 0
    steps = [step.strip() for step in watched.getvalue().split("\r")]
    assert "drawing …" in steps
    assert steps[-1] == ""
    assert "\n" not in watched.getvalue()
