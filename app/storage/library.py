"""The library: everything that is kept of conversations, in one folder with a database.

A picture's file is written and flushed before its row, so that no row ever lacks its file; that it
comes is noted before, so that no file ever lacks its turn. Several programs may use one library at
a time.
"""

from __future__ import annotations

import builtins
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile
from pathlib import Path
from threading import RLock

from app.domain.conversation import Conversation, Picture, Turn
from app.domain.errors import DiskTrouble
from app.domain.generation import Final
from app.domain.text import encodable
from app.storage import arrivals, ledger, rows
from app.storage.database import connect, database_errors, transaction
from app.storage.files import make_private
from app.storage.marks import Mark, alive, bury, guarded
from app.storage.rows import ConversationSummary, Row
from app.storage.shelves import Shelves

DATABASE = "library.db"
LOCKS = "locks"


class Library:
    """One open library. Its methods block on the disk, may be called from any thread, and raise
    DiskTrouble for whatever the disk refuses."""

    def __init__(self, folder: Path) -> None:
        """Opens the library in ``folder``, creating what is missing, for its owner alone.

        Clears away what killed processes left. Raises DiskTrouble, also for a newer schema.
        """
        self.folder = Path(os.path.abspath(folder))  # noqa: PTH100 - links in the path stay
        self._database = self.folder / DATABASE
        self._locks = make_private(make_private(self.folder) / LOCKS)
        self._lock = RLock()
        self._closed = False
        with guarded(self._locks), ExitStack() as undo:
            self._mark = Mark(self._locks)
            undo.callback(self._mark.release)
            self._shelves = Shelves(self.folder, self._mark.token)
            self._shelves.sweep(bury(self._locks))
            self._db = connect(self._database)
            undo.pop_all()

    def close(self) -> None:
        """Closes the database. Turns of this library that are still open count as interrupted."""
        with self._lock:
            if not self._closed:
                self._closed = True
                with database_errors(self._database):
                    self._db.close()
                self._mark.release()

    def save(self, conversation: Conversation, turn: Turn) -> None:
        """Saves one turn with its inputs and pictures, and the conversation's head.

        May be repeated. Turns that others saved are left alone; ancestors that were never saved
        are saved along. The title is taken only while none is stored (see ``rename``), favourites
        only with a new picture (see ``set_favourite``). A turn that ended is not opened again.
        """
        with self._writing() as db:
            ledger.put_conversation(db, rows.conversation_row(conversation))
            # What a stored turn is made from is stored as well: the database sees to that.
            above = conversation.turns.upwards(turn.parent)
            unsaved = list(takewhile(lambda one: not ledger.has_turn(db, one.id), above))
            for ancestor in reversed(unsaved):
                self._put_turn(db, conversation.id, ancestor)
            self._put_turn(db, conversation.id, turn)

    def save_head(self, conversation: Conversation) -> None:
        """Remembers where the conversation's head is."""
        with self._writing() as db:
            ledger.set_head(db, conversation.id, conversation.head)

    def rename(self, conversation_id: str, title: str) -> None:
        """Gives a conversation another title."""
        with self._writing() as db:
            ledger.set_title(db, conversation_id, encodable(title))

    def keep(
        self,
        turn: Turn,
        final: Final,
        *,
        format: str,  # noqa: A002
        width: int = 0,
        height: int = 0,
    ) -> Picture:
        """Keeps a picture's exact bytes as ``pictures/YYYY-MM/words-of-the-prompt-hash.ext``.

        ``format`` is the one found by content, "" when unknown; width and height are in pixels.
        Answers the picture when its bytes are flushed to the disk; ``save`` puts it on its turn,
        and so does ``load`` when the process was killed in between. Never replaces other bytes;
        the same bytes under the same name are kept once.
        """
        picture = partial(
            Picture,
            format=format,
            width=width,
            height=height,
            revised_prompt=final.revised_prompt,
            action=final.action,
            size=final.size,
            quality=final.quality,
            background=final.background,
            call_id=final.call_id,
        )

        def announce(path: Path, sha256: str) -> None:
            # A busy database must not cost the picture: saving the turn will say what is wrong.
            with suppress(DiskTrouble), self._writing() as db:
                arrivals.note(db, rows.arrival_row(turn.id, picture(path, sha256), self._shelves))

        return picture(*self._shelves.keep(final.data, turn.prompt, format, announce))

    def keep_input(self, data: bytes, name: str, mime: str) -> tuple[Path, str]:
        """Keeps an attachment's bytes in ``inputs/YYYY-MM/``, once however often it is given.

        Answers the absolute path and the sha256.
        """
        return self._shelves.keep_input(data, name, mime)

    def keep_partial(self, turn_id: str, data: bytes, format: str) -> Path:  # noqa: A002
        """Keeps the newest preview of a turn, in place of the one before; answers its path."""
        return self._shelves.keep_partial(turn_id, data, format)

    def drop_partial(self, turn_id: str) -> None:
        """Removes the preview of a turn, if there is one."""
        self._shelves.drop_partial(turn_id)

    def read(self, path: Path) -> bytes:
        """The bytes of a file in the library. Raises DiskTrouble for one elsewhere."""
        return self._shelves.read(path)

    def load(self, conversation_id: str) -> Conversation:
        """A conversation without the turns in the trash, also when it is in the trash itself.

        Turns that were open in a program that is gone are interrupted, and saved so, with all
        pictures that came, or else their last preview; those of a program that runs stay open.
        Raises DiskTrouble for an unknown id.
        """
        with self._lock, database_errors(self._database):
            self._interrupt_orphans(conversation_id)
            with transaction(self._db, write=False):
                row = ledger.conversation(self._db, conversation_id)
                if row is None:
                    raise DiskTrouble(
                        f"There is no conversation {conversation_id!r} in this library.",
                        title="Not found",
                        hint="List them with: sfumato sessions",
                    )
                try:
                    return rows.conversation_of(row, self._turns(conversation_id))
                except (ValueError, KeyError, TypeError) as error:
                    raise DiskTrouble(
                        f"What is stored of conversation {conversation_id} is damaged: {error}",
                        hint="Its pictures are in the library's pictures folder.",
                    ) from error

    def latest(self) -> str | None:
        """The id of the conversation last worked on, None when there is none."""
        with self._lock, database_errors(self._database):
            return ledger.latest(self._db)

    def list(self, include_trashed: bool = False) -> builtins.list[ConversationSummary]:
        """The conversations that have turns, newest first."""
        with self._lock, database_errors(self._database):
            found = ledger.summaries(self._db, trashed=include_trashed)
        return [rows.summary_of(row, self._shelves) for row in found]

    def trash(self, conversation_id: str) -> None:
        """Moves a conversation to the trash; no file is removed."""
        with self._writing() as db:
            ledger.trash_conversation(db, conversation_id, datetime.now(UTC))

    def restore(self, conversation_id: str) -> None:
        """Takes a conversation back from the trash."""
        with self._writing() as db:
            ledger.restore_conversation(db, conversation_id)

    def trash_turn(self, conversation_id: str, turn_id: str) -> None:
        """Moves a turn and all below it to the trash; the head moves to its parent if needed."""
        with self._writing() as db:
            ledger.trash_turn(db, conversation_id, turn_id, datetime.now(UTC))

    def restore_turn(self, conversation_id: str, turn_id: str) -> None:
        """Takes back a turn with what was trashed together with it. The head stays."""
        with self._writing() as db:
            ledger.restore_turn(db, conversation_id, turn_id)

    def set_favourite(self, turn_id: str, sha256: str, value: bool) -> None:
        """Marks a picture as a favourite, or no longer."""
        with self._writing() as db:
            ledger.set_favourite(db, turn_id, sha256, value)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """The database within a transaction, for one thread at a time."""
        with self._lock, database_errors(self._database), transaction(self._db):
            yield self._db

    def _put_turn(self, db: sqlite3.Connection, conversation_id: str, turn: Turn) -> None:
        """Saves one turn with what belongs to it."""
        shelves = self._shelves
        arrivals.settle(db, turn)
        ledger.put_turn(
            db,
            rows.turn_row(conversation_id, turn, shelves, self._mark.token),
            [rows.input_row(turn.id, at, item, shelves) for at, item in enumerate(turn.inputs)],
            [rows.picture_row(turn.id, at, item, shelves) for at, item in enumerate(turn.pictures)],
        )

    def _turns(self, conversation_id: str) -> Iterator[Turn]:
        """The turns of a conversation with what belongs to them, in order of creation."""
        inputs = ledger.belongings(self._db, "inputs", conversation_id, rows.INPUT)
        pictures = ledger.belongings(self._db, "pictures", conversation_id, rows.PICTURE)
        for row in ledger.turns(self._db, conversation_id, rows.TURN):
            yield rows.turn_of(
                row,
                tuple([rows.input_of(item, self._shelves) for item in inputs.get(row[0], ())]),
                tuple([rows.picture_of(item, self._shelves) for item in pictures.get(row[0], ())]),
                self._shelves,
            )

    def _interrupt_orphans(self, conversation_id: str) -> None:
        """Ends the open turns of a conversation whose owner is gone, and keeps that."""
        gone = [row for row in arrivals.open_turns(self._db, conversation_id) if self._orphan(row)]
        found = [(row, arrivals.whole(self._db, row["id"], self._shelves)) for row in gone]
        if not found:
            return
        with transaction(self._db):
            for row, pictures in found:
                arrivals.interrupt(self._db, row, pictures, self._shelves)

    def _orphan(self, row: Row) -> bool:
        """Whether an open turn's owner is gone; this library is never that of its own turns."""
        return row["owner"] != self._mark.token and not alive(self._locks, row["owner"])
