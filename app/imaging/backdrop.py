"""What shows through transparent parts: a quiet checkerboard around the background's colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

SQUARE, FINE_SQUARE = 8, 2
"""Side of a checkerboard square in pixels; the fine one where a pixel is a part of a cell."""
CONTRAST = 14
"""How far, of 255, the checkerboard's second colour is from the background."""


def flatten(image: Image, background: tuple[int, int, int], *, fine: bool = False) -> Image:
    """RGB without alpha: transparent parts show a checkerboard."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    board = checkerboard(image.size, background, FINE_SQUARE if fine else SQUARE)
    board.paste(image, mask=image.getchannel("A"))
    return board


def checkerboard(size: tuple[int, int], background: tuple[int, int, int], square: int) -> Image:
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
