"""Byte-identical copies of pictures, to places that a person names."""

from __future__ import annotations

from pathlib import Path

from app.domain.errors import DiskTrouble
from app.storage.files import disk_errors, shown, write_atomic


def copy_file(source: Path, target: Path, *, replace: bool = False) -> Path:
    """Copies ``source`` to ``target``, or into it when it is a folder; answers the copy's path.

    An existing file is left alone unless ``replace``. Blocks: call it in a thread. Raises
    DiskTrouble.
    """
    with disk_errors(target):
        if target.is_dir():
            target = target / source.name
        taken = target.exists() and not replace
    if taken:
        raise DiskTrouble(
            f"There is a file already: {shown(target)}",
            title="Not saved",
            hint="Choose another name.",
        )
    with disk_errors(source):
        data = source.read_bytes()
    write_atomic(target, data)
    return target
