"""The words of the command line: commands, flags and help. Option flags come from their table."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn

from app import __version__
from app.cli.help import DESCRIPTION, DRAW_DESCRIPTION, DRAW_EPILOG, EPILOG
from app.domain.errors import BadOption, Refused
from app.domain.options import SPECS, Options, OptionSpec, legal_values
from app.domain.text import one_line
from app.storage.settings import GRAPHICS

METAVARS: Mapping[str, str] = {
    "choice": "VALUE",
    "size": "WxH|auto",
    "number": "N",
    "model": "NAME",
}
"""What an option flag takes, by the kind of the option."""
CHAT_OPTIONS = ("model", "image-model")
"""Options that are flags of the chat; the others are chosen there."""
DEMO_DELAY = 2.5
"""Seconds that a turn of the demo server takes when nothing else is said."""
LONGEST_DELAY = 600.0


class Arguments(argparse.Namespace):
    """The arguments that were given, or their defaults. Some belong to one command only."""

    command: str | None
    demo: bool
    resume: bool
    """-c: go on with the last conversation."""
    session: str | None
    graphics: str | None
    prompt: str
    images: list[str]
    mask: str | None
    output: str | None
    json: bool
    id: str
    folder: str
    port: int
    delay: float

    @property
    def options(self) -> dict[str, str]:
        """The option flags that were given, by the option's command."""
        values = ((spec.command, getattr(self, spec.name, None)) for spec in SPECS)
        return {command: value for command, value in values if value is not None}


class _Parser(argparse.ArgumentParser):
    """Raises Refused instead of printing the usage and leaving; takes no abbreviated flags."""

    def error(self, message: str) -> NoReturn:
        raise Refused(f"{one_line(message)}.", hint=f"See {self.prog} --help.")


def parse(argv: Sequence[str]) -> Arguments:
    """Reads ``argv``. Raises Refused; SystemExit when it was only asked for help or version."""
    parser = _parser(detailed=not {"-h", "--help"}.isdisjoint(argv))
    arguments = parser.parse_args(argv, namespace=Arguments())
    if arguments.graphics not in (None, *GRAPHICS):
        raise BadOption(
            f"Graphics cannot be {arguments.graphics!r}.",
            hint="Choose one of: " + ", ".join(GRAPHICS) + ".",
        )
    if arguments.resume and arguments.session is not None:
        raise Refused("-c and --session name two conversations.", hint="Give one of them.")
    return arguments


def _parser(*, detailed: bool) -> _Parser:
    """The whole command line; ``detailed`` also reads which values the models take, for help."""
    parser = _new(_Parser, "sfumato", DESCRIPTION, EPILOG)
    parser.add_argument("--version", action="version", version=f"sfumato {__version__}")
    _add_shared(parser)
    _add_graphics(parser)
    _add_options(parser, (spec for spec in SPECS if spec.command in CHAT_OPTIONS), detailed)
    # Flags may stand before or after the command: those after it set nothing unless given.
    parser.set_defaults(demo=False, resume=False, session=None, graphics=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    _add_draw(commands, detailed)
    _add_library(commands)
    doctor = _add(commands, "doctor", "what was found: terminal, files, key, server")
    _add_demo(doctor)
    _add_graphics(doctor)
    server = _add(commands, "demo-server", "serve the demo studio's API on 127.0.0.1")
    server.add_argument("--port", type=_port, default=0, metavar="N", help="default: a free one")
    server.add_argument(
        "--delay",
        type=_delay,
        default=DEMO_DELAY,
        metavar="SECONDS",
        help=f"what a picture takes at least (default {DEMO_DELAY})",
    )
    return parser


def _new(kind: type[_Parser], prog: str, description: str, epilog: str = "") -> _Parser:
    return kind(
        prog=prog,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add(
    commands: argparse._SubParsersAction[_Parser],
    name: str,
    summary: str,
    description: str = "",
    epilog: str = "",
) -> _Parser:
    """A new command."""
    return commands.add_parser(
        name,
        help=summary,
        description=description or f"{summary[:1].upper()}{summary[1:]}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add_draw(commands: argparse._SubParsersAction[_Parser], detailed: bool) -> None:
    draw = _add(commands, "draw", "one turn without the screen", DRAW_DESCRIPTION, DRAW_EPILOG)
    draw.add_argument("prompt", metavar="PROMPT", help="in quotes; - reads it from stdin")
    _add_options(draw, SPECS, detailed)
    draw.add_argument(
        "-i",
        "--image",
        dest="images",
        action="append",
        default=[],
        metavar="IMAGE",
        help="send this picture along; may be given several times",
    )
    draw.add_argument("--mask", metavar="PNG", help="where it is transparent, draw anew")
    draw.add_argument("-o", "--output", metavar="OUT", help="a copy, as a file or into a folder")
    draw.add_argument("--json", action="store_true", help="print one JSON object")
    _add_shared(draw)


def _add_library(commands: argparse._SubParsersAction[_Parser]) -> None:
    sessions = _add(commands, "sessions", "list conversations, newest first")
    sessions.add_argument("--json", action="store_true", help="print a JSON list")
    export = _add(commands, "export", "write a conversation as a folder with all its pictures")
    export.add_argument("id", metavar="ID", help="as sfumato sessions lists it")
    export.add_argument("folder", metavar="DIR", help="a new or empty folder")


def _add_demo(parser: _Parser) -> None:
    parser.add_argument(
        "--demo",
        action="store_true",
        default=argparse.SUPPRESS,
        help="use the built-in demo studio, whatever is set",
    )


def _add_shared(parser: _Parser) -> None:
    """The flags that choose server and conversation."""
    _add_demo(parser)
    parser.add_argument(
        "-c",
        "--continue",
        dest="resume",
        action="store_true",
        default=argparse.SUPPRESS,
        help="go on with the last conversation",
    )
    parser.add_argument(
        "--session",
        metavar="ID",
        default=argparse.SUPPRESS,
        help="go on with this conversation (see sfumato sessions)",
    )


def _add_graphics(parser: _Parser) -> None:
    parser.add_argument(
        "--graphics",
        metavar="HOW",
        default=argparse.SUPPRESS,
        help=f"how pictures are drawn: {', '.join(GRAPHICS)}",
    )


def _add_options(parser: _Parser, specs: Iterable[OptionSpec], detailed: bool) -> None:
    """The flags of a turn's options."""
    for spec in specs:
        values = ""
        if detailed and spec.kind in ("choice", "size"):
            values = f": {', '.join(legal_values(spec, Options()))}"
        parser.add_argument(
            f"--{spec.command}",
            dest=spec.name,
            metavar=METAVARS[spec.kind],
            default=argparse.SUPPRESS,
            help=spec.help + values,
        )


def _port(text: str) -> int:
    """A port number. Raises ValueError or ArgumentTypeError, as argparse expects."""
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port is a whole number from 0 to 65535")
    return number


def _delay(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= LONGEST_DELAY:
        raise argparse.ArgumentTypeError(f"a delay is 0 to {LONGEST_DELAY:.0f} seconds")
    return seconds
