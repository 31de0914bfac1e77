"""Killed at any moment, a session has every finished picture and turn when it is opened again."""

from __future__ import annotations

import hashlib
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.conversation import Conversation, Picture, Status
from app.storage.library import Library
from tests.session.doomed import PICTURES

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
AT_ONCE = 6
Painter = subprocess.Popen[str]
Start = Callable[..., Painter]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    """Starts painters on the library; those that still run at the end are killed."""
    started: list[Painter] = []

    def begin(*moment: str) -> Painter:
        command = [sys.executable, "-m", "tests.session.doomed", str(folder), *moment]
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield begin
    for painter in started:
        with painter:
            painter.kill()


def begun(painter: Painter) -> str:
    """The id of its conversation, once it paints."""
    assert painter.stdout is not None
    return painter.stdout.readline().strip()


def pictures(*conversations: Conversation) -> list[Picture]:
    return [
        picture
        for conversation in conversations
        for turn in conversation.turns.values()
        for picture in turn.pictures
    ]


def on_disk(folder: Path) -> set[Path]:
    """The picture files that are whole: one that was being written has a hidden name."""
    return {path for path in folder.glob("pictures/*/*") if not path.name.startswith(".")}


def test_killed_at_any_moment_every_whole_picture_is_on_its_turn(
    start: Start, folder: Path
) -> None:
    chance = random.Random()
    painters = [start() for _ in range(AT_ONCE)]
    names = [begun(painter) for painter in painters]
    until = time.monotonic() + 20
    while not on_disk(folder):
        assert time.monotonic() < until, "no picture in 20 seconds"
        time.sleep(0.005)
    for painter in painters:
        time.sleep(chance.uniform(0.01, 0.2))
        painter.kill()
        painter.wait()

    kept = on_disk(folder)
    with closing(Library(folder)) as library:
        saved = {summary.id for summary in library.list()}
        opened = [library.load(name) for name in names if name in saved]
    found = pictures(*opened)
    assert found
    assert {picture.path for picture in found} == kept
    assert len(found) == len(kept)
    for conversation in opened:
        *before, last = conversation.turns.values()
        assert last.status in (Status.DONE, Status.INTERRUPTED)
        assert all(turn.status is Status.DONE for turn in before)
        assert all(len(turn.pictures) == PICTURES for turn in before)
        for turn in conversation.turns.values():
            calls = [picture.call_id for picture in turn.pictures]
            number = turn.prompt.rpartition(" ")[2]
            assert calls == [f"ig_{number}_{at}" for at in range(len(calls))]
    for picture in found:
        assert hashlib.sha256(picture.path.read_bytes()).hexdigest() == picture.sha256
        assert (picture.width, picture.height, picture.format) == (64, 48, "png")


@pytest.mark.parametrize(("moment", "count"), [("after-keep", 1), ("before-end", PICTURES)])
def test_killed_before_the_answer_ended_the_turn_has_its_pictures(
    start: Start, folder: Path, moment: str, count: int
) -> None:
    painter = start(moment)
    name = begun(painter)
    assert painter.wait(10) == -signal.SIGKILL

    with closing(Library(folder)) as library:
        [turn] = library.load(name).turns.values()
    assert turn.status is Status.INTERRUPTED
    assert turn.partial is None
    assert [picture.call_id for picture in turn.pictures] == [f"ig_0_{at}" for at in range(count)]
    assert {picture.path for picture in turn.pictures} == on_disk(folder)
    for picture in turn.pictures:
        assert picture.revised_prompt == "Revised 0."
        assert (picture.action, picture.size, picture.quality) == ("generate", "64x48", "low")
        assert (picture.width, picture.height, picture.background) == (64, 48, "opaque")
