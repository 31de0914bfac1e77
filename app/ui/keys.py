"""Every key once: bindings, footer, help screen, palette and the README's table come from here."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding, BindingType

from app.ui.keymap import PLACES, Key, Place

# fmt: off
KEYS: tuple[Key, ...] = (
    Key("cancel", "escape", "cancel", "Cancel", "cancel the running turn", shown=True),
    Key("action.flip", "ctrl+t", "flip_action", "Generate/Edit",
        "flip the action: auto → generate, then generate ⇄ edit", shown=True),
    Key("action.auto", "f3", "auto_action", "Auto", "action back to auto: the model decides"),
    Key("options", "f2", "options", "Options", "options: size, quality, format, models",
        shown=True),
    Key("conversations", "ctrl+o", "conversations", "Conversations",
        "open, rename or delete conversations", shown=True),
    Key("new", "ctrl+n", "new_conversation", "New", "start a new conversation"),
    Key("help", "f1", "help", "Help", "the keys on one page", shown=True),
    Key("palette", "ctrl+p", "command_palette", "Palette", "command palette", built_in=True),
    Key("quit", "ctrl+q", "quit", "Quit", "quit", built_in=True),
    Key("send", "enter", "submit", "Send", "send the prompt", "prompt", built_in=True),
    Key("newline", "ctrl+j", "newline", "New line", "new line", "prompt", built_in=True),
    Key("leave.prompt", "escape", "screen.to_transcript", "Transcript",
        "with nothing running: go to the transcript", "prompt", shown=True),
    Key("history.older", "up", "older", "History", "in an empty prompt: earlier prompts",
        "prompt", display="↑", built_in=True),
    Key("complete", "tab", "complete", "Complete",
        "complete a slash command; else go to the transcript, also while a turn runs", "prompt",
        built_in=True),
    Key("scroll", "pageup,pagedown", "scroll", "Scroll", "scroll the transcript", "prompt",
        display="PageUp PageDown", built_in=True),
    Key("line.clear", "ctrl+u", "clear_line", "Clear", "clear the line", "prompt", built_in=True),
    Key("select.up", "up,k", "select(-1)", "Up", "select the turn above", "transcript",
        display="↑ k"),
    Key("select.down", "down,j", "select(1)", "Down", "select the turn below", "transcript",
        display="↓ j"),
    Key("select.first", "home,g", "select_first", "First", "select the first turn", "transcript",
        display="Home g"),
    Key("select.last", "end,G", "select_last", "Last", "select the last turn", "transcript",
        display="End G"),
    Key("turn.edit", "e", "screen.edit_from", "Edit",
        "edit from here: this turn becomes the parent, action edit", "transcript", shown=True),
    Key("turn.retry", "r", "screen.retry", "Again", "try again, as a sibling of this turn",
        "transcript", shown=True),
    Key("sibling.previous", "left_square_bracket", "screen.sibling(-1)", "Previous",
        "previous sibling", "transcript", display="["),
    Key("sibling.next", "right_square_bracket", "screen.sibling(1)", "Next", "next sibling",
        "transcript", display="]"),
    Key("turn.copy_prompt", "y", "screen.copy_revised", "Words", "copy the revised prompt",
        "transcript", shown=True),
    Key("turn.copy_path", "p", "screen.copy_path", "Path", "copy the picture's path",
        "transcript", shown=True),
    Key("turn.save", "s", "screen.save_copy", "Save", "save a copy of the picture", "transcript",
        shown=True),
    Key("turn.open", "o", "screen.open_outside", "Open", "open the picture in another program",
        "transcript", shown=True),
    Key("turn.favourite", "f", "screen.favourite", "Favourite", "mark as a favourite, or not",
        "transcript"),
    Key("turn.unfold", "space", "unfold", "Unfold", "open or fold a long revised prompt",
        "transcript"),
    Key("turn.take_back", "backspace", "screen.take_back", "Take back",
        "take a queued prompt back into the box", "transcript"),
    Key("turn.delete", "x", "screen.delete", "Delete",
        "move the turn, and what was made from it, to the trash", "transcript"),
    Key("turn.restore", "z", "screen.undo_delete", "Undo", "bring back what was deleted last",
        "transcript"),
    Key("leave.transcript", "i,escape,tab", "screen.to_prompt", "Prompt", "back to the prompt",
        "transcript", shown=True, display="i"),
    Key("help.transcript", "question_mark", "screen.help", "Help", "the keys on one page",
        "transcript", display="?"),
)
# fmt: on


def bindings(place: Place) -> list[BindingType]:
    """The bindings of one place, for a screen's or widget's BINDINGS."""
    return [
        Binding(
            key.keys,
            key.action,
            key.label,
            show=key.shown,
            key_display=key.short,
            id=key.id,
            tooltip=key.help,
            priority=place == "everywhere",
        )
        for key in KEYS
        if key.place == place and not key.built_in
    ]


def by_place() -> Iterable[tuple[str, tuple[Key, ...]]]:
    """The table for people: each place's name with its keys."""
    for place, name in PLACES.items():
        yield name, tuple(key for key in KEYS if key.place == place)


def palette_keys() -> tuple[Key, ...]:
    """The keys whose action makes sense as a command, wherever the focus is."""
    return tuple(
        key
        for key in KEYS
        if not key.built_in and (key.place == "everywhere" or key.action.startswith("screen."))
    )
