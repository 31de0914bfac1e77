"""``sfumato export``: writes a conversation as a folder that stands by itself."""

from __future__ import annotations

from pathlib import Path

from app.cli import output
from app.cli.arguments import Arguments
from app.cli.sessions import load
from app.session.export import export
from app.storage.files import places
from app.storage.library import Library


def run(arguments: Arguments) -> int:
    """Prints the folder that was written. Raises Refused, DiskTrouble."""
    library = Library(places().data)
    try:
        folder = export(load(library, arguments.id), library, Path.cwd() / arguments.folder)
    finally:
        library.close()
    output.say(str(folder))
    return 0
