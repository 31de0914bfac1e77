"""Whole processes on one library: killed at any moment, they lose nothing that they had said."""

from __future__ import annotations

import hashlib
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.conversation import Status
from app.storage.library import DATABASE, Library
from tests.storage.busy_writer import preview

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
ROUNDS, AT_ONCE = 5, 4
Start = Callable[[], "Writer"]


class Writer:
    """A running busy writer, and what it has said so far."""

    def __init__(self, folder: Path, log: Path) -> None:
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.storage.busy_writer", str(folder)],
                cwd=ROOT,
                stdout=output,
            )

    def said(self, word: str) -> list[list[str]]:
        """What followed ``word`` in each whole line that begins with it."""
        lines = self._log.read_text().splitlines(keepends=True)
        found = [line.split(" ") for line in lines if line.endswith("\n")]
        return [[part.strip() for part in rest] for first, *rest in found if first == word]

    def wait_for(self, word: str) -> list[str]:
        """Waits until the writer says ``word``."""
        until = time.monotonic() + 20
        while not self.said(word):
            assert self._process.poll() is None, "the writer ended by itself"
            assert time.monotonic() < until, f"no {word!r} in 20 seconds"
            time.sleep(0.005)
        return self.said(word)[0]

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """Ends the process at once, however far it is."""
        self._process.kill()
        self._process.wait()


@pytest.fixture
def start(folder: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts writers on the library; those that still run at the end are killed."""
    started: list[Writer] = []

    def begin() -> Writer:
        started.append(Writer(folder, tmp_path / f"{len(started)}.log"))
        return started[-1]

    yield begin
    for writer in started:
        writer.kill()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_killed_at_any_moment_nothing_that_was_done_is_lost(start: Start, folder: Path) -> None:
    chance = random.Random()
    writers: list[Writer] = []
    for _ in range(ROUNDS):
        together = [start() for _ in range(AT_ONCE)]
        for writer in together:
            writer.wait_for("running")
        for writer in together:
            time.sleep(chance.uniform(0, 0.06))
            writer.kill()
        writers += together

    with closing(Library(folder)) as library:
        previewed = {turn for writer in writers for [turn] in writer.said("partial")}
        finished = {turn for writer in writers for _, turn in writer.said("done")}
        pictures = {turn: sha for writer in writers for turn, _, sha in writer.said("picture")}
        assert finished
        for writer in writers:
            for _, path, sha256 in writer.said("picture"):
                assert digest(Path(path)) == sha256
            turns = library.load(writer.said("running")[0][0]).turns
            for _, turn_id in writer.said("running"):
                turn = turns[turn_id]
                assert turn.status in (Status.DONE, Status.INTERRUPTED)
                assert turn.status is Status.DONE or turn_id not in finished
                kept = [picture.sha256 for picture in turn.pictures]
                assert kept == [digest(picture.path) for picture in turn.pictures]
                if turn_id in pictures:
                    assert kept == [pictures[turn_id]]
                elif not kept and turn_id in previewed:
                    assert turn.partial is not None
                    assert turn.partial.read_bytes() in [preview(turn_id, at) for at in range(3)]

    assert not list(folder.rglob("*.tmp"))
    assert [path.name for path in (folder / "locks").iterdir()] == ["guard"]
    with closing(sqlite3.connect(folder / DATABASE)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_turn_of_another_process_runs_until_that_process_is_gone(
    start: Start, folder: Path
) -> None:
    writer = start()
    writer.wait_for("done")
    writer.send(signal.SIGSTOP)
    with closing(Library(folder)) as library:
        [conversation, turn_id] = stopped_in_a_turn(writer, library)
        for _ in range(2):
            assert library.load(conversation).turns[turn_id].status is Status.RUNNING

        writer.kill()
        assert library.load(conversation).turns[turn_id].status is Status.INTERRUPTED


def stopped_in_a_turn(writer: Writer, library: Library) -> list[str]:
    """Lets the writer go on in small steps until it stands still in the middle of a turn."""
    for _ in range(200):
        [conversation, turn_id] = writer.said("running")[-1]
        if library.load(conversation).turns[turn_id].status is Status.RUNNING:
            return [conversation, turn_id]
        writer.send(signal.SIGCONT)
        time.sleep(0.003)
        writer.send(signal.SIGSTOP)
        time.sleep(0.01)
    raise AssertionError("the writer never stood in a turn")
