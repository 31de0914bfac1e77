"""Opens a file in the program that the system has for it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from app.domain.errors import Refused

OPENERS = {"linux": "xdg-open", "darwin": "open"}
"""The command that opens a file, by platform; Windows has a call of its own."""


async def open_file(path: Path) -> None:
    """Opens ``path`` away from this terminal, and waits until the opener has handed it on.

    Raises Refused where there is no opener, or when it fails.
    """
    if sys.platform == "win32":
        await asyncio.to_thread(os.startfile, path)
        return
    opener = OPENERS.get(sys.platform, "xdg-open")
    quiet = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(
            opener, str(path), stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
        failed = await process.wait() != 0
    except OSError:
        failed = True
    if failed:
        raise Refused(
            f"No program could be found to open {path}.",
            hint=f"It is opened with {opener}; p copies the path.",
        )
