"""The database file: its upgrades, what it refuses, and its errors in words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.errors import DiskTrouble
from app.storage.database import STEPS, Step, connect, transaction
from app.storage.library import DATABASE, LOCKS, Library

NOON = "2026-11-22T12:00:00.000000+00:00"
NEXT: tuple[Step, ...] = (
    *STEPS,
    (
        "ALTER TABLE pictures ADD COLUMN rating INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX pictures_by_rating ON pictures (rating)",
    ),
)


def schema(path: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def test_a_new_database_is_private_safe_and_current(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    with closing(connect(path)) as db:
        pragmas = {
            name: db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
        assert pragmas == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 10_000,
        }
        assert {entry.stat().st_mode & 0o777 for entry in tmp_path.iterdir()} == {0o600}
    assert version(path) == len(STEPS)


def test_an_upgraded_database_equals_a_new_one_and_keeps_its_rows(tmp_path: Path) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    with closing(connect(old, STEPS)) as db:
        db.execute("INSERT INTO conversations VALUES ('c', 'Foxes', NULL, 't', 't', NULL)")

    with closing(connect(old, NEXT)) as upgraded, closing(connect(new, NEXT)):
        assert upgraded.execute("SELECT title FROM conversations").fetchone()["title"] == "Foxes"

    assert schema(old) == schema(new)
    assert version(old) == version(new) == len(NEXT)


def test_a_first_version_made_by_hand_is_opened(folder: Path) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        for statement in STEPS[0]:
            db.execute(statement)
        db.execute("PRAGMA user_version = 1")
        db.execute("INSERT INTO conversations VALUES ('c', 'Foxes', 't', ?, ?, NULL)", (NOON, NOON))
        db.execute(
            "INSERT INTO turns VALUES ('t', 'c', NULL, 0, 'a fox', '{}', 'done', 'resp_1', "
            "'', NULL, NULL, '', NULL, NULL, NULL, ?, ?, ?, NULL)",
            (NOON, NOON, NOON),
        )
        db.commit()

    with closing(Library(folder)) as library:
        loaded = library.load("c")

    assert loaded.title == "Foxes"
    assert [turn.prompt for turn in loaded.turns.values()] == ["a fox"]
    assert (folder / DATABASE).stat().st_mode & 0o777 == 0o600


def test_a_failed_upgrade_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    connect(path).close()
    before = schema(path)

    with pytest.raises(DiskTrouble, match=r"old\.db"):
        connect(path, (*STEPS, ("CREATE TABLE ratings (stars INTEGER)", "CREATE nonsense")))

    assert schema(path) == before
    assert version(path) == len(STEPS)


def test_a_newer_library_is_refused_and_left_alone(folder: Path) -> None:
    Library(folder).close()
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        db.execute("PRAGMA user_version = 99")
    before = (folder / DATABASE).read_bytes()

    with pytest.raises(DiskTrouble, match="A newer version of Sfumato") as caught:
        Library(folder)

    assert "Update Sfumato" in caught.value.hint
    assert (folder / DATABASE).read_bytes() == before
    assert [entry.name for entry in (folder / LOCKS).iterdir()] == ["guard"]


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"not a database " * 100, "not a library"), (None, "A folder is where a file should be")],
)
def test_what_is_no_database_is_told(folder: Path, content: bytes | None, words: str) -> None:
    folder.mkdir()
    if content is None:
        (folder / DATABASE).mkdir()
    else:
        (folder / DATABASE).write_bytes(content)
    with pytest.raises(DiskTrouble, match=words):
        Library(folder)


def test_a_transaction_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "new.db")) as db:
        insert = "INSERT INTO conversations VALUES (?, '', NULL, '', '', NULL)"

        def fail_half_way() -> None:
            with transaction(db):
                db.execute(insert, ("a",))
                db.execute(insert, ("a",))

        with pytest.raises(sqlite3.IntegrityError):
            fail_half_way()
        assert db.execute("SELECT COUNT(*) FROM conversations").fetchone()[0] == 0


def test_a_writer_waits_for_the_other_before_it_reads_and_readers_never_wait(
    tmp_path: Path,
) -> None:
    with closing(connect(tmp_path / "a.db")) as one, closing(connect(tmp_path / "a.db")) as two:
        two.execute("PRAGMA busy_timeout = 0")
        with transaction(one):
            with transaction(two, write=False):
                assert two.execute("SELECT * FROM turns").fetchall() == []
            with pytest.raises(sqlite3.OperationalError, match="locked"), transaction(two):
                pass
        with transaction(two):
            pass
