"""Ctrl+C and SIGTERM while a picture is made: 130, and the turn is stored as cancelled."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.shell import command, stored
from tests.fakes import FakeApi, hang, picture_events, png, sse

PATIENCE = 30.0


def wait_for(happened: Callable[[], object]) -> None:
    """Waits until something has happened."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def drawing(api: FakeApi, home: Path) -> Iterator[subprocess.Popen[str]]:
    """``sfumato draw`` in a process of its own."""
    process = subprocess.Popen(
        command("draw", "a fox"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_turn_is_stored_as_cancelled(
    drawing: subprocess.Popen[str], api: FakeApi, home: Path, number: signal.Signals
) -> None:
    api.answer(sse(picture_events(png(), partials=[png()])).hang_after(6))
    wait_for(lambda: api.requests)
    time.sleep(0.2)
    drawing.send_signal(number)
    out, err = drawing.communicate(timeout=PATIENCE)
    assert (drawing.returncode, out) == (130, "")
    assert err.splitlines() == ["sfumato: Interrupted."]
    assert [turn.status for turn in stored(home).path()] == ["cancelled"]
    wait_for(lambda: api.disconnects == 1)


def test_an_interrupt_before_the_first_word_of_the_server(
    drawing: subprocess.Popen[str], api: FakeApi, home: Path
) -> None:
    api.answer(hang())
    wait_for(lambda: api.requests)
    drawing.send_signal(signal.SIGINT)
    drawing.communicate(timeout=PATIENCE)
    assert drawing.returncode == 130
    assert [turn.status for turn in stored(home).path()] == ["cancelled"]
