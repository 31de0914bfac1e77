"""Picture → what a terminal shows, row by row: scaled, flattened, and encoded for one protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from sys import getsizeof
from typing import TYPE_CHECKING, Literal

from app.domain.errors import BadInput
from app.imaging.backdrop import flatten
from app.imaging.cells import Cells
from app.imaging.decode import (
    DAMAGE,
    damaged,
    fit_pixels,
    open_checked,
    orientation_of,
    scaled,
    upright,
    upright_size,
)
from app.imaging.encode import encode
from app.imaging.symbols import PER_CELL

if TYPE_CHECKING:
    from PIL.Image import Image

Protocol = Literal["kitty", "sixel", "halfcell", "text"]
Symbols = Literal["half", "quadrant", "sextant", "octant"]
Colour = tuple[int, int, int]
Crop = tuple[int, int, int, int]
"""Left, top, right and bottom edge in pixels of the upright original."""

Size = tuple[int, int]
"""Width and height in pixels."""

STRETCH = 1.04
"""A picture is stretched to whole cells up to this ratio; beyond it, it is centred."""
LIMITLESS = 1000
"""A part of a picture is enlarged until it fills its cells."""
PLUGINS = ("Png", "Jpeg", "WebP", "Gif", "Bmp", "Tiff")
"""Pillow's decoders of what decode accepts; it would import all that it has for the last ones."""
MOVING = ("GIF", "WEBP", "PNG")
"""Formats that may be animations, by Pillow's names."""


class Unwanted(Exception):
    """Nobody wants the picture any more: its work was given up between two stages."""


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
    kept: int = 0
    """kitty: bytes of the terminal's copy."""
    moves: bool = False
    """Whether it is the first frame of an animation."""

    @property
    def cost(self) -> int:
        """Bytes held, here and (kitty) in the terminal."""
        texts = sum(map(getsizeof, self.lines)) + sum(map(getsizeof, self.upload))
        return self.cells.cost + texts + self.kept


def warm() -> None:
    """Imports what preparing needs; otherwise the first picture would wait for it."""
    for name in PLUGINS:
        import_module(f"PIL.{name}ImagePlugin")


def always() -> bool:
    """What is wanted whatever happens meanwhile."""
    return True


def prepare(
    source: Path | bytes,
    job: Job,
    image_id: int = 0,
    wanted: Callable[[], bool] = always,
) -> Prepared:
    """Decodes, scales, flattens and encodes: everything that takes time. Run it in a thread.

    ``wanted`` is asked between the stages, from that thread. Raises BadInput for a missing file
    and for what cannot be decoded, Unwanted when ``wanted`` said no.
    """
    image = opened(source)
    original, moves = upright_size(image), is_moving(image)
    go_on(wanted)
    box = box_of(job)
    inner = inner_of(original, job, box)
    decode(image, None if job.crop else inner)
    go_on(wanted)
    flat, plain = boxed(image, job, box, inner)
    go_on(wanted)
    return finished(flat, job, image_id, original, plain=plain, moves=moves)


def go_on(wanted: Callable[[], bool]) -> None:
    """Raises Unwanted when the work is not wanted any more."""
    if not wanted():
        raise Unwanted


def opened(source: Path | bytes) -> Image:
    """The picture of a file or its bytes, not yet decoded. Raises BadInput."""
    try:
        data = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise BadInput("The picture's file cannot be read.") from error
    return open_checked(data)


def is_moving(image: Image) -> bool:
    """Whether an opened picture has more than one frame to play."""
    try:
        return image.format in MOVING and bool(getattr(image, "is_animated", False))
    except DAMAGE:
        return False


def decode(image: Image, size: Size | None) -> None:
    """Decodes an opened picture; coarser where it is cheaper if ``size`` is all that is needed."""
    try:
        if size is not None:
            wide, high = reversed(size) if orientation_of(image) >= 5 else size
            image.draft(None, (wide * 2, high * 2))
        image.load()
    except DAMAGE as error:
        raise damaged() from error


def box_of(job: Job) -> Size:
    """The pixels that its cells have in the job's protocol."""
    textual = job.protocol == "halfcell"
    per_cell = PER_CELL[job.symbols] if textual else (job.cell_width, job.cell_height)
    return job.columns * per_cell[0], job.rows * per_cell[1]


def inner_of(original: Size, job: Job, box: Size) -> Size:
    """The part of the box that a picture of that size, or the job's part of it, fills."""
    aim = (job.columns * job.cell_width, job.rows * job.cell_height)
    if job.crop is None:
        exact = fit_pixels(*original, *aim)
    else:
        left, top, right, bottom = inside(original, job.crop)
        exact = fit_pixels((right - left) * LIMITLESS, (bottom - top) * LIMITLESS, *aim)
    stretch = (aim[0] / exact[0]) / (aim[1] / exact[1])
    if 1 / STRETCH <= stretch <= STRETCH:
        exact = aim
    return (
        max(1, round(exact[0] * box[0] / aim[0])),
        max(1, round(exact[1] * box[1] / aim[1])),
    )


def inside(original: Size, crop: Crop) -> Crop:
    """The part of a crop that lies in a picture of that size: at least one pixel."""
    left, top = min(max(0, crop[0]), original[0] - 1), min(max(0, crop[1]), original[1] - 1)
    right, bottom = min(crop[2], original[0]), min(crop[3], original[1])
    return left, top, max(left + 1, right), max(top + 1, bottom)


def boxed(image: Image, job: Job, box: Size, inner: Size) -> tuple[Image, bool]:
    """A decoded picture, or the job's part of it, scaled to ``inner`` and centred in the box as
    RGB; and whether the background plays no part."""
    from PIL import Image as Pillow

    small = scaled(cropped(image, job.crop) if job.crop else image, *inner)
    plain = inner == box and small.mode == "RGB"
    small = flatten(small, job.background, fine=job.protocol == "halfcell")
    if inner != box:
        card = Pillow.new("RGB", box, job.background)
        card.paste(small, ((box[0] - inner[0]) // 2, (box[1] - inner[1]) // 2))
        small = card
    return small, plain


def cropped(image: Image, crop: Crop) -> Image:
    """A part of the upright picture, without its note of how it was turned."""
    whole = upright(image, orientation_of(image))
    part = whole.crop(inside(whole.size, crop))
    part.info = {
        name: whole.info[name] for name in ("icc_profile", "transparency") if name in whole.info
    }
    return part


def finished(
    flat: Image, job: Job, image_id: int, original: Size, *, plain: bool, moves: bool
) -> Prepared:
    """The scaled pixels encoded, with all that is known of them."""
    done = encode(flat, job, image_id)
    kept = flat.width * flat.height * 4 if image_id else 0
    return Prepared(
        job, *original, done.cells, done.lines, image_id, done.upload, plain, kept, moves
    )
