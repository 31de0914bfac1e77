"""Shared by the tests of what is kept: an open library in a fresh folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.library import Library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder that does not exist yet."""
    return tmp_path / "data"


@pytest.fixture
def library(folder: Path) -> Iterator[Library]:
    """A new library."""
    opened = Library(folder)
    yield opened
    opened.close()
