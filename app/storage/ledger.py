"""What is asked of the database: every statement on conversations, turns and pictures.

Each function takes an open connection; those that write are called within a transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from app.storage.rows import Row, moment_text

BELOW = """
    WITH RECURSIVE below (id) AS (
        SELECT :turn
        UNION
        SELECT turns.id FROM turns JOIN below ON turns.parent = below.id
    )
"""
ABOVE = """
    WITH RECURSIVE above (id) AS (
        SELECT :turn
        UNION
        SELECT turns.parent FROM turns JOIN above ON turns.id = above.id
        WHERE turns.parent IS NOT NULL
    )
"""
SUMMARIES = """
    SELECT conversations.*,
        (SELECT COUNT(*) FROM turns
         WHERE conversation = conversations.id AND trashed IS NULL) AS turns,
        (SELECT COUNT(*) FROM pictures JOIN turns ON turns.id = pictures.turn
         WHERE conversation = conversations.id AND trashed IS NULL) AS pictures,
        (SELECT prompt FROM turns
         WHERE conversation = conversations.id AND trashed IS NULL
         ORDER BY position LIMIT 1) AS first_prompt,
        (SELECT path FROM pictures JOIN turns ON turns.id = pictures.turn
         WHERE conversation = conversations.id AND trashed IS NULL
         ORDER BY turns.position DESC, pictures.position DESC LIMIT 1) AS last_picture
    FROM conversations
    WHERE (trashed IS NULL OR :trashed)
    AND EXISTS (SELECT 1 FROM turns WHERE conversation = conversations.id AND trashed IS NULL)
    ORDER BY updated DESC, rowid DESC
"""


def put_conversation(db: Connection, row: Row) -> None:
    """Adds a conversation or takes over its head; its title is set only while it has none."""
    db.execute(
        """
        INSERT INTO conversations (id, title, head, created, updated)
        VALUES (:id, :title, :head, :created, :updated)
        ON CONFLICT (id) DO UPDATE SET
            title = CASE title WHEN '' THEN excluded.title ELSE title END,
            head = excluded.head,
            updated = MAX(updated, excluded.updated)
        """,
        row,
    )


def put_turn(db: Connection, row: Row, inputs: Iterable[Row], pictures: Iterable[Row]) -> None:
    """Adds a turn or advances it, with its inputs and pictures.

    A turn that ended is never opened again: saves may overtake each other. A new turn brings back
    from the trash what it is made from: somebody is at work there.
    """
    if not has_turn(db, row["id"]):
        restore_conversation(db, row["conversation"])
        _restore_above(db, row["parent"])
    upsert(
        db,
        "turns",
        ("id",),
        {**row, "position": _next_position(db, row["conversation"])},
        fixed=("conversation", "position", "created"),
        condition="WHERE excluded.owner IS NULL OR turns.owner IS NOT NULL",
    )
    for item in inputs:
        upsert(db, "inputs", ("turn", "position"), item)
    for item in pictures:
        upsert(db, "pictures", ("turn", "position"), item, fixed=("favourite",))


def _next_position(db: Connection, conversation_id: str) -> int:
    statement = "SELECT COALESCE(MAX(position), -1) + 1 FROM turns WHERE conversation = ?"
    position: int = db.execute(statement, (conversation_id,)).fetchone()[0]
    return position


def upsert(
    db: Connection,
    table: str,
    key: Sequence[str],
    row: Row,
    *,
    fixed: Sequence[str] = (),
    condition: str = "",
) -> None:
    """Inserts a row, or updates the one with its key, but for the ``fixed`` columns."""
    values = ", ".join(f":{name}" for name in row)
    changes = [f"{name} = excluded.{name}" for name in row if name not in (*key, *fixed)]
    db.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({values}) "
        f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(changes)} {condition}",
        row,
    )


def has_turn(db: Connection, turn_id: str) -> bool:
    """Whether a turn was ever saved, in the trash or not."""
    return db.execute("SELECT 1 FROM turns WHERE id = ?", (turn_id,)).fetchone() is not None


def conversation(db: Connection, conversation_id: str) -> Row | None:
    """A conversation's row."""
    found = db.execute("SELECT * FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
    return dict(found) if found else None


def turns(db: Connection, conversation_id: str, columns: Sequence[str]) -> Sequence[Sequence[Any]]:
    """Columns of a conversation's turns that are not in the trash, in order of creation."""
    statement = f"""
        SELECT {", ".join(columns)} FROM turns
        WHERE conversation = ? AND trashed IS NULL ORDER BY position
    """
    return _plain(db, statement, conversation_id)


def belongings(
    db: Connection, table: str, conversation_id: str, columns: Sequence[str]
) -> dict[str, list[Sequence[Any]]]:
    """Columns of ``pictures`` or ``inputs`` of a conversation, by turn, in their order."""
    named = ", ".join(f"{table}.{name}" for name in columns)
    statement = f"""
        SELECT turns.id, {named} FROM {table} JOIN turns ON turns.id = {table}.turn
        WHERE turns.conversation = ? ORDER BY turns.position, {table}.position
    """
    found: dict[str, list[Sequence[Any]]] = {}
    for turn_id, *row in _plain(db, statement, conversation_id):
        found.setdefault(turn_id, []).append(row)
    return found


def _plain(db: Connection, statement: str, *values: str) -> list[tuple[Any, ...]]:
    """All rows as tuples: thousands of them are made faster without names."""
    cursor = db.cursor()
    cursor.row_factory = None
    return cursor.execute(statement, values).fetchall()


def summaries(db: Connection, *, trashed: bool) -> Sequence[Row]:
    """What a list shows of conversations with turns, newest first."""
    return [dict(row) for row in db.execute(SUMMARIES, {"trashed": trashed})]


def latest(db: Connection) -> str | None:
    """The conversation with turns that was last worked on."""
    found = db.execute(
        "SELECT id FROM conversations WHERE trashed IS NULL AND EXISTS "
        "(SELECT 1 FROM turns WHERE conversation = conversations.id AND trashed IS NULL) "
        "ORDER BY updated DESC, rowid DESC LIMIT 1"
    ).fetchone()
    return found["id"] if found else None


def set_head(db: Connection, conversation_id: str, head: str | None) -> None:
    """Moves the cursor of a conversation."""
    db.execute("UPDATE conversations SET head = ? WHERE id = ?", (head, conversation_id))


def set_title(db: Connection, conversation_id: str, title: str) -> None:
    """Renames a conversation."""
    db.execute("UPDATE conversations SET title = ? WHERE id = ?", (title, conversation_id))


def set_favourite(db: Connection, turn_id: str, sha256: str, value: bool) -> None:
    """Marks a picture of a turn as a favourite, or no longer."""
    statement = "UPDATE pictures SET favourite = ? WHERE turn = ? AND sha256 = ?"
    db.execute(statement, (int(value), turn_id, sha256))


def trash_conversation(db: Connection, conversation_id: str, moment: datetime) -> None:
    """Moves a conversation to the trash."""
    statement = "UPDATE conversations SET trashed = ? WHERE id = ? AND trashed IS NULL"
    db.execute(statement, (moment_text(moment), conversation_id))


def restore_conversation(db: Connection, conversation_id: str) -> None:
    """Takes a conversation back from the trash."""
    db.execute("UPDATE conversations SET trashed = NULL WHERE id = ?", (conversation_id,))


def trash_turn(db: Connection, conversation_id: str, turn_id: str, moment: datetime) -> None:
    """Moves a turn and all below it to the trash; a head among them moves to its parent."""
    values = {"conversation": conversation_id, "turn": turn_id, "moment": moment_text(moment)}
    db.execute(
        f"{BELOW} UPDATE turns SET trashed = :moment WHERE conversation = :conversation "
        "AND trashed IS NULL AND id IN (SELECT id FROM below)",
        values,
    )
    db.execute(
        f"{BELOW} UPDATE conversations SET head = (SELECT parent FROM turns WHERE id = :turn) "
        "WHERE id = :conversation AND head IN (SELECT id FROM below)",
        values,
    )


def restore_turn(db: Connection, conversation_id: str, turn_id: str) -> None:
    """Takes back a turn, what was trashed together with it, and what it is made from."""
    db.execute(
        f"{BELOW} UPDATE turns SET trashed = NULL WHERE conversation = :conversation "
        "AND id IN (SELECT id FROM below) "
        "AND trashed = (SELECT trashed FROM turns WHERE id = :turn)",
        {"conversation": conversation_id, "turn": turn_id},
    )
    _restore_above(db, turn_id)


def _restore_above(db: Connection, turn_id: str | None) -> None:
    """Takes back a turn and those on its path, without what else was below them."""
    db.execute(
        f"{ABOVE} UPDATE turns SET trashed = NULL WHERE id IN (SELECT id FROM above)",
        {"turn": turn_id},
    )
