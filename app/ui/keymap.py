"""What a key is: its names, its action, and where it works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Place = Literal["everywhere", "prompt", "transcript"]

PLACES: dict[Place, str] = {
    "everywhere": "Everywhere",
    "prompt": "In the prompt",
    "transcript": "In the transcript",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One key, or several that do the same, in one place."""

    id: str
    keys: str
    """Textual's key names, separated by commas."""
    action: str
    label: str
    """One or two words for the footer."""
    help: str
    """A phrase for the help screen, the palette and the README."""
    place: Place = "everywhere"
    shown: bool = False
    """Whether the footer shows it while it works."""
    display: str = ""
    """How the key is written; derived from ``keys`` where empty."""
    built_in: bool = False
    """Handled by Textual or by the prompt itself: listed for people, not bound from the table."""

    @property
    def name(self) -> str:
        """The key as help and README write it: ``Ctrl+T``."""
        return self.display or " ".join(_written(key) for key in self.keys.split(","))

    @property
    def short(self) -> str:
        """The key as the footer writes it: ``^T``."""
        return self.name.replace("Ctrl+", "^")


def _written(key: str) -> str:
    """``ctrl+t`` → ``Ctrl+T``, ``escape`` → ``Esc``, single letters as they are."""
    if len(key) == 1:
        return key
    return "+".join(part.capitalize() for part in key.split("+")).replace("Escape", "Esc")
