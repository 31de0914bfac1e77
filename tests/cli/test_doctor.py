"""``sfumato doctor`` says what was found, and keeps secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import __version__
from app.cli.doctor import _scrolling
from app.imaging.detection import Graphics
from tests.cli.conftest import Sfumato
from tests.cli.shell import run_apart
from tests.fakes import FakeApi

KEY = "sk-proj-very-secret-0123456789"


def finding(out: str, name: str) -> str:
    """What doctor says about one thing."""
    (line,) = [line for line in out.splitlines() if line.startswith(name)]
    return line.removeprefix(name).strip()


def test_says_where_everything_is(sfumato: Sfumato, home: Path) -> None:
    done = sfumato("doctor")
    assert (done.status, done.err) == (0, "")
    assert f"sfumato {__version__}" in finding(done.out, "versions")
    assert finding(done.out, "settings") == str(home / "config" / "settings.toml")
    assert finding(done.out, "library") == f"{home / 'data'} (none yet)"
    assert str(home / "state") in finding(done.out, "log")
    assert not (home / "data").exists()


def test_without_key_it_starts_and_reaches_the_demo(sfumato: Sfumato) -> None:
    out = sfumato("doctor").out
    assert finding(out, "key") == "OPENAI_API_KEY is not set"
    assert "demo studio (no key and no base URL)" in finding(out, "server")
    assert finding(out, "reachable").startswith("yes")


def test_demo_wins_over_what_is_set(sfumato: Sfumato, api: FakeApi) -> None:
    out = sfumato("doctor", "--demo").out
    assert "demo studio (--demo)" in finding(out, "server")
    assert finding(out, "key") == "OPENAI_API_KEY is set"


def test_reaches_the_server_and_sends_nothing(sfumato: Sfumato, api: FakeApi) -> None:
    out = sfumato("doctor").out
    assert finding(out, "server") == api.url
    assert finding(out, "reachable") == "yes"
    assert api.requests == []


def test_says_why_a_server_cannot_be_reached(
    sfumato: Sfumato, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert finding(sfumato("doctor").out, "reachable").startswith("no - ")
    monkeypatch.setenv("OPENAI_BASE_URL", "ftp://somewhere")
    done = sfumato("doctor")
    assert "must begin with https://" in finding(done.out, "reachable")
    assert done.status == 0


def test_a_proxy_is_tried_instead(
    sfumato: Sfumato, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://api.invalid/v1")
    monkeypatch.setenv("http_proxy", api.url.replace("://", "://me:hidden@"))
    found = finding(sfumato("doctor").out, "reachable")
    assert found == f"yes, through the proxy {api.url}"


def test_never_shows_the_key_or_a_password(
    sfumato: Sfumato, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://me:hidden@127.0.0.1:1/v1?token=hidden")
    out = sfumato("doctor").out
    assert KEY not in out
    assert "hidden" not in out
    assert finding(out, "server") == "http://127.0.0.1:1/v1"


def test_tells_what_is_wrong_in_the_settings(sfumato: Sfumato, home: Path) -> None:
    (home / "config" / "settings.toml").write_text('colour = "red"\ngraphics = "crayon"\n')
    out = sfumato("doctor").out
    assert "'colour'" in out
    assert "graphics must be one of" in out


def test_says_how_pictures_are_shown_and_why(sfumato: Sfumato) -> None:
    out = sfumato("doctor").out
    assert finding(out, "terminal") == "unknown"
    assert finding(out, "graphics") == "halfcell - No terminal: cells in colour."
    assert finding(out, "cell size") == "10x20 pixels, by a guess"
    assert finding(out, "symbols") == "half, by the table of terminals"
    assert "not known to move halfcell" in finding(out, "scrolling")
    assert finding(out, "memory") == "192 MB for pictures ready to be shown"
    assert finding(out, "animation") == "plays in place"


def test_says_what_the_settings_changed(sfumato: Sfumato, home: Path) -> None:
    lines = ["symbols = 'octant'", "animate = false", "picture-memory = 64"]
    (home / "config" / "settings.toml").write_text("\n".join(lines))
    out = sfumato("doctor").out
    assert finding(out, "symbols") == "octant, by the setting"
    assert finding(out, "memory").startswith("64 MB")
    assert finding(out, "animation") == "the first frame, by the setting"


def test_rows_are_moved_where_that_is_known_to_work() -> None:
    moving = Graphics("sixel", moves_rows=True)
    assert _scrolling(moving, wanted=True) == "the terminal moves rows that it shows already"
    assert _scrolling(moving, wanted=False) == "rows are drawn again, by the setting"
    assert "not known to move sixel" in _scrolling(Graphics("sixel"), wanted=True)


def test_graphics_can_be_forced(sfumato: Sfumato) -> None:
    assert finding(sfumato("doctor", "--graphics", "sixel").out, "graphics").startswith("sixel")
    refused = sfumato("doctor", "--graphics", "crayon")
    assert refused.status == 2
    assert "halfcell" in refused.complaint


def test_piped_output_has_no_escape_sequences(home: Path) -> None:
    done = run_apart("doctor", FORCE_COLOR="1", TERM="xterm-kitty")
    assert done.status == 0
    assert "\x1b" not in done.out + done.err
