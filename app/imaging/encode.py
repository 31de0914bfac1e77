"""Scaled pixels → what one protocol writes: escape strings by row, uploads, and the text form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.imaging import kitty, sixel
from app.imaging.cells import Cells, written_rows
from app.imaging.symbols import PER_CELL, fitted

if TYPE_CHECKING:
    from PIL.Image import Image

    from app.imaging.raster import Job


@dataclass(frozen=True, slots=True)
class Encoded:
    """One picture in the form of one protocol; see Prepared for the fields."""

    cells: Cells
    lines: tuple[str, ...] = ()
    upload: tuple[str, ...] = ()


def encode(flat: Image, job: Job, image_id: int) -> Encoded:
    """Encodes an RGB picture of exactly the job's pixels. Run it in a thread."""
    across, down = PER_CELL[job.symbols]
    size = (job.columns * across, job.rows * down)
    cells = fitted(flat if flat.size == size else _shrunk(flat, size), job.symbols)
    if job.protocol == "halfcell":
        return Encoded(cells, written_rows(cells))
    if job.protocol == "sixel":
        lines = sixel.encode_rows(flat, job.cell_height)
        if job.underlay:
            under = written_rows(cells)
            lines = tuple(f"{low}\x1b8{line}" for low, line in zip(under, lines, strict=True))
        return Encoded(cells, lines)
    if job.protocol == "kitty":
        upload = kitty.upload(
            flat, image_id, job.columns, job.rows, tmux=job.tmux, compress=job.compress
        )
        return Encoded(cells, upload=upload)
    return Encoded(cells)


def _shrunk(image: Image, size: tuple[int, int]) -> Image:
    """A small copy for the text form, which stands in where the protocol cannot show."""
    from PIL.Image import Resampling

    return image.resize(size, Resampling.BOX)
