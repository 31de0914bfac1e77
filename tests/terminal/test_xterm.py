"""The chat in a real xterm on a virtual screen, where there is one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from app.storage.library import Library
from tests.long import build

NEEDED = ("Xvfb", "xterm", "import")
missing = [name for name in NEEDED if shutil.which(name) is None]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing), reason=f"needs a real terminal: no {', '.join(missing)}"),
]
COLOUR, OTHER = (200, 30, 120), (20, 90, 40)
STRIPE = 12
"""Pixels of a stripe: finer than what block characters can show."""
DEADLINE = 40.0
VT340 = ("-ti", "vt340", "-xrm", "XTerm*numColorRegisters:1024", "-geometry", "100x40+0+0")


@pytest.fixture
def display() -> Iterator[str]:
    """A screen that nobody looks at."""
    ours, theirs = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1000x900x24", "-nolisten", "tcp"],
        pass_fds=(theirs,),
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    with os.fdopen(ours) as told:
        number = told.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


def share(display: str) -> float:
    """The part of the screen that shows the picture's colour."""
    shot = subprocess.run(
        ["import", "-window", "root", "-silent", "png:-"],
        env={**os.environ, "DISPLAY": display},
        capture_output=True,
        check=True,
        timeout=20,
    ).stdout
    image = Image.open(BytesIO(shot)).convert("RGB")
    counted = image.getcolors(image.width * image.height) or []
    near = sum(
        count
        for count, colour in counted
        if isinstance(colour, tuple)
        and all(abs(one - other) < 40 for one, other in zip(colour, COLOUR, strict=True))
    )
    return near / (image.width * image.height)


def striped() -> bytes:
    """A picture of fine stripes."""
    image = Image.new("RGB", (1024, 1024), OTHER)
    for top in range(0, 1024, STRIPE * 2):
        image.paste(COLOUR, (0, top, 1024, top + STRIPE))
    made = BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


def test_a_picture_stands_on_the_screen_in_its_pixels(display: str, tmp_path: Path) -> None:
    conversation = build(tmp_path / "data", 1)
    library = Library(tmp_path / "data")
    (turn,) = library.load(conversation).path()
    library.close()
    turn.pictures[0].path.write_bytes(striped())
    environment = {**os.environ, "DISPLAY": display, "SFUMATO_HOME": str(tmp_path)}
    terminal = subprocess.Popen(
        ["xterm", *VT340, "-e", sys.executable, "-m", "app", "--demo", "-c"], env=environment
    )
    try:
        until = time.monotonic() + DEADLINE
        while (seen := share(display)) < 0.03 and time.monotonic() < until:
            time.sleep(0.3)
        assert seen >= 0.03
    finally:
        terminal.terminate()
        terminal.wait()
