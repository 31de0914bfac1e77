"""The command line: reads arguments, puts the parts together, and guards the way out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.cli.arguments import Arguments

COMMANDS: Mapping[str | None, str] = {
    None: "app.cli.chat",
    "draw": "app.cli.draw",
    "sessions": "app.cli.sessions",
    "export": "app.cli.export",
    "doctor": "app.cli.doctor",
    "demo-server": "app.cli.demo_server",
}
"""Command → the module whose ``run(arguments)`` carries it out; imported only then."""
UNFORESEEN = 1
INTERRUPTED = 130
PIPE_CLOSED = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and answers its exit status. Nothing is raised.

    ``argv`` are the words after ``sfumato``, by default those of the process.
    """
    try:
        return _guarded(sys.argv[1:] if argv is None else argv)
    except KeyboardInterrupt:
        print("sfumato: Interrupted.", file=sys.stderr)
        return INTERRUPTED


def _guarded(argv: Sequence[str]) -> int:
    """Runs one command; whatever goes wrong becomes one line on stderr and a status."""
    from app.cli import output
    from app.cli.stopping import stoppable
    from app.domain.errors import SfumatoError

    try:
        output.prepare()
        with stoppable():
            status = _run(argv)
        output.flush()
        return status
    except SfumatoError as error:
        output.complain(output.told(error.failure()))
        return error.exit_status
    except BrokenPipeError:
        output.abandon()
        return PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the one guard for whatever nobody foresaw
        output.abandon()
        output.complain(_recorded(error))
        return UNFORESEEN


def _run(argv: Sequence[str]) -> int:
    """Reads the arguments and carries out their command."""
    from app.cli.arguments import parse

    try:
        arguments = parse(argv)
    except SystemExit:
        # argparse leaves so when it has printed the help or the version.
        return 0
    run: Callable[[Arguments], int] = import_module(COMMANDS[arguments.command]).run
    return run(arguments)


def _recorded(error: Exception) -> str:
    """Writes an unforeseen error into the log; answers the line that says where."""
    from app.domain.errors import DiskTrouble
    from app.storage.files import places, shown
    from app.storage.logs import record

    kind = type(error).__name__
    try:
        path = record(places().state, error)
    except DiskTrouble as trouble:
        return f"Unforeseen error ({kind}), and the log could not be written: {trouble.sentence}"
    return f"Unforeseen error ({kind}). What is known of it is in {shown(path)}"
