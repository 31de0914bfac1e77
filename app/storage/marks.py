"""Marks of life: a locked file per open library, so that others see whether its owner still runs.

The lock goes with the process, however it ends. A mark whose file is missing or unlocked belongs
to nobody any more. This is the only place that knows how a platform locks files.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.domain.errors import DiskTrouble
from app.storage.files import disk_errors, shown

GUARD = "guard"
"""Held while a library is opened: by one process at a time."""
GUARD_SECONDS = 10.0
POLL_SECONDS = 0.02
TOKEN = re.compile(r"[0-9]+-[0-9a-f]{12}")
"""A mark's name: the process id, for people who look, and what makes it unique."""

if sys.platform != "win32":
    import fcntl

    def _try_lock(descriptor: int, shared: bool = False) -> bool:
        """Locks an open file if that is possible at once, and answers whether it was."""
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

else:
    import msvcrt

    def _try_lock(descriptor: int, _shared: bool = False) -> bool:
        """Locks an open file if that is possible at once; here every lock is exclusive."""
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True


class Mark:
    """This process's sign of life in ``folder``, from construction until ``release``.

    Construct it under ``guarded``, as others must not meet the file before it is locked.
    """

    def __init__(self, folder: Path) -> None:
        self.token = f"{os.getpid()}-{secrets.token_hex(6)}"
        self._path = folder / self.token
        with disk_errors(self._path):
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            _try_lock(self._descriptor)

    def release(self) -> None:
        """Ends the sign of life and removes its file."""
        os.close(self._descriptor)
        with suppress(OSError):
            self._path.unlink()


@contextmanager
def guarded(folder: Path) -> Iterator[None]:
    """Runs the block while no other process opens a library with this ``folder`` of locks.

    Raises DiskTrouble when another one holds it for ten seconds.
    """
    path = folder / GUARD
    with disk_errors(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + GUARD_SECONDS
        with disk_errors(path):
            while not _try_lock(descriptor):
                if time.monotonic() > until:
                    raise DiskTrouble(
                        f"Another Sfumato is busy with the library: {shown(folder.parent)}",
                        hint="Wait until it is done, or end it.",
                    )
                time.sleep(POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def alive(folder: Path, token: str | None) -> bool:
    """Whether the owner of ``token`` still runs."""
    if not token or not TOKEN.fullmatch(token):
        return False
    try:
        descriptor = os.open(folder / token, os.O_RDWR)
    except OSError:
        return False
    try:
        with disk_errors(folder):
            return not _try_lock(descriptor, True)
    finally:
        os.close(descriptor)


def bury(folder: Path) -> tuple[str, ...]:
    """Removes the marks of owners that ended without a word, and answers their tokens.

    Call it under ``guarded``.
    """
    with disk_errors(folder):
        gone = [
            entry.name
            for entry in folder.iterdir()
            if TOKEN.fullmatch(entry.name) and not alive(folder, entry.name)
        ]
    for token in gone:
        with suppress(OSError):
            (folder / token).unlink()
    return tuple(gone)
