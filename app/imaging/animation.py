"""Animated pictures → frames ready to be shown, few and small enough for a bound of memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.errors import BadInput
from app.imaging.decode import DAMAGE, MAX_PIXELS, damaged, upright_size
from app.imaging.raster import (
    Job,
    Prepared,
    Size,
    always,
    box_of,
    boxed,
    finished,
    go_on,
    inner_of,
    is_moving,
    opened,
)

if TYPE_CHECKING:
    from PIL.Image import Image

HASTY, USUAL, LEAST = 10, 100, 20
"""Milliseconds of a frame: up to the first it gets the second, as in browsers, and never less
than the third."""
MOST_FRAMES = 5000
"""Frames that are decoded at most; what comes after them is cut off."""
PATIENCE = 12.0
"""Seconds of decoding after which the rest is cut off."""
SMALLEST = 0.5
"""kitty: pixels may be so much fewer, per side, before frames are left out."""
PER_PIXEL = {"kitty": 8, "sixel": 5}
"""Bytes that a pixel of a frame costs, here (while it is made) and in the terminal."""
PER_SYMBOL = 64
"""Bytes that a cell made of text costs."""


@dataclass(frozen=True, slots=True)
class Animation:
    """Frames of a picture in their order; immutable and free of Pillow."""

    frames: tuple[Prepared, ...] = ()
    milliseconds: tuple[int, ...] = ()
    """How long each frame stays."""
    plays: int = 0
    """How often it is played, 0 for endlessly."""

    @property
    def cost(self) -> int:
        """Bytes held, here and (kitty) in the terminal."""
        return sum(frame.cost for frame in self.frames)


def animate(
    source: Path | bytes,
    job: Job,
    ids: Iterator[int],
    room: int,
    wanted: Callable[[], bool] = always,
) -> Animation:
    """All frames of an animation as they stand in the job's cells, in at most ``room`` bytes.

    Where they need more, kitty gets fewer pixels (it scales them to the cells) and then frames
    are left out; those before stay longer, so that the whole lasts as long. What is damaged ends
    the animation there. It has no frames if there are not two. ``ids`` numbers kitty's pictures;
    ``wanted`` is asked before each frame. Run it in a thread. Raises BadInput, Unwanted.
    """
    image = opened(source)
    if not is_moving(image):
        return Animation()
    try:
        return _filmed(image, job, ids, room, wanted)
    except _damage() as error:
        raise damaged() from error


def _damage() -> tuple[type[Exception], ...]:
    """All that Pillow raises for what is damaged, and for frames that grow beyond all bounds."""
    from PIL.Image import DecompressionBombError, DecompressionBombWarning

    return (*DAMAGE, DecompressionBombError, DecompressionBombWarning)


def _filmed(
    image: Image, job: Job, ids: Iterator[int], room: int, wanted: Callable[[], bool]
) -> Animation:
    """All frames of an opened animation, as ``animate`` says."""
    reel, plays = _Reel(image, job, room), 1
    for milliseconds in _frames(image):
        go_on(wanted)
        plays = _plays(image)
        if not reel.add(image, milliseconds):
            break
    frames, lasting = [], reel.milliseconds
    while len(lasting) > 1 and reel.pictures:
        go_on(wanted)
        flat, plain = reel.pictures.pop(0)
        number = next(ids) if job.protocol == "kitty" else 0
        frames.append(finished(flat, job, number, reel.original, plain=plain, moves=True))
    return Animation(tuple(frames), tuple(lasting), plays) if frames else Animation()


def _frames(image: Image) -> Iterator[int]:
    """Decodes one frame after the other, for a while; yields how long each lasts."""
    first = 1 if getattr(image, "default_image", False) else 0
    deadline = time.monotonic() + PATIENCE
    for number in range(first, MOST_FRAMES):
        try:
            image.seek(number)
            if image.width * image.height > MAX_PIXELS:
                return
            image.load()
        except _damage():
            return
        lasts = image.info.get("duration", USUAL)
        lasts = lasts if isinstance(lasts, (int, float)) and 0 < lasts < 3_600_000 else 0
        yield USUAL if lasts <= HASTY else max(LEAST, round(lasts))
        if time.monotonic() > deadline:
            return


def _plays(image: Image) -> int:
    """How often an opened animation says that it is to be played; a GIF counts repetitions."""
    said = image.info.get("loop")
    if not isinstance(said, int) or said < 0:
        return 1
    return said + 1 if said and image.format == "GIF" else said


class _Reel:
    """The frames of one animation within a bound: when they pass it, smaller or fewer."""

    def __init__(self, image: Image, job: Job, room: int) -> None:
        self.original: Size = upright_size(image)
        self.pictures: list[tuple[Image, bool]] = []
        self.milliseconds: list[int] = []
        self._job = job
        self._room = room
        self._box = box_of(job)
        inner = inner_of(self.original, job, self._box)
        self._scale = self._floor = 1.0
        if job.protocol == "kitty":
            native = max(self.original[0] / inner[0], self.original[1] / inner[1])
            self._scale = min(1.0, native)
            self._floor = min(SMALLEST, self._scale)
        self._step = 1
        self._seen = 0

    def add(self, image: Image, milliseconds: int) -> bool:
        """Takes the frame that is decoded now; False when it is damaged."""
        kept = self._seen % self._step == 0
        self._seen += 1
        if not kept:
            self.milliseconds[-1] += milliseconds
            return True
        box = self._scaled_box()
        inner = inner_of(self.original, self._job, box)
        try:
            self.pictures.append(boxed(image, self._job, box, inner))
        except BadInput:
            return False
        self.milliseconds.append(milliseconds)
        while len(self.pictures) > 1 and len(self.pictures) * self._cost() > self._room:
            self._shrink() if self._scale > self._floor else self._thin()
        return True

    def _scaled_box(self) -> Size:
        wide, high = (max(1, round(side * self._scale)) for side in self._box)
        return wide, high

    def _cost(self) -> int:
        """Bytes of one frame, roughly."""
        wide, high = self._scaled_box()
        per_pixel = PER_PIXEL.get(self._job.protocol)
        return (
            wide * high * per_pixel
            if per_pixel
            else self._job.columns * self._job.rows * PER_SYMBOL
        )

    def _shrink(self) -> None:
        """Half as many pixels in every frame, but not below the floor."""
        self._scale = max(self._floor, self._scale * sqrt(0.5))
        box = self._scaled_box()
        self.pictures = [(flat.resize(box), plain) for flat, plain in self.pictures]

    def _thin(self) -> None:
        """Every second frame is left out; the one before it stays for both."""
        self._step *= 2
        lasting = self.milliseconds
        self.milliseconds = [sum(lasting[at : at + 2]) for at in range(0, len(lasting), 2)]
        self.pictures = self.pictures[::2]
