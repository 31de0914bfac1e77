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

from app.imaging.answers import AnswerFilter, Terminal, read_answers
from app.imaging.detection import Graphics, cell_size, decide, detect, find, in_browser
from app.imaging.terminals import finest, moves, name_from
from app.imaging.tmux import Tmux, tmux_answer

KITTY = b"\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.41.1)\x1b\\\x1b[6;17;8t\x1b[?62;52;c"
XTERM = b"\x1bP>|xterm(379)\x1b\\\x1b[6;20;10t\x1b[?63;1;2;4;6;9;15;22c"


def test_answers_are_read_in_any_company() -> None:
    assert read_answers(KITTY) == Terminal("kitty(0.41.1)", True, False, (8, 17))
    assert read_answers(b"fo" + XTERM + b"x") == Terminal(
        "xterm(379)", False, True, (10, 20), typed="fox"
    )
    assert read_answers(b"\x1b[?62;c") == Terminal()
    assert read_answers(b"") == Terminal(answered=False)
    assert read_answers(b"\x1b_Gi=31;ENOENT\x1b\\\x1b[?6c") == Terminal()


@pytest.mark.parametrize("answers", [KITTY.decode(), XTERM.decode()], ids=["kitty", "xterm"])
def test_late_answers_never_become_typing_however_they_are_cut(answers: str) -> None:
    for size in (1, 2, 3, 7, 1000):
        sieve = AnswerFilter()
        pieces = [answers[at : at + size] for at in range(0, len(answers), size)]
        assert "".join(sieve.feed(piece, 0) for piece in ("a", *pieces, "z")) == "az"
        assert sieve.feed("\x1b", 1) == "\x1b"


@pytest.mark.parametrize(
    "keys",
    ["a red fox", "\x1b", "\x1b[A", "\x1bP", "\x1b[6~", "\x1b[6;5~", "\x1b[200~x\x1b[201~", "ä🦊"],
)
def test_typing_goes_through(keys: str) -> None:
    sieve = AnswerFilter()
    assert sieve.feed(keys, 0) + sieve.release(1) == keys


def test_what_only_begins_like_an_answer_is_let_go() -> None:
    sieve = AnswerFilter()
    assert sieve.feed("\x1b[?20", 0) == ""
    assert sieve.release(1) == ""
    assert sieve.feed("26;2$y", 1) == "\x1b[?2026;2$y"
    assert sieve.feed("\x1b", 2) == sieve.release(2) == ""
    assert sieve.release(2.2) == "\x1b"


@pytest.mark.parametrize(
    ("terminal", "env", "protocol", "words"),
    [
        (Terminal("kitty(0.41.1)", kitty=True), {}, "kitty", "kitty(0.41.1) shows kitty graphics"),
        (Terminal("ghostty 1.2.0", kitty=True), {}, "kitty", "ghostty"),
        (Terminal(kitty=True), {"KITTY_WINDOW_ID": "1"}, "kitty", "kitty"),
        (Terminal("kitty(0.26.5)", kitty=True), {}, "halfcell", "not at text cells"),
        (Terminal("xterm(379)", sixel=True), {}, "sixel", "xterm(379) shows sixels"),
        (Terminal("wezterm 2024", kitty=True, sixel=True), {}, "sixel", "not at text cells"),
        (Terminal("konsole 22.12.3", kitty=True, sixel=True), {}, "halfcell", "beyond their cells"),
        (Terminal("iterm2 3.6.0", kitty=True, sixel=True), {}, "sixel", "not at text cells"),
        (Terminal(kitty=True), {"TERM_PROGRAM": "WarpTerminal"}, "halfcell", "warpterminal"),
        (Terminal(), {}, "halfcell", "xterm-256color shows neither"),
        (Terminal(), {"TERM": "screen"}, "halfcell", "screen shows neither"),
        (Terminal(answered=False), {}, "halfcell", "did not answer in time"),
        (Terminal("xterm(379)", sixel=True), {"TERM": "dumb"}, "text", "text"),
    ],
)
def test_the_best_that_works_is_chosen(
    terminal: Terminal, env: dict[str, str], protocol: str, words: str
) -> None:
    found = decide(terminal, {"TERM": "xterm-256color", **env}, None)
    assert found.graphics.protocol == protocol
    assert words in found.graphics.reason
    forgetful = terminal.name.startswith("xterm(") and protocol == "sixel"
    assert found.graphics.forgetful == forgetful
    assert found.late == (not terminal.answered)


@pytest.mark.parametrize(
    ("name", "symbols", "moved"),
    [
        ("kitty(0.41.1)", "octant", "kitty halfcell text"),
        ("kitty(0.32.0)", "sextant", "kitty halfcell text"),
        ("kitty", "sextant", "kitty halfcell text"),
        ("ghostty 1.2.3", "octant", "kitty halfcell text"),
        ("ghostty 1.1.3", "sextant", "kitty halfcell text"),
        ("foot(1.13.1)", "sextant", "kitty sixel halfcell text"),
        ("foot(1.20.2)", "octant", "kitty sixel halfcell text"),
        ("xterm(379)", "quadrant", "kitty sixel halfcell text"),
        ("mlterm(3.9.0)", "quadrant", "kitty sixel halfcell text"),
        ("konsole 22.12.3", "sextant", "halfcell text"),
        ("konsole", "quadrant", "halfcell text"),
        ("wezterm 20240203-110809-5046fc22", "sextant", "halfcell text"),
        ("vte(7802)", "octant", "halfcell text"),
        ("vte(6800)", "sextant", "halfcell text"),
        ("alacritty", "quadrant", "halfcell text"),
        ("windows terminal", "quadrant", ""),
        ("vscode 1.95.0", "quadrant", ""),
        ("tmux 3.3a", "half", "kitty halfcell text"),
        ("linux", "half", "halfcell text"),
        ("mintty 3.6.1", "half", ""),
        ("xterm-256color", "half", ""),
        ("", "half", ""),
    ],
)
def test_symbols_and_moving_rows_come_from_the_table(name: str, symbols: str, moved: str) -> None:
    assert finest(name) == symbols
    assert [way for way in ("kitty", "sixel", "halfcell", "text") if moves(name, way)] == [
        way for way in ("kitty", "sixel", "halfcell", "text") if way in moved.split()
    ]


@pytest.mark.parametrize(
    ("env", "name"),
    [
        ({"TERM": "xterm-kitty"}, "kitty"),
        ({"TERM": "foot", "VTE_VERSION": "7802"}, "foot"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7802"}, "vte(7802)"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "221203"}, "konsole"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, "vscode"),
        (
            {"TERM": "xterm", "TERM_PROGRAM": "WezTerm", "TERM_PROGRAM_VERSION": "20240203-1"},
            "wezterm 20240203-1",
        ),
        ({"TERM": "xterm-256color"}, "xterm-256color"),
        ({}, ""),
    ],
)
def test_the_environment_names_a_terminal_that_does_not(env: dict[str, str], name: str) -> None:
    assert name_from(env) == name


@pytest.mark.parametrize(
    ("sixel", "tmux", "protocol", "hint"),
    [
        (False, Tmux("kitty(0.41.1)", passthrough=True), "kitty", False),
        (False, Tmux("xterm-kitty", passthrough=True), "kitty", False),
        (False, Tmux("kitty(0.26.0)", passthrough=True), "halfcell", False),
        (False, Tmux("kitty(0.41.1)", passthrough=False), "halfcell", True),
        (True, Tmux("kitty(0.41.1)", passthrough=False), "sixel", True),
        (True, Tmux("foot(1.13)", passthrough=True), "sixel", False),
        (False, Tmux("xterm(379)", passthrough=True), "halfcell", False),
        (False, Tmux(), "halfcell", False),
    ],
)
def test_in_tmux(sixel: bool, tmux: Tmux, protocol: str, hint: bool) -> None:
    found = decide(Terminal("tmux 3.3a", sixel=sixel), {"TERM": "tmux-256color"}, tmux).graphics
    assert found.protocol == protocol
    assert found.tmux == (protocol == "kitty")
    assert ("tmux set -g allow-passthrough on" in found.reason) == hint
    assert found.moves_rows == (protocol != "sixel")


@pytest.mark.parametrize(
    ("name", "protocol"),
    [("kitty(0.41.1)", "kitty"), ("foot(1.20.2)", "sixel"), ("", "sixel"), ("tmux 3.3a", "sixel")],
)
def test_a_window_opened_from_a_tmux_pane_is_not_taken_for_tmux(name: str, protocol: str) -> None:
    terminal = Terminal(name, kitty=name.startswith("kitty"), sixel=not name.startswith("kitty"))
    found = decide(terminal, {"TERM": "xterm-256color"}, Tmux("xterm(379)", passthrough=True))
    drawn = found.graphics
    assert (drawn.protocol, drawn.tmux) == (protocol, False)
    assert ("tmux" in drawn.reason) == (name in ("", "tmux 3.3a"))
    assert (found.terminal == name) == (not _inside(name))
    assert drawn.symbols == ("quadrant" if _inside(name) else "octant")


def _inside(name: str) -> bool:
    """Whether a terminal of that name is tmux itself, or may be."""
    return not name or name.startswith("tmux")


@pytest.mark.parametrize(
    ("outer", "symbols"),
    [("kitty(0.41.1)", "sextant"), ("xterm(379)", "quadrant"), ("xterm-256color", "half")],
)
def test_tmux_shows_the_symbols_of_the_terminal_around_it(outer: str, symbols: str) -> None:
    found = decide(Terminal("tmux 3.3a"), {"TERM": "tmux-256color"}, Tmux(outer)).graphics
    assert found.symbols == symbols


def test_what_tmux_says_is_read_with_care() -> None:
    assert tmux_answer("kitty(0.41.1)|xterm-kitty|on|8|17\n") == Tmux(
        "kitty(0.41.1)", True, (8, 17)
    )
    assert tmux_answer("|xterm-kitty|off||") == Tmux("xterm-kitty")
    assert tmux_answer("") == Tmux()
    assert tmux_answer("|||||||||") == Tmux()


def test_without_a_terminal_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.imaging.detection._on_terminal", lambda: False)
    assert detect() == Graphics(reason="No terminal: cells in colour.", remote=detect().remote)
    assert (detect().cell_width, detect().cell_height) == (10, 20)
    assert detect("sixel").protocol == "sixel"
    assert detect("sixel").reason == "sixel was asked for."
    assert detect("auto", "octant").symbols == "octant"
    for choice in (("crayons", "auto"), ("auto", "crayons")):
        with pytest.raises(ValueError, match="crayons"):
            detect(*choice)


def test_in_a_browser_pictures_are_cells_in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.imaging.detection._on_terminal", lambda: False)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.web_driver:WebDriver")
    assert in_browser()
    assert (find().graphics.protocol, find().graphics.symbols) == ("halfcell", "quadrant")
    assert "browser" in find().graphics.reason


def test_the_cell_size_is_never_negative_or_half_known() -> None:
    width, height = cell_size()
    assert (width > 0) == (height > 0)


ASKS = """
    import os, sys, termios, time
    from app.imaging.detection import find
    found = find("auto")
    os.set_blocking(0, False)
    try:
        rest = os.read(0, 100)
    except BlockingIOError:
        rest = b""
    drawn = found.graphics
    print(f"<{drawn.protocol} {drawn.cell_width}x{drawn.cell_height} {drawn.symbols}"
          f" {found.typed!r} {found.late} left={rest!r}>", flush=True)
"""


def conversation(
    answer: bytes, env: dict[str, str], delay: float = 0, times: int = 1
) -> tuple[bytes, float]:
    """Runs detection on a pseudo terminal that answers so; what it printed, and seconds."""
    master, slave = pty.openpty()
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("TMUX", "KITTY", "SSH", "TEXTUAL"))
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
    heard, asked = b"", 0
    while b">\r\n" not in heard and time.monotonic() - begun < 20:
        if select.select([master], [], [], 0.1)[0]:
            heard += os.read(master, 4096)
        if asked < times and heard.count(b"\x1b[c") > asked:
            begun = time.monotonic()
            time.sleep(delay)
            os.write(master, answer)
            asked += 1
    taken = time.monotonic() - begun
    process.wait(10)
    os.close(master)
    os.close(slave)
    return heard, taken


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "delay", "env", "expected"),
    [
        (KITTY, 0, {}, b"<kitty 8x17 octant '' False left=b''>"),
        (XTERM, 0, {}, b"<sixel 10x20 quadrant '' False left=b''>"),
        (b"fo" + KITTY + b"x", 0, {}, b"<kitty 8x17 octant 'fox' False left=b''>"),
        (KITTY, 0.5, {}, b"<kitty 8x17 octant '' False left=b''>"),
        (XTERM, 2.5, {"SSH_TTY": "x"}, b"<sixel 10x20 quadrant '' False left=b''>"),
        (b"", 0, {}, b"<halfcell 10x20 half '' True left=b''>"),
    ],
    ids=["kitty", "xterm", "typing", "half a second late", "far away", "silent"],
)
def test_a_terminal_is_asked_once_and_its_answers_are_used_up(
    answer: bytes, delay: float, env: dict[str, str], expected: bytes
) -> None:
    heard, taken = conversation(answer, env, delay)
    assert expected in heard
    assert taken < delay + 3
    assert heard.count(b"\x1b[c") == 1


@pytest.mark.slow
def test_a_terminal_that_inherited_tmux_is_asked_for_everything() -> None:
    heard, _ = conversation(KITTY, {"TMUX": "x,1,0"}, times=2)
    assert b"<kitty 8x17 octant '' False left=b''>" in heard


@pytest.mark.slow
def test_the_linux_console_is_not_asked_what_it_would_print() -> None:
    heard, _ = conversation(b"", {"TERM": "linux"})
    assert b"<halfcell 10x20 half '' False left=b''>" in heard
    assert b"\x1b" not in heard
