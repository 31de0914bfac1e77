"""What killed processes leave undone: pictures on their way to a turn, and turns that never ended.

A picture is noted before its file is written, and the note goes with the save that has the picture
on its turn. So a whole file finds its turn, whatever moment its process was killed at.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from sqlite3 import Connection

from app.domain.conversation import Picture, Status, Turn
from app.domain.errors import DiskTrouble
from app.storage import ledger, rows
from app.storage.rows import Row
from app.storage.shelves import Shelves


def note(db: Connection, row: Row) -> None:
    """Notes that a picture comes, before its file is there."""
    ledger.upsert(db, "arrivals", ("turn", "sha256"), row)


def settle(db: Connection, turn: Turn) -> None:
    """Strikes out the notes of the pictures that the turn has, all of them when it has ended."""
    for picture in turn.pictures:
        statement = "DELETE FROM arrivals WHERE turn = ? AND sha256 = ?"
        db.execute(statement, (turn.id, picture.sha256))
    if not turn.status.open:
        db.execute("DELETE FROM arrivals WHERE turn = ?", (turn.id,))


def open_turns(db: Connection, conversation_id: str) -> Sequence[Row]:
    """The rows of a conversation's turns that have not ended: those with an owner."""
    statement = "SELECT * FROM turns WHERE conversation = ? AND owner IS NOT NULL"
    return [dict(row) for row in db.execute(statement, (conversation_id,))]


def whole(db: Connection, turn_id: str, shelves: Shelves) -> Sequence[Picture]:
    """The noted pictures of a turn whose files are there with all their bytes, as they came.

    Reads the files, so call it outside of a transaction.
    """
    statement = "SELECT * FROM arrivals WHERE turn = ? ORDER BY noted"
    found = []
    for row in db.execute(statement, (turn_id,)).fetchall():
        # A file that cannot be read must not keep the whole conversation from being opened.
        with suppress(DiskTrouble):
            picture = rows.arrival_of(row, shelves)
            if shelves.has(picture.path, picture.sha256):
                found.append(picture)
    return found


def interrupt(db: Connection, row: Row, arrived: Sequence[Picture], shelves: Shelves) -> None:
    """Ends a turn whose owner is gone, with the pictures that came or else its last preview.

    Nothing happens when somebody else has saved it since ``row``.
    """
    same = "SELECT 1 FROM turns WHERE id = :id AND owner = :owner AND saved = :saved"
    if db.execute(same, row).fetchone() is None:
        return
    partial = shelves.last_partial(row["id"])
    path = shelves.relative(partial[0]) if partial else row["partial"]
    pictured = _attach(db, row["id"], arrived, shelves)
    db.execute(
        "UPDATE turns SET status = :status, partial = :partial, finished = :finished, "
        "owner = NULL WHERE id = :id",
        {
            "status": Status.INTERRUPTED.value,
            "partial": None if pictured else path,
            "finished": max(
                row["saved"],
                rows.moment_text(partial[1]) if partial else "",
                _last_noted(db, row["id"]),
            ),
            "id": row["id"],
        },
    )
    db.execute("DELETE FROM arrivals WHERE turn = ?", (row["id"],))
    if pictured:
        shelves.drop_partial(row["id"])


def _attach(db: Connection, turn_id: str, arrived: Sequence[Picture], shelves: Shelves) -> bool:
    """Adds pictures to those that a turn has; whether it has any now."""
    statement = "SELECT sha256 FROM pictures WHERE turn = ?"
    there = [row["sha256"] for row in db.execute(statement, (turn_id,))]
    new = [picture for picture in arrived if picture.sha256 not in there]
    for position, picture in enumerate(new, len(there)):
        row = rows.picture_row(turn_id, position, picture, shelves)
        ledger.upsert(db, "pictures", ("turn", "position"), row)
    return bool(there or new)


def _last_noted(db: Connection, turn_id: str) -> str:
    """When the last picture that is still noted came, as a moment's text; "" for none."""
    statement = "SELECT COALESCE(MAX(noted), '') FROM arrivals WHERE turn = ?"
    moment: str = db.execute(statement, (turn_id,)).fetchone()[0]
    return moment
