"""What is decided from what terminals answer, and asking one on a real pseudo terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from app.imaging.detection import Graphics, Terminal, Tmux, cell_size, decide, detect, tmux_answer
from app.imaging.terminal import read_answers

KITTY = b"\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.41.1)\x1b\\\x1b[6;17;8t\x1b[?62;52;c"
XTERM = b"\x1bP>|xterm(379)\x1b\\\x1b[6;20;10t\x1b[?63;1;2;4;6;9;15;22c"


def test_answers_are_read_in_any_company() -> None:
    assert read_answers(KITTY) == Terminal("kitty(0.41.1)", True, False, (8, 17))
    assert read_answers(b"typed" + XTERM) == Terminal("xterm(379)", False, True, (10, 20))
    assert read_answers(b"\x1b[?62;c") == Terminal()
    assert read_answers(b"") == Terminal(answered=False)
    assert read_answers(b"\x1b_Gi=31;ENOENT\x1b\\\x1b[?6c") == Terminal()


@pytest.mark.parametrize(
    ("terminal", "env", "protocol", "words"),
    [
        (Terminal("kitty(0.41.1)", kitty=True), {}, "kitty", "kitty(0.41.1) shows kitty graphics"),
        (Terminal("ghostty 1.2.0", kitty=True), {}, "kitty", "ghostty"),
        (Terminal(kitty=True), {"KITTY_WINDOW_ID": "1"}, "kitty", "kitty"),
        (Terminal("kitty(0.26.5)", kitty=True), {}, "halfcell", "not at text cells"),
        (Terminal("xterm(379)", sixel=True), {}, "sixel", "xterm(379) shows sixels"),
        (Terminal("wezterm 2024", kitty=True, sixel=True), {}, "sixel", "not at text cells"),
        (Terminal("konsole 22.12.3", kitty=True, sixel=True), {}, "sixel", "konsole"),
        (Terminal(kitty=True), {"TERM_PROGRAM": "WarpTerminal"}, "halfcell", "warpterminal"),
        (Terminal(), {}, "halfcell", "half cells"),
        (Terminal(answered=False), {}, "halfcell", "did not answer in time"),
        (Terminal("xterm(379)", sixel=True), {"TERM": "dumb"}, "text", "text"),
    ],
)
def test_the_best_that_works_is_chosen(
    terminal: Terminal, env: dict[str, str], protocol: str, words: str
) -> None:
    found = decide(terminal, {"TERM": "xterm-256color", **env}, None)
    assert found.protocol == protocol
    assert words in found.reason
    assert found.forgetful == (terminal.name.startswith("xterm(") and protocol == "sixel")


@pytest.mark.parametrize(
    ("sixel", "tmux", "protocol", "hint"),
    [
        (False, Tmux("kitty(0.41.1)", passthrough=True), "kitty", False),
        (False, Tmux("xterm-kitty", passthrough=True), "kitty", False),
        (False, Tmux("kitty(0.41.1)", passthrough=False), "halfcell", True),
        (True, Tmux("kitty(0.41.1)", passthrough=False), "sixel", True),
        (True, Tmux("foot(1.13)", passthrough=True), "sixel", False),
        (False, Tmux("xterm(379)", passthrough=True), "halfcell", False),
        (False, Tmux(), "halfcell", False),
    ],
)
def test_in_tmux(sixel: bool, tmux: Tmux, protocol: str, hint: bool) -> None:
    found = decide(Terminal("tmux 3.3a", sixel=sixel), {"TERM": "tmux-256color"}, tmux)
    assert found.protocol == protocol
    assert found.tmux == (protocol == "kitty")
    assert ("tmux set -g allow-passthrough on" in found.reason) == hint


def test_what_tmux_says_is_read_with_care() -> None:
    assert tmux_answer("kitty(0.41.1)|xterm-kitty|on|8|17\n") == Tmux(
        "kitty(0.41.1)", True, (8, 17)
    )
    assert tmux_answer("|xterm-kitty|off||") == Tmux("xterm-kitty")
    assert tmux_answer("") == Tmux()
    assert tmux_answer("|||||||||") == Tmux()


def test_without_a_terminal_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.imaging.detection._on_terminal", lambda: False)
    assert detect() == Graphics(reason="No terminal: half cells.", remote=detect().remote)
    assert (detect().cell_width, detect().cell_height) == (10, 20)
    assert detect("sixel").protocol == "sixel"
    assert detect("sixel").reason == "--graphics sixel"
    with pytest.raises(ValueError, match="crayons"):
        detect("crayons")


def test_the_cell_size_is_never_negative_or_half_known() -> None:
    width, height = cell_size()
    assert (width > 0) == (height > 0)


ASKS = """
    import os, sys
    from app.imaging.detection import detect
    found = detect("auto")
    os.set_blocking(0, False)
    try:
        rest = os.read(0, 100)
    except BlockingIOError:
        rest = b""
    print(f"<{found.protocol} {found.cell_width}x{found.cell_height} left={rest!r}>", flush=True)
"""


def conversation(answer: bytes, env: dict[str, str]) -> tuple[bytes, float]:
    """Runs detection on a pseudo terminal that answers so; what it printed, and seconds."""
    master, slave = pty.openpty()
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("TMUX", "KITTY", "SSH"))
    }
    root = Path(__file__).parents[2]
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(ASKS)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=root,
        env={**clean, "TERM": "xterm-256color", **env},
        start_new_session=True,
    )
    heard, answered = b"", False
    while b">\r\n" not in heard and time.monotonic() - begun < 20:
        if select.select([master], [], [], 0.1)[0]:
            heard += os.read(master, 4096)
        if not answered and heard.endswith(b"\x1b[c"):
            os.write(master, answer)
            answered, begun = True, time.monotonic()
    taken = time.monotonic() - begun
    process.wait(10)
    os.close(master)
    os.close(slave)
    return heard, taken


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (KITTY, b"<kitty 8x17 left=b''>"),
        (XTERM, b"<sixel 10x20 left=b''>"),
        (b"", b"<halfcell 10x20 left=b''>"),
    ],
    ids=["kitty", "xterm", "silent"],
)
def test_a_terminal_is_asked_once_and_its_answers_are_used_up(
    answer: bytes, expected: bytes
) -> None:
    heard, taken = conversation(answer, {})
    assert expected in heard
    assert taken < 3
    assert heard.count(b"\x1b[c") == 1
