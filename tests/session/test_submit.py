"""One turn after another: what is sent, what is kept, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.conversation import Status
from app.domain.errors import BadOption, NothingToEdit, Refused
from app.domain.options import Options
from app.session.session import Session
from app.storage.library import Library
from tests.events import ending, item_done, opening, picture_events, picture_item
from tests.fakes import Answer, FakeApi, Received, png, sse
from tests.session.steps import (
    AUTO,
    BLUE,
    EDIT,
    GENERATE,
    GREEN,
    RED,
    finish,
    pictures_sent,
    text_only,
    watch,
)


async def test_a_prompt_becomes_a_picture_on_disk(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    fake_api.answer(sse(picture_events(png(RED), "A red fox at dawn.", action="generate")))
    turn = await finish(session.submit("  a red fox  ", GENERATE))
    (picture,) = turn.pictures
    assert picture.path.read_bytes() == png(RED)
    assert (picture.format, picture.width, picture.height) == ("png", 4, 3)
    assert picture.revised_prompt == "A red fox at dawn."
    assert picture.path.name.startswith("red-fox")
    assert (turn.status, turn.prompt, turn.response_id) == (Status.DONE, "a red fox", "resp_1")
    assert turn.usage is not None
    assert turn.usage.image_output_tokens == 196
    assert (turn.model, turn.error, turn.note) == ("gpt-5.5", None, "")
    assert session.conversation.title == "a red fox"
    assert session.conversation.head == turn.id
    assert session.live == {}
    assert session.running() == ()
    stored = library.load(session.conversation.id)
    assert stored.turns[turn.id] == turn
    assert (stored.head, stored.title) == (turn.id, "a red fox")
    assert fake_api.requests[0].body["instructions"] == "Paint."


async def test_follow_ups_name_the_parent_and_send_only_the_new_words(
    session: Session, fake_api: FakeApi
) -> None:
    for prompt, options in (("a fox", AUTO), ("make it night", EDIT), ("a hare", GENERATE)):
        await finish(session.submit(prompt, options))
    sent = fake_api.requests
    assert [request.body.get("previous_response_id") for request in sent] == [
        None,
        "resp_1",
        "resp_2",
    ]
    assert [request.tool["action"] for request in sent] == ["auto", "edit", "generate"]
    assert [request.prompt for request in sent] == ["a fox", "make it night", "a hare"]
    assert [pictures_sent(request) for request in sent] == [[], [], []]


async def test_the_turn_is_on_disk_before_its_request_arrives(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    found: list[tuple[str, Status]] = []

    def answering(request: Received) -> Answer:
        (turn,) = library.load(session.conversation.id).turns.values()
        found.append((turn.prompt, turn.status))
        return sse(picture_events(png()))

    fake_api.answer_with(answering)
    await finish(session.submit("a fox", AUTO))
    assert found == [("a fox", Status.RUNNING)]


async def test_progress_is_told_in_words_and_previews(session: Session, fake_api: FakeApi) -> None:
    previews = [png(RED), png(GREEN)]
    fake_api.answer(sse(picture_events(png(BLUE), partials=previews)).slowly(0.03))
    updates = await watch(session.submit("a fox", AUTO))
    lives = [update.live[update.turn_id] for update in updates if update.live]
    stages = list(dict.fromkeys(live.stage for live in lives))
    assert stages[-4:] == ["sending", "thinking", "drawing", "saving"]
    seen = {live.partial_index: live.partial for live in lives if live.partial}
    assert seen == {0: png(RED), 1: png(GREEN)}
    assert {live.partial_count for live in lives if live.partial} == {2}
    assert lives[-1].partial is None
    assert updates[-1].live == {}


async def test_a_preview_is_kept_only_while_there_is_no_picture(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    events = picture_events(png(BLUE), partials=[png(RED), png(GREEN)])
    fake_api.answer(sse(events[:7]).slowly(0.02))
    cut = await finish(session.submit("a fox", AUTO))
    assert cut.status is Status.INTERRUPTED
    assert cut.partial is not None
    assert cut.partial.read_bytes() == png(GREEN)
    assert library.load(session.conversation.id).turns[cut.id].partial == cut.partial
    fake_api.answer(sse(events).slowly(0.02))
    done = await finish(session.retry(cut.id))
    assert (done.status, done.partial) == (Status.DONE, None)
    assert [path for path in cut.partial.parent.iterdir() if path.stem == done.id] == []


async def test_several_pictures_are_all_kept(session: Session, fake_api: FakeApi) -> None:
    items = [picture_item(png(RED), "ig_1"), picture_item(png(GREEN), "ig_2")]
    fake_api.answer(sse([*opening(), item_done(items[0]), item_done(items[1], 1), ending()]))
    turn = await finish(session.submit("two foxes", AUTO))
    assert [picture.path.read_bytes() for picture in turn.pictures] == [png(RED), png(GREEN)]
    assert [picture.call_id for picture in turn.pictures] == ["ig_1", "ig_2"]


async def test_bytes_that_are_no_picture_are_kept_and_told(
    session: Session, fake_api: FakeApi
) -> None:
    fake_api.answer(sse(picture_events(b"a picture, honestly")))
    turn = await finish(session.submit("a fox", GENERATE))
    assert turn.status is Status.DONE
    assert turn.pictures[0].path.read_bytes() == b"a picture, honestly"
    assert turn.note.startswith("What came is in no format that can be shown")


async def test_a_picture_that_failed_beside_another_is_a_note(
    session: Session, fake_api: FakeApi
) -> None:
    failed = picture_item(None, "ig_2", status="failed", error={"message": "Too dark to draw"})
    fake_api.answer(
        sse([*opening(), item_done(picture_item(png())), item_done(failed, 1), ending()])
    )
    turn = await finish(session.submit("two foxes", AUTO))
    assert (turn.status, len(turn.pictures), turn.error) == (Status.DONE, 1, None)
    assert turn.note.startswith("Another picture failed:")
    assert "Too dark to draw" in turn.note


async def test_words_alone_are_an_answer_and_can_be_a_parent(
    session: Session, fake_api: FakeApi
) -> None:
    fake_api.answer(text_only("Which kind of fox?"))
    asked = await finish(session.submit("a fox", AUTO))
    assert (asked.status, asked.said) == (Status.DONE, "Which kind of fox?")
    await finish(session.submit("a red one", AUTO))
    assert fake_api.requests[1].body["previous_response_id"] == "resp_text"


@pytest.mark.parametrize(("options", "text"), [(GENERATE, "No."), (EDIT, "No."), (AUTO, "")])
async def test_no_picture_is_a_failure_where_one_was_due(
    session: Session, fake_api: FakeApi, options: Options, text: str
) -> None:
    await finish(session.submit("a fox", GENERATE))
    fake_api.answer(text_only(text))
    turn = await finish(session.submit("make it night", options))
    assert (turn.status, turn.said) == (Status.FAILED, text)
    assert turn.error is not None
    assert turn.error.kind == "NoPicture"


async def test_an_early_end_is_noted(session: Session, fake_api: FakeApi) -> None:
    end = ending("incomplete", incomplete_details={"reason": "max_output_tokens"})
    fake_api.answer(sse([*opening(), item_done(picture_item(png())), end]))
    turn = await finish(session.submit("a fox", AUTO))
    assert (turn.status, turn.note) == (Status.DONE, "The answer reached its length limit.")


@pytest.mark.parametrize(
    ("prompt", "options", "refusal"),
    [
        ("make it night", EDIT, NothingToEdit),
        ("  \n ", AUTO, Refused),
        ("a fox", Options(format="jpeg", background="transparent"), BadOption),
    ],
)
async def test_what_cannot_work_is_refused_before_anything_is_stored_or_sent(
    session: Session,
    fake_api: FakeApi,
    library: Library,
    prompt: str,
    options: Options,
    refusal: type[Refused],
) -> None:
    with pytest.raises(refusal):
        session.submit(prompt, options)
    assert fake_api.requests == []
    assert session.conversation.turns == {}
    assert library.list() == []


async def test_a_failed_turn_keeps_its_prompt_and_is_no_parent(
    session: Session, fake_api: FakeApi, library: Library
) -> None:
    await finish(session.submit("a fox", GENERATE))
    failing = ending("failed", error={"code": "server_error", "message": "Sorry."})
    fake_api.answer(sse([*opening("resp_bad"), failing]))
    bad = await finish(session.submit("make it night", EDIT))
    assert (bad.status, bad.prompt, bad.response_id) == (Status.FAILED, "make it night", "resp_bad")
    assert bad.error is not None
    assert bad.error.kind == "ServerTrouble"
    assert library.load(session.conversation.id).turns[bad.id] == bad
    await finish(session.submit("make it day", EDIT))
    assert fake_api.requests[2].body["previous_response_id"] == "resp_1"


async def test_a_stream_that_stops_is_interrupted_and_keeps_its_picture(
    session: Session, fake_api: FakeApi
) -> None:
    fake_api.answer(sse([*opening("resp_cut"), item_done(picture_item(png(RED)))]))
    cut = await finish(session.submit("a fox", GENERATE))
    assert cut.status is Status.INTERRUPTED
    assert cut.pictures[0].path.read_bytes() == png(RED)
    assert cut.error is not None
    assert cut.error.kind == "BrokenAnswer"
    after = await finish(session.submit("make it night", EDIT))
    second = fake_api.requests[1]
    assert "previous_response_id" not in second.body
    assert pictures_sent(second) == [png(RED)]
    assert after.note == "The conversation's context was rebuilt from the pictures kept here."


async def test_an_edit_whose_only_picture_is_gone_says_so(
    session: Session, fake_api: FakeApi
) -> None:
    fake_api.answer(sse([*opening("resp_cut"), item_done(picture_item(png(RED)))]))
    cut = await finish(session.submit("a fox", GENERATE))
    Path(cut.pictures[0].path).unlink()
    turn = await finish(session.submit("make it night", EDIT))
    assert turn.status is Status.FAILED
    assert turn.error is not None
    assert turn.error.kind == "NothingToEdit"
    assert "not in the library any more" in turn.error.sentence
    assert len(fake_api.requests) == 1
