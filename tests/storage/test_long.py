"""The cost of a long conversation in statements: as many for a hundred turns as for ten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.domain.conversation import Turn, new_id
from app.storage.library import Library
from tests.long import build


@contextmanager
def counted(library: Library) -> Iterator[list[str]]:
    """Notes the statements that the database is asked."""
    asked: list[str] = []
    library._db.set_trace_callback(asked.append)
    yield asked
    library._db.set_trace_callback(None)


def statements(folder: Path, turns: int) -> tuple[int, int]:
    """How many statements it takes to open a conversation, and to save one more turn of it."""
    wanted = build(folder, turns)
    with closing(Library(folder)) as library:
        with counted(library) as opening:
            conversation = library.load(wanted)
        assert len(conversation.path()) == turns
        turn = Turn(id=new_id(), parent=conversation.head, prompt="one more")
        longer = conversation.with_turn(turn, move=True)
        with counted(library) as saving:
            library.save(longer, turn)
    return len(opening), len(saving)


def test_opening_and_saving_take_as_many_statements_however_long(tmp_path: Path) -> None:
    assert statements(tmp_path / "long", 100) == statements(tmp_path / "short", 10)
