"""What pictures are compared with besides textual-image: chafa, timg, and the physical floor."""

from __future__ import annotations

import shutil
import subprocess
import time
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.benchmarks.queries import CELL
from tests.benchmarks.scenes import Scene
from tests.benchmarks.terminal import running


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to show pictures, and how each program is told to."""

    name: str
    protocol: str
    symbols: str = "half"
    plain: bool = True
    """Whether textual-image has it."""
    chafa: tuple[str, ...] = ()
    timg: tuple[str, ...] = ()


MODES = (
    Mode("kitty", "kitty", chafa=("-f", "kitty"), timg=("-pk",)),
    Mode("sixel", "sixel", chafa=("-f", "sixels"), timg=("-ps",)),
    Mode("half cells", "halfcell", chafa=("-f", "symbols", "--symbols", "vhalf"), timg=("-ph",)),
    Mode(
        "sextants",
        "halfcell",
        symbols="sextant",
        plain=False,
        chafa=("-f", "symbols", "--symbols", "sextant"),
    ),
)


@cache
def help_of(program: str) -> str:
    """A program's own list of options, "" where it is not installed."""
    if shutil.which(program) is None:
        return ""
    said = subprocess.run([program, "--help"], capture_output=True, text=True)
    return said.stdout + said.stderr


def commands(mode: Mode, file: Path, cells: tuple[int, int]) -> dict[str, list[str]]:
    """How each installed viewer shows a file in this mode."""
    box = f"{cells[0]}x{cells[1]}"
    found = {}
    if mode.chafa and help_of("chafa"):
        found["chafa"] = ["chafa", *mode.chafa, "-s", box, str(file)]
    if mode.timg and f"'{mode.timg[0][-1]}' = " in help_of("timg"):
        found["timg"] = ["timg", *mode.timg, f"-g{box}", str(file)]
    return found


def missing() -> list[str]:
    """What could not be compared, in words."""
    said = [f"{name} is not installed" for name in ("chafa", "timg") if not help_of(name)]
    if help_of("timg") and "'s' =" not in help_of("timg"):
        said.append("this timg has no sixels")
    return said


def view(command: list[str], home: str, size: tuple[int, int], protocol: str) -> tuple[float, int]:
    """Milliseconds from the start of a viewer to its last byte, and its bytes."""
    with running(command, home, size, protocol=protocol) as program:
        seconds, written = program.to_the_end()
        return seconds * 1000, written


def floor(scene: Scene, cells: tuple[int, int]) -> float:
    """Milliseconds that no program in Python can avoid: base64, PNG, one resize, base64."""
    text = scene.text.read_text()
    pixels = (cells[0] * CELL[0], cells[1] * CELL[1])
    begun = time.monotonic()
    image = Image.open(BytesIO(b64decode(text)))
    gap = 1.01 if scene.width > 3 * pixels[0] else 2.0
    small = image.resize(pixels, Image.Resampling.LANCZOS, reducing_gap=gap)
    b64encode(small.tobytes())
    return (time.monotonic() - begun) * 1000
