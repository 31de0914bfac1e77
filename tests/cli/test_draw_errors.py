"""How ``sfumato draw`` fails: nothing on stdout, one line on stderr, and a status that says why."""

from __future__ import annotations

import io
import socket
import sys
from pathlib import Path

import pytest

from app.cli.output import told
from app.domain.errors import SfumatoError
from tests.cli.conftest import Sfumato
from tests.cli.shell import stored
from tests.events import ending, opening, text_events
from tests.fakes import Answer, FakeApi, json_error, picture_events, png, raw, sse


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "PROMPT"),
        (["a fox", "jumps"], "unrecognized arguments: jumps"),
        (["a fox", "--shape", "round"], "--shape"),
        (["a fox", "--size", "1000x1000"], "nearest legal size is 1008x1008"),
        (["a fox", "--size", "huge"], "not a size"),
        (["a fox", "--quality", "superb"], "auto, low, medium, high"),
        (["a fox", "--action", "paint"], "auto, generate, edit"),
        (["a fox", "--format", "jpeg", "--background", "transparent"], "png or webp"),
        (["a fox", "--format", "png", "--compression", "50"], "jpeg or webp"),
        (["a fox", "--partials", "9"], "0, 1, 2, 3"),
        (["a fox", "--model", "no model"], "not a model id"),
        (["  "], "no words"),
        (["a fox", "-i", "missing.png"], "missing.png"),
        (["a fox", "--mask", "missing.png"], "missing.png"),
        (["a fox", "--action", "edit"], "no picture"),
        (["a fox", "--session", "unknown"], "'unknown'"),
        (["a fox", "-c"], "no conversation to continue"),
        (["a fox", "-c", "--session", "abc"], "two conversations"),
        (["a fox", "-o", "no/such/folder/fox.png"], "no/such/folder"),
        (["a fox", "-o", "missing/"], "no folder"),
    ],
)
def test_bad_arguments_are_2_and_nothing_is_sent(
    sfumato: Sfumato, api: FakeApi, words: list[str], said: str
) -> None:
    done = sfumato("draw", *words)
    assert done.status == 2
    assert said in done.complaint
    assert api.requests == []


def test_a_picture_that_is_none_is_refused(sfumato: Sfumato, api: FakeApi, tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("not a picture")
    done = sfumato("draw", "a fox", "-i", str(tmp_path / "notes.png"))
    assert (done.status, api.requests) == (2, [])
    assert "notes.png" in done.complaint


def test_too_much_on_stdin_is_refused(
    sfumato: Sfumato, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x" * (1024 * 1024 + 1))))
    assert sfumato("draw", "-").status == 2
    assert api.requests == []


def test_without_key_and_base_url_it_is_3(sfumato: Sfumato) -> None:
    done = sfumato("draw", "a fox")
    assert done.status == 3
    assert "OPENAI_API_KEY" in done.complaint
    assert "--demo" in done.complaint


MODERATED = json_error(400, "Your request was rejected by the safety system.", code="x")


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (json_error(401, "Incorrect API key provided", code="invalid_api_key"), 3),
        (json_error(403, "You are not allowed to do this"), 3),
        (json_error(403, "Your organization must be verified to use the model"), 3),
        (MODERATED, 4),
        (json_error(429, "Slow down", code="rate_limit_exceeded"), 5),
        (json_error(429, "No money", code="insufficient_quota"), 5),
        (json_error(400, "Bad size", param="tools[0].size"), 6),
        (json_error(404, "No such model", code="model_not_found"), 6),
        (json_error(500, "Oops", kind="server_error"), 6),
        (raw("<html>Welcome to the hotel</html>"), 6),
        (sse(picture_events(png())).cut_after(3), 6),
        (sse(opening()), 6),
    ],
)
def test_what_the_server_answers_decides_the_status(
    sfumato: Sfumato, api: FakeApi, answer: Answer, status: int
) -> None:
    api.answer(answer)
    done = sfumato("draw", "a fox", "--json")
    assert done.status == status
    assert done.complaint.startswith("sfumato: ")


def test_an_unreachable_server_is_6(sfumato: Sfumato, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{port}/v1")
    done = sfumato("draw", "a fox")
    assert done.status == 6
    assert "press" not in done.complaint


def test_an_answer_in_words_alone_is_7_and_repeats_them(sfumato: Sfumato, api: FakeApi) -> None:
    api.answer(sse([*opening(), *text_events("Which kind\nof fox?", index=0), ending()]))
    done = sfumato("draw", "a fox", "--json")
    assert done.status == 7
    assert '"Which kind of fox?"' in done.complaint


def test_words_where_a_picture_was_demanded_are_7_as_well(sfumato: Sfumato, api: FakeApi) -> None:
    api.answer(sse([*opening(), *text_events("No fox today.", index=0), ending()]))
    done = sfumato("draw", "a fox", "--action", "generate")
    assert done.status == 7
    assert "No fox today." in done.complaint


def test_an_empty_answer_is_7(sfumato: Sfumato, api: FakeApi) -> None:
    api.answer(sse([*opening(), ending()]))
    assert sfumato("draw", "a fox").status == 7


def test_a_picture_before_the_cut_is_kept_and_named(
    sfumato: Sfumato, api: FakeApi, home: Path
) -> None:
    events = picture_events(png())
    item = next(at for at, event in enumerate(events) if event["type"].endswith("item.done"))
    api.answer(sse(events).cut_after(item + 1))
    done = sfumato("draw", "a fox")
    (picture,) = stored(home).path()[-1].pictures
    assert done.status == 6
    assert str(picture.path) in done.complaint
    assert picture.path.read_bytes() == png()


def test_a_failed_turn_stays_and_is_no_parent(sfumato: Sfumato, api: FakeApi, home: Path) -> None:
    api.answer(MODERATED)
    sfumato("draw", "a fox")
    assert sfumato("draw", "-c", "another fox").status == 0
    assert "previous_response_id" not in api.requests[1].body
    assert [turn.status for turn in stored(home).path()] == ["failed", "done"]


def test_a_copy_that_fails_names_the_original(
    sfumato: Sfumato, api: FakeApi, tmp_path: Path, home: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()

    def answer_without_folder(_: object) -> Answer:
        folder.rmdir()
        return sse(picture_events(png()))

    api.answer_with(answer_without_folder)
    done = sfumato("draw", "a fox", "-o", str(folder / "fox.png"))
    assert done.status == 1
    assert str(stored(home).path()[-1].pictures[0].path) in done.complaint


def test_no_error_speaks_of_keys_of_the_chat() -> None:
    """Keys and slash commands that hints name for the chat mean nothing in a shell."""
    kinds: list[type[SfumatoError]] = [SfumatoError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
        line = told(kind("It failed.").failure())
        assert not any(word in line for word in ("ress r", "Ctrl+", "Esc", "/attach", "(F")), line
