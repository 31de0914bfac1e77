"""SVG → pixels: written anew without what reaches outside, and drawn in a process of its own.

resvg opens the files that a picture names, its stack runs over where elements are nested deeply,
and a few lines can keep it busy for hours. So only what was checked gets there, and the process has
limits of time and memory: whatever happens in it, the app goes on.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image as Pillow
from PIL import ImageFile
from PIL.Image import Image, Resampling

from app.domain.errors import BadInput
from app.imaging import workers
from app.imaging.headers import probe
from app.imaging.svg_text import Cleaned, cleaned
from app.imaging.svg_worker import MISSING

LARGEST = 4096
"""Pixels of a side that are drawn at most."""
UNSIZED = (300, 150)
"""Pixels of a picture that tells no size, as in a browser."""
PATIENCE = 20.0
"""Seconds until drawing is given up; the process itself ends after fewer seconds of work."""
WORKER = Path(__file__).with_name("svg_worker.py")
NEEDED = ("PATH", "HOME", "SYSTEMROOT", "WINDIR", "LOCALAPPDATA", "LANG", "FONTCONFIG_PATH")
"""Variables that the process is given, for its libraries and fonts; no key is among them."""


def open_svg(data: bytes) -> Image:
    """The picture, checked and not yet drawn; ``draft`` before ``load`` sets how large it is drawn.

    Raises BadInput for what is broken or could do harm.
    """
    return _SvgImage(BytesIO(data))


class _SvgImage(ImageFile.ImageFile):
    """An SVG among Pillow's formats: it has a size, and gets its pixels when it is loaded."""

    format = "SVG"
    format_description = "Scalable Vector Graphics"

    def _open(self) -> None:
        data = self.fp.read() if self.fp else b""
        found = probe(data)
        width, height = found.width or UNSIZED[0], found.height or UNSIZED[1]
        self._cleaned = cleaned(data, (width, height))
        self._mode = "RGBA"
        self._size = width, height

    def draft(self, mode: str | None, size: tuple[int, int] | None) -> None:
        """Draws as large as ``size`` needs when the picture is loaded."""
        if size is None:
            return
        scale = max(size[0] / self._size[0], size[1] / self._size[1])
        scale = min(scale, LARGEST / max(self._size))
        width, height = self._size
        self._size = max(1, round(width * scale)), max(1, round(height * scale))

    def load(self) -> Any:
        """Draws the picture at the size that it has by now; beyond LARGEST it is a drawing that is
        enlarged, so that parts of it are still where its size has them. Raises BadInput."""
        shrink = min(1.0, LARGEST / max(self._size))
        png = _drawn(self._cleaned, max(1, round(self.width * shrink)))
        drawn: Image = Pillow.open(BytesIO(png), formats=("PNG",))
        if shrink < 1:
            drawn = drawn.resize(self._size, Resampling.BILINEAR)
        pixels = drawn.load()
        # Pillow's own way where something else makes the pixels: this picture becomes the other.
        self.__class__ = drawn.__class__  # type: ignore[assignment]
        self.__dict__ = drawn.__dict__
        return pixels


def _drawn(picture: Cleaned, width: int) -> bytes:
    """A PNG that many pixels wide, made by a process of its own. Raises BadInput."""
    fonts = "fonts" if picture.has_text else "none"
    try:
        status, drawn = _run([str(width), fonts, _folder()], picture.text.encode())
    except subprocess.TimeoutExpired as error:
        raise BadInput("The SVG takes too long to draw.") from error
    except OSError as error:
        raise BadInput("The SVG cannot be drawn here.") from error
    if status == MISSING:
        raise _missing()
    if status:
        raise BadInput("The SVG cannot be drawn: it is broken or too complex.")
    return drawn


def _run(arguments: list[str], text: bytes) -> tuple[int, bytes]:
    """The program's exit status and what it printed. Raises TimeoutExpired and OSError."""
    with subprocess.Popen(
        [sys.executable, "-I", str(WORKER), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in NEEDED if name in os.environ},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as worker:
        workers.running.add(worker)
        try:
            drawn, _ = worker.communicate(text, timeout=PATIENCE)
        finally:
            worker.kill()
            workers.running.discard(worker)
    return worker.returncode, drawn


def _folder() -> str:
    """Where this process finds the library that draws. Raises BadInput."""
    found = find_spec("resvg_py")
    if found is None or found.origin is None:
        raise _missing()
    place = Path(found.origin).parent
    return str(place.parent if found.submodule_search_locations else place)


def _missing() -> BadInput:
    """The error where the library that draws is not there."""
    return BadInput("SVG pictures need resvg_py.", hint="Install it: pip install resvg_py")
