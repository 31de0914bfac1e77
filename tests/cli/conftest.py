"""The command line in this process or one of its own, with a home and a server of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.shell import Outcome, run
from tests.fakes import FakeApi

Sfumato = Callable[..., Outcome]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; nothing is sent again, so that failures come at once."""
    for name in [name for name in os.environ if name.startswith("SFUMATO_")]:
        monkeypatch.delenv(name)
    # The demo adds to these; set here, they are put back after the test.
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    folder = tmp_path / "home"
    monkeypatch.setenv("SFUMATO_HOME", str(folder))
    (folder / "config").mkdir(parents=True)
    (folder / "config" / "settings.toml").write_text("retries = 0\n")
    return folder


@pytest.fixture
def sfumato(home: Path, capsys: pytest.CaptureFixture[str]) -> Sfumato:
    """Runs the command line in this process, on ``home``."""
    return lambda *words: run(words, capsys)


@pytest.fixture
def api(fake_api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> FakeApi:
    """The scripted server, set as the API, with a key."""
    monkeypatch.setenv("OPENAI_BASE_URL", fake_api.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-1234567890")
    return fake_api
