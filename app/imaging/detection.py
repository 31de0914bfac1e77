"""Which pictures the terminal can show, found before the screen belongs to Textual."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from app.imaging import terminals
from app.imaging.answers import Terminal
from app.imaging.terminals import FINENESS, FINEST_IN_TMUX, Protocol, Symbols
from app.imaging.tmux import Tmux, ask_tmux
from app.imaging.window import cell_size as cell_size
from app.imaging.window import is_cell

CHOICES = ("auto", "kitty", "sixel", "halfcell", "text")
"""Values of --graphics."""
DEFAULT_CELL = (10, 20)
"""Cell size in pixels where the terminal does not tell (a VT340's)."""
PATIENCE, REMOTE_PATIENCE = 2.0, 5.0
"""Seconds until a silent terminal is given up: here, and at the other end of a network. All that
answer end the wait themselves, as the last question is one that every terminal answers."""
WORDLESS = ("", "dumb")
"""Values of TERM that stand for nothing that shows pictures."""
_REMOTE = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")


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
class Findings:
    """Everything that was found out about the terminal; the reasons are for ``doctor``."""

    graphics: Graphics
    terminal: str = ""
    """Its name as it may be shown, "" when it is not known."""
    cell_from: str = "a guess"
    symbols_from: str = "the table of terminals"
    late: bool = False
    """Whether the terminal was given up, so that its answers may still come."""
    typed: str = ""
    """What was typed while the terminal was asked."""


def detect(choice: str = "auto", symbols: str = "auto") -> Graphics:
    """How to draw pictures in this terminal; see ``find``."""
    return find(choice, symbols).graphics


def find(choice: str = "auto", symbols: str = "auto") -> Findings:
    """Asks the terminal what it can show and decides; both arguments force what they name.

    Call it before Textual starts: it reads the terminal's answers from stdin. Without a terminal
    nothing is asked and pictures are cells in colour. Raises ValueError for an unknown choice.
    """
    env = os.environ
    remote = any(env.get(name) for name in _REMOTE)
    if not _on_terminal():
        why = "In a browser" if in_browser(env) else "No terminal"
        name = "browser" if in_browser(env) else ""
        graphics = Graphics(
            reason=f"{why}: cells in colour.", remote=remote, symbols=terminals.finest(name)
        )
        return _forced(Findings(graphics, name), name, choice, symbols)
    terminal = Terminal()
    if choice != "text":
        terminal = _ask(env, REMOTE_PATIENCE if remote else PATIENCE)
    tmux = ask_tmux() if env.get("TMUX") and _may_be_tmux(terminal) else None
    decided = decide(terminal, env, tmux)
    (width, height), source = _cell(terminal, tmux)
    graphics = replace(decided.graphics, cell_width=width, cell_height=height, remote=remote)
    found = replace(decided, graphics=graphics, cell_from=source)
    return _forced(found, _name(terminal, env, tmux), choice, symbols)


def decide(terminal: Terminal, env: Mapping[str, str], tmux: Tmux | None) -> Findings:
    """The best way of drawing for a terminal that answered so. Pure."""
    tmux = tmux if _may_be_tmux(terminal) else None
    name = _name(terminal, env, tmux)
    if _term(env) in WORDLESS:
        drawn = Graphics("text", reason="TERM names no terminal that shows pictures: text.")
    elif tmux is not None:
        drawn = _in_tmux(terminal, tmux)
    else:
        drawn = _alone(terminal, name)
    outer = tmux.terminal if tmux else name
    symbols = terminals.finest(outer)
    if tmux:
        symbols = min(symbols, FINEST_IN_TMUX, key=FINENESS.index)
    drawn = replace(drawn, symbols=symbols, moves_rows=terminals.moves(name, drawn.protocol))
    late = not terminal.answered
    return Findings(drawn, _shown(outer), late=late, typed=terminal.typed)


def in_browser(env: Mapping[str, str] = os.environ) -> bool:
    """Whether textual-serve runs the app and shows it in a browser."""
    return env.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")


def _alone(terminal: Terminal, name: str) -> Graphics:
    """How a terminal with nothing in between is drawn on."""
    shown = _shown(name) or "The terminal"
    if terminal.kitty and terminals.places_pictures(name):
        return Graphics("kitty", reason=f"{shown} shows kitty graphics.")
    but = f"{shown} knows kitty graphics, but not at text cells. " if terminal.kitty else ""
    if terminal.sixel and terminals.spills(name):
        return Graphics(reason=f"{but}{shown} draws sixels beyond their cells: cells in colour.")
    if terminal.sixel:
        forgetful = name.startswith("xterm(")
        return Graphics("sixel", reason=f"{but}{shown} shows sixels.", forgetful=forgetful)
    if not terminal.answered:
        return Graphics(reason="The terminal did not answer in time: cells in colour.")
    neither = f"{shown} shows neither kitty graphics nor sixels"
    return Graphics(reason=f"{but}{neither}: cells in colour.")


def _in_tmux(terminal: Terminal, tmux: Tmux) -> Graphics:
    """tmux hides the terminal around it: kitty goes through it, sixel must be its own."""
    able = terminals.places_pictures(tmux.terminal)
    if able and tmux.passthrough:
        return Graphics("kitty", reason="kitty graphics through tmux.", tmux=True)
    hint = ""
    if able:
        hint = " For sharp pictures: tmux set -g allow-passthrough on."
    if terminal.sixel:
        return Graphics("sixel", reason=f"tmux shows sixels.{hint}")
    return Graphics(reason=f"tmux lets no pictures through: cells in colour.{hint}")


def _term(env: Mapping[str, str]) -> str:
    """TERM, which nobody sets on Windows."""
    return env.get("TERM", "windows" if sys.platform == "win32" else "")


def _may_be_tmux(terminal: Terminal) -> bool:
    """Whether TMUX is to be trusted: windows that are opened from a tmux pane inherit it."""
    return not terminal.name or terminal.name.startswith("tmux")


def _name(terminal: Terminal, env: Mapping[str, str], tmux: Tmux | None) -> str:
    """What moves the rows and draws the cells, in lower case, or ""."""
    return "tmux" if tmux is not None else terminal.name or terminals.name_from(env)


def _forced(found: Findings, name: str, choice: str, symbols: str) -> Findings:
    """What was found, drawn as the person asked for."""
    graphics = found.graphics
    if symbols != "auto":
        graphics = replace(graphics, symbols=_one_of(FINENESS, symbols))
        found = replace(found, symbols_from="the setting")
    if choice != "auto":
        protocol: Protocol = _one_of(get_args(Protocol), choice)
        graphics = replace(
            graphics,
            protocol=protocol,
            reason=f"{choice} was asked for.",
            tmux=protocol == "kitty" and bool(os.environ.get("TMUX")) and name in ("", "tmux"),
            forgetful=protocol == "sixel" and name.startswith("xterm("),
            moves_rows=terminals.moves(name, protocol),
        )
    return replace(found, graphics=graphics)


def _one_of(values: tuple[Any, ...], wanted: str) -> Any:
    """The value that is wanted. Raises ValueError when there is none."""
    if wanted not in values:
        raise ValueError(f"unknown choice for pictures: {wanted}")
    return wanted


def _cell(terminal: Terminal, tmux: Tmux | None) -> tuple[tuple[int, int], str]:
    """The first cell size that can be true, and where it is from."""
    sources = (
        (cell_size(), "the window's size"),
        (tmux.cell if tmux else (0, 0), "tmux"),
        (terminal.cell, "the terminal's answer"),
    )
    for (width, height), source in sources:
        if is_cell(width, height):
            return (width, height), source
    return DEFAULT_CELL, "a guess"


def _on_terminal() -> bool:
    """Whether a person's terminal is on both ends."""
    streams = (sys.__stdin__, sys.__stdout__)
    try:
        return all(stream is not None and stream.isatty() for stream in streams)
    except ValueError:
        return False


def _shown(name: str) -> str:
    """The name as it may stand in a sentence: printable and short."""
    return re.sub(r"[^\w .()+-]", "", name)[:40]


def _ask(env: Mapping[str, str], patience: float) -> Terminal:
    """The terminal's own answers."""
    if _term(env) in (*WORDLESS, "linux"):
        # The Linux console would print the questions that it does not know.
        return Terminal()
    if sys.platform == "win32":
        return _ask_windows()
    from app.imaging.terminal import ask

    in_tmux = bool(env.get("TMUX"))
    terminal = ask(patience, skip_kitty=in_tmux)
    if not in_tmux or _may_be_tmux(terminal):
        return terminal
    # tmux would have taken the question about kitty for a title; this terminal is another one.
    again = ask(patience)
    return replace(again, typed=terminal.typed + again.typed)


def _ask_windows() -> Terminal:
    """On Windows textual-image asks, when it is imported."""
    from textual_image.renderable import Image, SixelImage

    return Terminal(name="windows terminal", sixel=Image is SixelImage)
