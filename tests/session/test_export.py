"""A conversation as a folder."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.domain.conversation import Conversation
from app.domain.errors import BadInput, DiskTrouble
from app.session.export import export
from app.session.session import Session
from app.storage.library import Library
from tests.events import picture_events
from tests.fakes import FakeApi, json_error, png, sse
from tests.session.steps import BLUE, EDIT, GENERATE, GREEN, RED, attached, finish

NASTY = '<script>alert("x")</script> & \u202egnp <img src=x onerror=y>'


class Page(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
async def told(session: Session, fake_api: FakeApi) -> Conversation:
    """Three turns: a picture, a failure, and a picture with an attachment and nasty words."""
    fake_api.answer(sse(picture_events(png(RED), "A red fox.")), json_error(500, "Sorry <b>."))
    await finish(session.submit("a fox", GENERATE))
    await finish(session.submit("make it night", EDIT))
    fake_api.answer(sse(picture_events(png(GREEN), NASTY, text="Here <you> are.")))
    await finish(session.submit(NASTY, EDIT, [attached(png(BLUE), '"><b>hat.png')]))
    return session.conversation


def test_the_folder_holds_exactly_the_originals(
    told: Conversation, library: Library, tmp_path: Path
) -> None:
    folder = export(told, library, tmp_path / "out" / "foxes")
    assert folder == tmp_path / "out" / "foxes"
    data = json.loads((folder / "conversation.json").read_text())
    turns = list(told.turns.values())
    assert (data["format"], data["version"], data["id"]) == ("sfumato-conversation", 1, told.id)
    assert (data["title"], data["head"]) == ("a fox", told.head)
    assert [turn["prompt"] for turn in data["turns"]] == ["a fox", "make it night", NASTY]
    assert [turn["parent"] for turn in data["turns"]] == [None, turns[0].id, turns[1].id]
    assert [turn["status"] for turn in data["turns"]] == ["done", "failed", "done"]
    assert data["turns"][1]["error"]["kind"] == "ServerTrouble"
    assert data["turns"][2]["options"]["action"] == "edit"
    assert data["turns"][2]["usage"]["image_output_tokens"] == 196
    for told_turn, turn in zip(data["turns"], turns, strict=True):
        paths = [item.path for item in turn.pictures] + [item.path for item in turn.inputs]
        entries = [*told_turn["pictures"], *told_turn["inputs"]]
        for entry, path in zip(entries, paths, strict=True):
            copy = (folder / entry["file"]).read_bytes()
            assert copy == path.read_bytes()
            assert hashlib.sha256(copy).hexdigest() == entry["sha256"]
    assert str(library.folder) not in (folder / "conversation.json").read_text()


def test_the_page_shows_everything_and_runs_nothing(
    told: Conversation, library: Library, tmp_path: Path
) -> None:
    folder = export(told, library, tmp_path / "foxes")
    text = (folder / "index.html").read_text()
    page = Page(text)
    for words in ("a fox", "A red fox.", "make it night", "Here <you> are.", '"><b>hat.png'):
        assert words in page.text
    assert page.text.count('<script>alert("x")</script> & \ufffdgnp') == 2
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "b", "iframe", "link", "form", "object", "embed", "base"}
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    places = [image["src"] for image in page.all("img")] + [link["href"] for link in page.all("a")]
    assert len(places) == 5
    assert all((folder / place).is_file() for place in places)
    assert not re.search(r"https?:|//", text.replace("<!DOCTYPE html>", ""))
    assert str(library.folder) not in text


def test_the_policy_allows_pictures_and_this_style_alone(
    told: Conversation, library: Library, tmp_path: Path
) -> None:
    text = (export(told, library, tmp_path / "foxes") / "index.html").read_text()
    style = re.search(r"<style>(.*)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    (policy,) = [
        meta["content"]
        for meta in Page(text).all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    ]
    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{digest}'" in policy
    assert "script-src" not in policy
    assert "prefers-color-scheme: dark" in style[1]


def test_a_picture_that_is_gone_is_told_as_missing(
    told: Conversation, library: Library, tmp_path: Path
) -> None:
    first = next(iter(told.turns.values()))
    first.pictures[0].path.unlink()
    folder = export(told, library, tmp_path / "foxes")
    data = json.loads((folder / "conversation.json").read_text())
    assert data["turns"][0]["pictures"][0]["file"] is None
    assert "not in the library any more" in (folder / "index.html").read_text()


async def test_the_same_conversation_may_be_exported_again(
    told: Conversation, session: Session, library: Library, tmp_path: Path
) -> None:
    folder = export(told, library, tmp_path / "foxes")
    await finish(session.submit("make it snow", EDIT))
    export(session.conversation, library, folder)
    assert len(json.loads((folder / "conversation.json").read_text())["turns"]) == 4


def test_a_folder_with_other_things_is_left_alone(
    told: Conversation, library: Library, tmp_path: Path
) -> None:
    foreign = tmp_path / "mine"
    foreign.mkdir()
    (foreign / "index.html").write_text("my page")
    with pytest.raises(BadInput, match="other things"):
        export(told, library, foreign)
    for text in ("{}", "[", '{"format": "sfumato-conversation", "id": "another"}'):
        (foreign / "conversation.json").write_text(text)
        with pytest.raises(BadInput, match="other things"):
            export(told, library, foreign)
    assert (foreign / "index.html").read_text() == "my page"
    with pytest.raises(BadInput, match="a file"):
        export(told, library, foreign / "index.html")
    with pytest.raises(DiskTrouble):
        export(told, library, foreign / "index.html" / "below")


def test_an_empty_folder_is_used_as_it_is(
    told: Conversation, library: Library, tmp_path: Path
) -> None:
    ready = tmp_path / "ready"
    ready.mkdir(mode=0o755)
    assert export(told, library, ready) == ready
    assert ready.stat().st_mode & 0o777 == 0o755
    assert {path.name for path in ready.iterdir()} == {
        "conversation.json",
        "index.html",
        "inputs",
        "pictures",
    }


def test_an_empty_conversation_can_be_exported(library: Library, tmp_path: Path) -> None:
    folder = export(Conversation(), library, tmp_path / "empty")
    assert "0 turns, 0 pictures" in (folder / "index.html").read_text()
