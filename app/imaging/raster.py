"""Picture → what a terminal shows, row by row: scaled, flattened, and encoded for one protocol."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from app.domain.errors import BadInput
from app.imaging.decode import fit_pixels, open_checked, scaled, upright_size
from app.imaging.encode import encode
from app.imaging.halfcell import Cells
from app.imaging.symbols import PER_CELL

if TYPE_CHECKING:
    from PIL.Image import Image

Protocol = Literal["kitty", "sixel", "halfcell", "text"]
Symbols = Literal["half", "quadrant", "sextant", "octant"]
Colour = tuple[int, int, int]
Crop = tuple[int, int, int, int]
"""Left, top, right and bottom edge in pixels of the upright original."""

SQUARE = 8
"""Side of a checkerboard square in pixels."""
CONTRAST = 14
"""How far, of 255, the checkerboard's second colour is from the background."""
STRETCH = 1.04
"""A picture is stretched to whole cells up to this ratio; beyond it, it is centred."""


@dataclass(frozen=True, slots=True)
class Job:
    """How one picture is to be shown; equal jobs give equal results."""

    key: str
    """Names the content: a hash, or anything that changes when the bytes do."""
    columns: int
    rows: int
    protocol: Protocol
    cell_width: int
    cell_height: int
    background: Colour = (0, 0, 0)
    """What shows through and beside the picture."""
    tmux: bool = False
    """kitty: wrapped for tmux, with ids that survive its colours."""
    compress: bool = False
    """kitty: PNG instead of raw pixels, for a slow link."""
    underlay: bool = False
    """sixel: half cells are written under each row, for terminals that lose sixels."""
    symbols: Symbols = "half"
    """The block characters of the text form."""
    crop: Crop | None = None
    """The part of the upright original that is shown; None for all of it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture ready to be shown; immutable and free of Pillow."""

    job: Job
    width: int
    """The original's size in pixels, upright."""
    height: int
    cells: Cells
    """The text form: where the protocol cannot show, and for screenshots."""
    lines: tuple[str, ...]
    """Escape strings, one for each cell row: half cells or sixels; empty for kitty."""
    image_id: int
    """kitty's id of the picture, 0 for the others."""
    upload: tuple[str, ...]
    """kitty: escape strings to write once before the placeholders show anything."""
    plain: bool
    """Whether the background plays no part in it."""

    @property
    def cost(self) -> int:
        """Bytes held, here and (kitty) in the terminal."""
        own = self.cells.cost + sum(map(len, self.lines)) + sum(map(len, self.upload))
        area = self.job.columns * self.job.rows * self.job.cell_width * self.job.cell_height
        return own + (area * 4 if self.image_id else 0)


def prepare(source: Path | bytes, job: Job, image_id: int = 0) -> Prepared:
    """Decodes, scales, flattens and encodes: everything that takes time. Run it in a thread.

    Raises BadInput for a missing file and for what cannot be decoded.
    """
    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise BadInput("The picture's file cannot be read.") from error
    image = open_checked(data)
    original = upright_size(image)
    textual = job.protocol == "halfcell"
    per_cell = PER_CELL[job.symbols] if textual else (job.cell_width, job.cell_height)
    box = (job.columns * per_cell[0], job.rows * per_cell[1])
    flat, plain = _boxed(image, original, job, box)
    done = encode(flat, job, image_id)
    return Prepared(job, *original, done.cells, done.lines, image_id, done.upload, plain)


def _boxed(
    image: Image, original: tuple[int, int], job: Job, box: tuple[int, int]
) -> tuple[Image, bool]:
    """The picture scaled to fill the box as RGB, and whether the background played no part."""
    from PIL import Image as Pillow

    aim = (job.columns * job.cell_width, job.rows * job.cell_height)
    exact = fit_pixels(*original, *aim)
    stretch = (aim[0] / exact[0]) / (aim[1] / exact[1])
    if 1 / STRETCH <= stretch <= STRETCH:
        exact = aim
    inner = (
        max(1, round(exact[0] * box[0] / aim[0])),
        max(1, round(exact[1] * box[1] / aim[1])),
    )
    small = scaled(image, *inner)
    plain = inner == box and small.mode == "RGB"
    small = flatten(small, job.background, 2 if box != aim else SQUARE)
    if inner != box:
        card = Pillow.new("RGB", box, job.background)
        card.paste(small, ((box[0] - inner[0]) // 2, (box[1] - inner[1]) // 2))
        small = card
    return small, plain


def flatten(image: Image, background: Colour, square: int = SQUARE) -> Image:
    """RGB without alpha: transparent parts show a quiet checkerboard around the background."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    board = checkerboard(image.size, background, square)
    board.paste(image, mask=image.getchannel("A"))
    return board


def checkerboard(size: tuple[int, int], background: Colour, square: int) -> Image:
    """Squares of the background and of a shade slightly lighter (on dark) or darker (on light)."""
    from PIL import Image as Pillow

    dark = sum(background) < 384
    shade = tuple(
        min(255, level + CONTRAST) if dark else max(0, level - CONTRAST) for level in background
    )
    width, height = size[0] // square + 1, size[1] // square + 1
    bits = bytes((x + y) % 2 * 255 for y in range(height) for x in range(width))
    mask = Pillow.frombytes("L", (width, height), bits)
    mask = mask.resize((width * square, height * square), Pillow.Resampling.NEAREST)
    board = Pillow.new("RGB", size, background)
    board.paste(shade, (0, 0), mask.crop((0, 0, *size)))
    return board
