"""What tmux says of the terminal around it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

_FIELDS = (
    "client_termtype",
    "client_termname",
    "allow-passthrough",
    "client_cell_width",
    "client_cell_height",
)
PATIENCE = 0.5
"""Seconds for tmux's answer."""


@dataclass(frozen=True, slots=True)
class Tmux:
    """The terminal around tmux, and what is let through to it."""

    outer: str = ""
    """Its XTVERSION or its TERM, in lower case; "" when tmux does not know."""
    passthrough: bool = False
    cell: tuple[int, int] = (0, 0)

    @property
    def terminal(self) -> str:
        """The outer terminal's name as the table of terminals has it."""
        return self.outer.removeprefix("xterm-")


def ask_tmux() -> Tmux:
    """What tmux knows of the terminal around it; nothing when it cannot be asked."""
    wanted = "|".join(f"#{{{name}}}" for name in _FIELDS)
    try:
        said = subprocess.run(
            ["tmux", "display-message", "-p", wanted],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
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
