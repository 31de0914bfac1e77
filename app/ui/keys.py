"""Every key once: bindings, footer, help screen, palette and the README's table come from here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from textual.binding import Binding, BindingType

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
    """Whether the footer shows it."""
    display: str = ""
    """How the key is written; derived from the first key where empty."""
    palette: bool = True
    """Whether the command palette offers it; cursor keys make no sense there."""

    @property
    def name(self) -> str:
        """The key as a person reads it."""
        return self.display or " / ".join(_written(key) for key in self.keys.split(","))


def _written(key: str) -> str:
    """``ctrl+t`` → ``Ctrl+T``, ``f2`` → ``F2``, single letters as they are."""
    if len(key) == 1:
        return key
    return "+".join(part.capitalize() for part in key.split("+"))


KEYS: tuple[Key, ...] = (
    Key("send", "enter", "submit", "Send", "send the prompt", "prompt", True, palette=False),
    Key(
        "newline",
        "ctrl+j,shift+enter",
        "newline",
        "New line",
        "new line",
        "prompt",
        display="Ctrl+J",
        palette=False,
    ),
    Key(
        "action.flip",
        "ctrl+t",
        "flip_action",
        "Generate/edit",
        "flip the action: auto → generate, then generate ⇄ edit",
        shown=True,
    ),
    Key("action.auto", "f3", "auto_action", "Auto", "action back to auto: the model decides"),
    Key(
        "escape",
        "escape",
        "escape",
        "Cancel/switch",
        "cancel the running turn; with none running, move between prompt and transcript",
        shown=True,
        display="Esc",
        palette=False,
    ),
    Key("help", "f1", "help", "Help", "the keys on one page", shown=True),
    Key(
        "options",
        "f2",
        "options",
        "Options",
        "model, size, quality and all other options",
        shown=True,
    ),
    Key("new", "ctrl+n", "new_conversation", "New", "start a new conversation"),
    Key(
        "conversations",
        "ctrl+o",
        "conversations",
        "Conversations",
        "open, rename or delete conversations",
        shown=True,
    ),
    Key("palette", "ctrl+p", "command_palette", "Palette", "command palette", palette=False),
    Key("quit", "ctrl+q", "quit", "Quit", "quit", shown=True, palette=False),
    Key(
        "history.older",
        "up",
        "cursor_up",
        "History",
        "in an empty prompt: earlier prompts",
        "prompt",
        display="↑",
        palette=False,
    ),
    Key(
        "complete",
        "tab",
        "complete",
        "Complete",
        "complete a slash command",
        "prompt",
        palette=False,
    ),
    Key(
        "line.clear",
        "ctrl+u",
        "delete_to_start_of_line",
        "Clear",
        "clear the line",
        "prompt",
        palette=False,
    ),
    Key(
        "select.up",
        "up,k",
        "select(-1)",
        "Up",
        "select the turn above",
        "transcript",
        display="↑ k",
        palette=False,
    ),
    Key(
        "select.down",
        "down,j",
        "select(1)",
        "Down",
        "select the turn below",
        "transcript",
        display="↓ j",
        palette=False,
    ),
    Key(
        "select.first",
        "home,g",
        "select_end(-1)",
        "First",
        "select the first turn",
        "transcript",
        display="Home g",
        palette=False,
    ),
    Key(
        "select.last",
        "end,G",
        "select_end(1)",
        "Last",
        "select the last turn",
        "transcript",
        display="End G",
        palette=False,
    ),
    Key(
        "turn.edit",
        "e",
        "edit_from",
        "Edit from here",
        "edit from here: this turn becomes the parent, action edit",
        "transcript",
        True,
    ),
    Key(
        "turn.retry",
        "r",
        "retry",
        "Try again",
        "try again, as a sibling of this turn",
        "transcript",
        True,
    ),
    Key(
        "turn.siblings",
        "left_square_bracket",
        "sibling(-1)",
        "Previous",
        "previous sibling",
        "transcript",
        display="[",
    ),
    Key(
        "turn.siblings.next",
        "right_square_bracket",
        "sibling(1)",
        "Next",
        "next sibling",
        "transcript",
        display="]",
    ),
    Key("turn.unfold", "space", "unfold", "Unfold", "open or fold a long text", "transcript"),
    Key(
        "turn.copy_prompt",
        "y",
        "copy_revised",
        "Copy prompt",
        "copy the revised prompt",
        "transcript",
        True,
    ),
    Key(
        "turn.copy_path",
        "p",
        "copy_path",
        "Copy path",
        "copy the picture's path",
        "transcript",
        True,
    ),
    Key("turn.save", "s", "save_copy", "Save", "save a copy of the picture", "transcript", True),
    Key(
        "turn.open",
        "o",
        "open_outside",
        "Open",
        "open the picture in another program",
        "transcript",
        True,
    ),
    Key(
        "turn.favourite", "f", "favourite", "Favourite", "mark as a favourite, or not", "transcript"
    ),
    Key(
        "turn.delete",
        "x",
        "delete",
        "Delete",
        "move this turn, and what was made from it, to the trash",
        "transcript",
    ),
    Key(
        "turn.restore", "z", "undo_delete", "Undo", "bring back what was deleted last", "transcript"
    ),
    Key(
        "transcript.help",
        "question_mark",
        "help",
        "Help",
        "the keys on one page",
        "transcript",
        display="?",
        palette=False,
    ),
    Key("transcript.leave", "i", "to_prompt", "Prompt", "back to the prompt", "transcript", True),
)


def bindings(place: Place) -> list[BindingType]:
    """The bindings of one place, for a screen's or widget's BINDINGS."""
    return [
        Binding(
            key.keys,
            key.action,
            key.label,
            show=key.shown,
            key_display=key.name,
            id=key.id,
            tooltip=key.help,
            priority=place == "everywhere" and key.id != "escape",
        )
        for key in KEYS
        if key.place == place and key.id not in _BUILT_IN
    ]


_BUILT_IN = frozenset({"palette", "history.older", "complete", "line.clear", "send", "newline"})
"""Keys that the prompt handles by itself or Textual binds already; listed for help alone."""


def by_place() -> Iterable[tuple[str, tuple[Key, ...]]]:
    """The table for people: each place's name with its keys."""
    for place, name in PLACES.items():
        yield name, tuple(key for key in KEYS if key.place == place)
