"""The SQLite file: how it is opened, its tables, its upgrades, and its errors in words.

Times are ISO texts in UTC with microseconds, so that they sort as they read. Paths are relative to
the library's folder. A trashed row carries the moment it was trashed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from app.domain.errors import DiskTrouble
from app.storage.files import close_to_others, disk_errors, shown

BUSY_SECONDS = 10.0
Step = Sequence[str]
"""The statements that lead from one version of the schema to the next."""

STEPS: tuple[Step, ...] = (
    (
        """
        CREATE TABLE conversations (
            id TEXT PRIMARY KEY,
            title TEXT NOT NULL,
            head TEXT,
            created TEXT NOT NULL,
            updated TEXT NOT NULL,
            trashed TEXT
        )
        """,
        """
        CREATE TABLE turns (
            id TEXT PRIMARY KEY,
            conversation TEXT NOT NULL REFERENCES conversations (id),
            parent TEXT REFERENCES turns (id),
            position INTEGER NOT NULL,
            prompt TEXT NOT NULL,
            options TEXT NOT NULL,
            status TEXT NOT NULL,
            response_id TEXT,
            said TEXT NOT NULL,
            usage TEXT,
            error TEXT,
            note TEXT NOT NULL,
            model TEXT,
            partial TEXT,
            owner TEXT,
            created TEXT NOT NULL,
            finished TEXT,
            saved TEXT NOT NULL,
            trashed TEXT
        )
        """,
        "CREATE INDEX turns_of_conversation ON turns (conversation, position)",
        "CREATE INDEX turns_of_parent ON turns (parent)",
        """
        CREATE TABLE pictures (
            turn TEXT NOT NULL REFERENCES turns (id),
            position INTEGER NOT NULL,
            path TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            format TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            revised_prompt TEXT,
            action TEXT,
            size TEXT,
            quality TEXT,
            background TEXT,
            call_id TEXT,
            favourite INTEGER NOT NULL,
            PRIMARY KEY (turn, position)
        )
        """,
        """
        CREATE TABLE inputs (
            turn TEXT NOT NULL REFERENCES turns (id),
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            path TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            mime TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            mask INTEGER NOT NULL,
            PRIMARY KEY (turn, position)
        )
        """,
    ),
    (
        """
        CREATE TABLE arrivals (
            turn TEXT NOT NULL,
            path TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            format TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            revised_prompt TEXT,
            action TEXT,
            size TEXT,
            quality TEXT,
            background TEXT,
            call_id TEXT,
            noted TEXT NOT NULL,
            PRIMARY KEY (turn, sha256)
        )
        """,
    ),
)
"""Step N leads from version N to version N + 1; a new version is one more entry."""

TROUBLES: Mapping[str, tuple[str, str]] = {
    "SQLITE_BUSY": ("The library is busy in another program", "Wait a moment, then try again."),
    "SQLITE_FULL": ("The disk is full", "Free some space, then try again."),
    "SQLITE_READONLY": ("The library cannot be written", "Check who owns the file."),
    "SQLITE_CANTOPEN": ("The library cannot be opened", "Check who owns the folder."),
    "SQLITE_PERM": ("The library cannot be opened", "Check who owns the file."),
    "SQLITE_IOERR": ("The disk reports an error", "Check free space and the disk."),
    "SQLITE_CORRUPT": ("The library's database is damaged", "Restore it from a backup."),
    "SQLITE_NOTADB": ("This file is not a library", "Move it aside, or restore a backup."),
}
"""How SQLite's name of an error begins → what happened, and what to do about it."""


@contextmanager
def database_errors(path: Path) -> Iterator[None]:
    """Turns a SQLite error of the block into DiskTrouble that names ``path``."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        known = (words for key, words in TROUBLES.items() if name.startswith(key))
        said, hint = next(known, (f"The library's database says: {error}", None))
        raise DiskTrouble(f"{said}: {shown(path)}", hint=hint) from error


def connect(path: Path, steps: Sequence[Step] = STEPS) -> sqlite3.Connection:
    """Opens the database, creating it or upgrading it as needed; usable from any thread.

    Rows answer by column name. Every statement commits by itself outside of ``transaction``.
    Raises DiskTrouble, also for a database that a newer version wrote.
    """
    with disk_errors(path):
        # SQLite gives its -wal and -shm files the permissions of the database.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        close_to_others(path, 0o600)
    with database_errors(path), ExitStack() as undo:
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        undo.enter_context(closing(connection))
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        _upgrade(connection, path, steps)
        # Only now, so that a step may rebuild a table that others refer to.
        connection.execute("PRAGMA foreign_keys = ON")
        undo.pop_all()
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection, *, write: bool = True) -> Iterator[None]:
    """Runs the block as one change that is kept whole or not at all.

    With ``write`` off it only reads, all of it as of one moment, and stops nobody else.
    """
    connection.execute("BEGIN IMMEDIATE" if write else "BEGIN DEFERRED")
    with connection:
        yield


def _upgrade(connection: sqlite3.Connection, path: Path, steps: Sequence[Step]) -> None:
    """Brings the schema to the newest version, all steps or none. Raises DiskTrouble."""
    if _version(connection) == len(steps):
        return
    with transaction(connection):
        version = _version(connection)
        if version > len(steps):
            raise DiskTrouble(
                f"A newer version of Sfumato wrote this library: {shown(path)}",
                hint="Update Sfumato to open it.",
            )
        for step in steps[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(steps)}")


def _version(connection: sqlite3.Connection) -> int:
    """The version of the schema; 0 for a new database."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version
