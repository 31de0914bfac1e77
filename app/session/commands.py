"""Slash commands as data: what there is, reading one, and completing a half-typed one."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import BadOption
from app.domain.options import SPECS, Options, legal_values
from app.session.paths import existing_file, list_paths, read_path

SLASH = "/"
AS_PROMPT = "To send words that begin with a slash, begin with two: //"
VALUE_WORDS: Mapping[str, str] = {
    "choice": "VALUE",
    "size": "WIDTHxHEIGHT",
    "number": "NUMBER",
    "model": "NAME",
}
"""What an option command takes, by the kind of the option."""
PICTURE_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif"})


@dataclass(frozen=True, slots=True)
class Command:
    """One slash command."""

    name: str
    """As typed, without the slash."""
    argument: str
    """The word for what follows the name; "" when nothing does."""
    help: str
    verb: str
    """What it does: option, attach, detach, mask, retry, new, export or help."""

    @property
    def usage(self) -> str:
        """How it is typed, such as ``/attach PATH``."""
        return f"{SLASH}{self.name} {self.argument}".rstrip()


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """A command as typed; ``argument`` is a value, or a path with quotes and ``~`` resolved."""

    command: Command
    argument: str


@dataclass(frozen=True, slots=True)
class Completion:
    """One way to go on: ``text`` replaces the whole line, ``help`` says what it is."""

    text: str
    help: str = ""


COMMANDS: Mapping[str, Command] = {
    command.name: command
    for command in (
        *(Command(spec.command, VALUE_WORDS[spec.kind], spec.help, "option") for spec in SPECS),
        Command("attach", "PATH", "send a picture along with the next prompt", "attach"),
        Command("detach", "", "take all attached pictures off", "detach"),
        Command("mask", "PATH", "a PNG whose transparent part is drawn anew", "mask"),
        Command("retry", "", "send the last prompt again, as a sibling", "retry"),
        Command("new", "", "begin a new conversation", "new"),
        Command("export", "DIR", "write this conversation as a folder", "export"),
        Command("help", "", "show keys and commands", "help"),
    )
}
OPTION_SPECS = {spec.command: spec for spec in SPECS}


def parse(text: str) -> ParsedCommand | None:
    """Reads a slash command; None for a prompt, which may begin with ``//`` or an existing path.

    Raises BadOption for an unknown command, a missing value or one too many.
    """
    line = text.strip()
    if not line.startswith(SLASH) or line.startswith(SLASH * 2):
        return None
    word, _, rest = line.partition(" ")
    if existing_file(line) or existing_file(word):
        return None
    command = COMMANDS.get(word[1:].lower())
    if command is None:
        raise _unknown(word)
    argument = rest.strip()
    if command.argument and not argument:
        raise BadOption(
            f"{SLASH}{command.name} needs a value.", hint=f"Such as {_example(command)}."
        )
    if argument and not command.argument:
        raise BadOption(f"{SLASH}{command.name} takes no value.", hint=AS_PROMPT)
    if command.argument in ("PATH", "DIR"):
        argument = str(read_path(argument))
    return ParsedCommand(command, argument)


def complete(text: str, options: Options) -> list[Completion]:
    """What a half-typed command may become, best first; nothing for a prompt.

    Names first, then the values that are legal now, or paths (read from the disk).
    """
    if not text.startswith(SLASH) or text.startswith(SLASH * 2) or "\n" in text:
        return []
    word, blank, rest = text.partition(" ")
    name = word[1:].lower()
    if not blank:
        return [
            Completion(f"{SLASH}{command.name}{' ' if command.argument else ''}", command.help)
            for command in COMMANDS.values()
            if command.name.startswith(name)
        ]
    command = COMMANDS.get(name)
    if command is None or not command.argument:
        return []
    typed = rest.lstrip()
    if command.verb == "option":
        spec = OPTION_SPECS[command.name]
        values = legal_values(spec, options)
        found = [value for value in values if value.lower().startswith(typed.lower())]
    else:
        found = list_paths(typed, _is_folder if command.argument == "DIR" else _is_picture)
    return [Completion(f"{SLASH}{command.name} {value}") for value in found]


def _unknown(word: str) -> BadOption:
    """The refusal of a word that is no command, with the nearest ones."""
    if word == SLASH:
        return BadOption("There is no command after the slash.", hint="See /help for all of them.")
    near = difflib.get_close_matches(word[1:].lower(), COMMANDS, n=3, cutoff=0.5)
    listed = " or ".join(SLASH + name for name in near)
    hint = f"Did you mean {listed}?" if near else f"See /help for all of them. {AS_PROMPT}"
    return BadOption(f"There is no command {word}.", hint=hint)


def _example(command: Command) -> str:
    """A call that would work."""
    spec = OPTION_SPECS.get(command.name)
    if spec is None:
        return command.usage
    values = legal_values(spec, Options())
    return f"{SLASH}{command.name} {values[1] if len(values) > 1 else values[0]}"


def _is_folder(path: Path) -> bool:
    return path.is_dir()


def _is_picture(path: Path) -> bool:
    return path.is_dir() or path.suffix.lower() in PICTURE_ENDINGS
