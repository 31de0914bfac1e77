"""The colours of a picture in sixels: at most 229, chosen for it, dithered with error diffusion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.imaging.libchafa import COLOURS

if TYPE_CHECKING:
    from PIL.Image import Image

Percents = tuple[int, int, int]
"""Red, green and blue as sixels count them, from 0 to 100."""

_TYPICAL = 64
"""How many of them stand for what is frequent. Typical colours alone (octree) cut off saturated
ends: mean error of a gaudy picture after a slight blur 2.4 of 255 instead of 1.1. Covering
colours alone (maximum coverage) make flat parts noisy. These and the rest covering, or only
typical ones for a picture with one main colour, was best or close to it for photos, paintings
and text."""
_MANY, _FEW = (200, 200), (80, 80)
"""Pixels that choose the typical and the covering colours: as good as all, and quick."""
_FLAT = 0.3
"""A picture is flat when one colour, give or take 8 levels, has this share of it."""
_HEADROOM = [round(level * 252 / 255) for level in range(256)] * 3
"""Pillow looks colours up by the corners of boxes four levels wide. Scaled so that white falls on
a corner, white paper stays white; otherwise the nearest light grey would be taken for it."""


def quantized(image: Image) -> tuple[Image, list[Percents]]:
    """An RGB picture as palette indices below COLOURS, and the colour of each index.

    The palette is rounded to sixel's 101 levels first: the dithering then makes up for it.
    """
    from PIL import Image as Pillow

    if image.getcolors(COLOURS) is not None:
        exact = image.quantize(COLOURS, Pillow.Quantize.MEDIANCUT)
        return exact, _percents(exact.getpalette() or [])
    percents = list(dict.fromkeys(_chosen(image)))
    levels = [(percent * 255 + 50) // 100 for colour in percents for percent in colour]
    palette = Pillow.new("P", (1, 1))
    palette.putpalette([_HEADROOM[level] for level in levels])
    dither = Pillow.Dither.FLOYDSTEINBERG
    return image.point(_HEADROOM).quantize(palette=palette, dither=dither), percents


def _chosen(image: Image) -> list[Percents]:
    """The palette of a picture with many colours; some may come twice."""
    from PIL import Image as Pillow

    many, few = (image.resize(size, Pillow.Resampling.NEAREST) for size in (_MANY, _FEW))
    typical = COLOURS if _is_flat(few) else _TYPICAL
    levels = many.quantize(typical, Pillow.Quantize.FASTOCTREE).getpalette() or []
    levels = levels[: typical * 3]
    if typical < COLOURS:
        levels += few.quantize(COLOURS - typical, Pillow.Quantize.MAXCOVERAGE).getpalette() or []
    return _percents(levels[: COLOURS * 3])


def _is_flat(sample: Image) -> bool:
    width, height = sample.size
    counts = sample.point([level & ~7 for level in range(256)] * 3).getcolors(width * height)
    return max(count for count, _ in counts or [(0, 0)]) > width * height * _FLAT


def _percents(levels: list[int]) -> list[Percents]:
    """Levels of 255, three for each colour, as colours in percent."""
    values = [(level * 100 + 127) // 255 for level in levels]
    return list(zip(values[::3], values[1::3], values[2::3], strict=True))
