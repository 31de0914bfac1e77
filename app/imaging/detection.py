"""Which pictures the terminal can show, found before the screen belongs to Textual."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

Protocol = Literal["kitty", "sixel", "halfcell", "text"]
Symbols = Literal["half", "quadrant", "sextant", "octant"]

CHOICES = ("auto", "kitty", "sixel", "halfcell", "text")
"""Values of --graphics."""
DEFAULT_CELL = (10, 20)
"""Cell size in pixels where the terminal does not tell (a VT340's)."""
PATIENCE, LONG_PATIENCE = 0.5, 2.0
"""Seconds until a silent terminal is given up; the longer for one that is known to answer (it may
still be opening its window). An answer that comes too late would be taken for typing."""
_ANSWERING = ("xterm-kitty", "xterm-ghostty", "foot", "alacritty", "wezterm")
_PLACEHOLDERS = ("kitty", "ghostty")
"""Terminals that draw kitty pictures at unicode placeholders; others only claim the protocol."""
_TOO_OLD = re.compile(r"kitty\(0\.(1?\d|2[0-7])\.")
"""kitty before 0.28 cannot either."""

_TMUX_FIELDS = (
    "client_termtype",
    "client_termname",
    "allow-passthrough",
    "client_cell_width",
    "client_cell_height",
)


@dataclass(frozen=True, slots=True)
class Graphics:
    """How pictures are drawn in this terminal, and why."""

    protocol: Protocol = "halfcell"
    cell_width: int = DEFAULT_CELL[0]
    """Pixels; 10x20 when unknown."""
    cell_height: int = DEFAULT_CELL[1]
    reason: str = ""
    """One or two sentences for a person, also saying how to get something better."""
    tmux: bool = False
    """Whether kitty's sequences must be handed through tmux."""
    remote: bool = False
    """Whether the terminal is at the other end of a network: then bytes are spared."""
    forgetful: bool = False
    """Whether the terminal loses sixels when it redraws its window (xterm keeps the last 16)."""
    symbols: Symbols = "half"
    """The finest block characters that the terminal's font shows, for pictures made of text."""
    moves_rows: bool = False
    """Whether the terminal moves rows, pictures in them included, by scroll regions."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a terminal answered to our questions; empty when it said nothing."""

    name: str = ""
    """XTVERSION, or a name from the environment, in lower case."""
    kitty: bool = False
    sixel: bool = False
    cell: tuple[int, int] = (0, 0)
    answered: bool = True


def detect(choice: str = "auto", symbols: str = "auto") -> Graphics:
    """Asks the terminal what it can show and decides; both arguments force what they name.

    Call it before Textual starts: it reads the terminal's answers from stdin. Without a terminal
    nothing is asked and pictures are half cells. Raises ValueError for an unknown choice.
    """
    remote = any(os.environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))
    if not _on_terminal():
        return _forced(Graphics(reason="No terminal: half cells.", remote=remote), choice, symbols)
    terminal = Terminal() if choice in ("halfcell", "text") else _ask(os.environ)
    cell = _usable(cell_size()) or _usable(terminal.cell) or DEFAULT_CELL
    tmux = _ask_tmux() if os.environ.get("TMUX") else None
    if tmux and not _usable(cell_size()) and _usable(tmux.cell):
        cell = tmux.cell
    found = replace(
        decide(terminal, os.environ, tmux), cell_width=cell[0], cell_height=cell[1], remote=remote
    )
    return _forced(found, choice, symbols)


@dataclass(frozen=True, slots=True)
class Tmux:
    """What tmux says of the terminal around it."""

    outer: str = ""
    passthrough: bool = False
    cell: tuple[int, int] = (0, 0)


def decide(terminal: Terminal, env: Mapping[str, str], tmux: Tmux | None) -> Graphics:
    """The best protocol for a terminal that answered so. Pure."""
    if env.get("TERM", "") in ("dumb", ""):
        return Graphics("text", reason="TERM names no terminal that shows pictures: text.")
    if tmux is not None:
        return _decide_in_tmux(terminal, tmux)
    name = terminal.name or _name_from(env)
    if terminal.kitty and name.startswith(_PLACEHOLDERS) and not _TOO_OLD.match(name):
        return Graphics("kitty", reason=f"{_shown(name)} shows kitty graphics.")
    but = ""
    if terminal.kitty:
        but = f"{_shown(name)} knows kitty graphics, but not at text cells. "
    if terminal.sixel:
        forgetful = name.startswith("xterm(")
        return Graphics("sixel", reason=f"{but}{_shown(name)} shows sixels.", forgetful=forgetful)
    if not terminal.answered:
        return Graphics(reason="The terminal did not answer in time: half cells.")
    return Graphics(
        reason=f"{but}{_shown(name)} shows neither kitty graphics nor sixels: half cells."
    )


def _decide_in_tmux(terminal: Terminal, tmux: Tmux) -> Graphics:
    """tmux hides the terminal around it: kitty goes through it, sixel must be its own."""
    able = tmux.outer.removeprefix("xterm-").startswith(_PLACEHOLDERS)
    if able and tmux.passthrough:
        return Graphics("kitty", reason="kitty graphics through tmux.", tmux=True)
    hint = ""
    if able:
        hint = " For sharp pictures: tmux set -g allow-passthrough on."
    if terminal.sixel:
        return Graphics("sixel", reason=f"tmux shows sixels.{hint}")
    return Graphics(reason=f"tmux lets no pictures through: half cells.{hint}")


def cell_size() -> tuple[int, int]:
    """Width and height of a cell in pixels by the terminal's window size, (0, 0) when it is silent.

    Asks the system, not the terminal: it may be called at any time, also after a font zoom.
    """
    if sys.platform == "win32":
        return 0, 0
    import fcntl
    import struct
    import termios

    for stream in (sys.__stdout__, sys.__stderr__, sys.__stdin__):
        try:
            if stream is None or not stream.isatty():
                continue
            packed = fcntl.ioctl(stream.fileno(), termios.TIOCGWINSZ, bytes(8))
        except (OSError, ValueError):
            continue
        rows, columns, width, height = struct.unpack("HHHH", packed)
        if rows and columns and width and height:
            return width // columns, height // rows
    return 0, 0


def _forced(found: Graphics, choice: str, symbols: str) -> Graphics:
    """What was found, drawn as the person asked for."""
    if symbols != "auto":
        found = replace(found, symbols=_one_of(get_args(Symbols), symbols))
    if choice == "auto":
        return found
    protocol: Protocol = _one_of(get_args(Protocol), choice)
    tmux = protocol == "kitty" and bool(os.environ.get("TMUX"))
    return replace(found, protocol=protocol, tmux=tmux, reason=f"--graphics {choice}")


def _one_of(values: tuple[Any, ...], wanted: str) -> Any:
    """The value that is wanted. Raises ValueError when there is none."""
    if wanted not in values:
        raise ValueError(f"unknown choice for pictures: {wanted}")
    return wanted


def _usable(cell: tuple[int, int]) -> tuple[int, int] | None:
    """The cell size when it can be true."""
    return cell if 2 <= cell[0] <= 200 and 2 <= cell[1] <= 400 else None


def _on_terminal() -> bool:
    """Whether a person's terminal is on both ends."""
    streams = (sys.__stdin__, sys.__stdout__)
    try:
        return all(stream is not None and stream.isatty() for stream in streams)
    except ValueError:
        return False


def _name_from(env: Mapping[str, str]) -> str:
    """The terminal's name from the environment, in lower case, or ""."""
    if env.get("KITTY_WINDOW_ID"):
        return "kitty"
    return (env.get("TERM_PROGRAM") or env.get("TERM", "").removeprefix("xterm-")).lower()


def _shown(name: str) -> str:
    """The name as it may stand in a sentence: printable and short."""
    return re.sub(r"[^\w .()+-]", "", name)[:40] or "The terminal"


def _ask(env: Mapping[str, str]) -> Terminal:
    """The terminal's own answers."""
    if sys.platform == "win32":
        return _ask_windows()
    from app.imaging.terminal import ask

    sure = bool(env.get("KITTY_WINDOW_ID")) or env.get("TERM", "").startswith(_ANSWERING)
    patience = LONG_PATIENCE if sure and not env.get("TMUX") else PATIENCE
    return ask(patience, skip_kitty=bool(env.get("TMUX")))


def _ask_windows() -> Terminal:
    """On Windows textual-image asks, when it is imported."""
    from textual_image.renderable import Image, SixelImage

    return Terminal(name="windows terminal", sixel=Image is SixelImage)


def _ask_tmux() -> Tmux:
    """What tmux knows of the terminal around it; nothing when it cannot be asked."""
    wanted = "|".join(f"#{{{name}}}" for name in _TMUX_FIELDS)
    try:
        said = subprocess.run(
            ["tmux", "display-message", "-p", wanted],
            capture_output=True,
            text=True,
            timeout=0.5,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return Tmux()
    return tmux_answer(said.stdout)


def tmux_answer(answer: str) -> Tmux:
    """What tmux printed for our fields. Pure."""
    kind, name, allowed, width, height = (*answer.strip().split("|"), "", "", "", "", "")[:5]
    cell = (int(width), int(height)) if width.isdecimal() and height.isdecimal() else (0, 0)
    return Tmux((kind or name).lower(), allowed in ("on", "all", "1", "2"), cell)
