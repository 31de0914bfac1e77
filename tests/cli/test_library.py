"""``sfumato sessions`` and ``sfumato export``."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from tests.cli.conftest import Sfumato
from tests.cli.shell import stored
from tests.fakes import FakeApi, json_error


def test_an_empty_library_lists_nothing(sfumato: Sfumato) -> None:
    done = sfumato("sessions")
    assert (done.status, done.out) == (0, "")
    assert sfumato("sessions", "--json").json == []


def test_conversations_are_listed_newest_first(sfumato: Sfumato, api: FakeApi) -> None:
    sfumato("draw", "a fox")
    sfumato("draw", "a boat")
    sfumato("draw", "-c", "make it night")
    heading, boat, fox = sfumato("sessions").out.splitlines()
    assert heading.split() == ["ID", "LAST", "USED", "TURNS", "PICTURES", "TITLE"]
    assert boat.endswith("2      2         a boat")
    assert fox.endswith("1      1         a fox")
    assert heading.index("TITLE") == boat.index("a boat")


def test_json_names_what_scripts_need(sfumato: Sfumato, api: FakeApi, home: Path) -> None:
    api.answer(json_error(500, "Oops"))
    sfumato("draw", "a fox")
    (found,) = sfumato("sessions", "--json").json
    conversation = stored(home)
    assert found["id"] == conversation.id
    assert (found["title"], found["turns"], found["pictures"]) == ("a fox", 1, 0)
    assert datetime.fromisoformat(found["updated"]).tzinfo is not None


def test_export_writes_the_folder_and_prints_it(
    sfumato: Sfumato, api: FakeApi, home: Path, tmp_path: Path
) -> None:
    sfumato("draw", "a fox")
    done = sfumato("export", stored(home).id, str(tmp_path / "out"))
    assert (done.status, done.path) == (0, tmp_path / "out")
    assert (tmp_path / "out" / "index.html").exists()
    data = json.loads((tmp_path / "out" / "conversation.json").read_text())
    assert data["turns"][0]["prompt"] == "a fox"


def test_export_refuses_unknown_ids_and_full_folders(
    sfumato: Sfumato, api: FakeApi, home: Path, tmp_path: Path
) -> None:
    sfumato("draw", "a fox")
    unknown = sfumato("export", "abc", str(tmp_path / "out"))
    assert (unknown.status, unknown.complaint.count("sfumato sessions")) == (2, 1)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "diary.txt").write_text("dear diary")
    assert sfumato("export", stored(home).id, str(tmp_path / "mine")).status == 2
    assert not (tmp_path / "out").exists()


def test_a_library_that_cannot_be_opened_is_1(sfumato: Sfumato, home: Path) -> None:
    (home / "data").write_text("not a folder")
    assert sfumato("sessions").status == 1
