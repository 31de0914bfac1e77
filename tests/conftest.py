"""Fixtures for all tests: a loopback API, and an environment without anyone's keys."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest

from tests.fakes import FakeApi


@pytest.fixture(autouse=True)
def _no_outside_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps keys, base URLs and proxies of whoever runs the tests out of them."""
    for name in list(os.environ):
        if name.startswith("OPENAI_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_frozen_garbage() -> Iterator[None]:
    """The chat takes what it has imported out of garbage collection; tests go on, and put it
    back."""
    yield
    gc.unfreeze()


@pytest.fixture
def fake_api() -> Iterator[FakeApi]:
    """A loopback server that answers as scripted; see tests/fakes.py."""
    with FakeApi() as api:
        yield api
