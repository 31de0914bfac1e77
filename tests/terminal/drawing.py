"""A terminal's screen as a picture: kitty's pictures, sixels, block characters, flat text."""

from __future__ import annotations

from PIL import Image, ImageDraw

from tests.terminal.glyphs import rasters
from tests.terminal.grid import Colour
from tests.terminal.kitty import KittyPicture
from tests.terminal.model import TerminalModel
from tests.terminal.shown import SixelCell, TextCell

RGB = tuple[int, int, int]
PAPER, INK = (0, 0, 0), (255, 255, 255)


def drawn(model: TerminalModel) -> Image.Image:
    """The whole screen in pixels, RGB."""
    width, height = model.cell_size
    papers = [rgb(cell.style.bg, PAPER) for line in model.grid.cells for cell in line]
    base = Image.frombytes("RGB", model.size, bytes(level for paper in papers for level in paper))
    sheet = base.resize((base.width * width, base.height * height), Image.Resampling.NEAREST)
    scaled: dict[int, Image.Image] = {}
    for y, line in enumerate(model.snapshot()):
        for x, shown in enumerate(line):
            box = _box(x, y, width, height)
            if isinstance(shown, TextCell):
                _write(sheet, shown, box)
            elif isinstance(shown, SixelCell):
                tile = Image.frombytes("RGBA", (width, height), shown.patch)
                sheet.paste(tile, box, tile)
            elif shown.image_id in model.kitty_images:
                picture = model.kitty_images[shown.image_id]
                if shown.image_id not in scaled:
                    scaled[shown.image_id] = placed(picture, model.cell_size)
                tile = scaled[shown.image_id].crop(_box(shown.column, shown.row, width, height))
                sheet.paste(tile, box, tile)
    return sheet


def placed(picture: KittyPicture, cell: tuple[int, int]) -> Image.Image:
    """A kitty picture as large as fits its cells, in their middle; RGBA."""
    room = (picture.columns * cell[0], picture.rows * cell[1])
    image = picture.image
    if image.size == room:
        return image
    scale = min(room[0] / image.width, room[1] / image.height)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    sheet = Image.new("RGBA", room)
    sheet.paste(image.resize(size), ((room[0] - size[0]) // 2, (room[1] - size[1]) // 2))
    return sheet


def rgb(colour: Colour, default: RGB) -> RGB:
    """A colour in levels; the palette's first 16 are rough, the rest as everywhere."""
    if colour is None:
        return default
    if isinstance(colour, tuple):
        return colour
    if colour >= 232:
        return (8 + (colour - 232) * 10,) * 3
    if colour >= 16:
        steps = ((colour - 16) // 36, (colour - 16) // 6 % 6, (colour - 16) % 6)
        red, green, blue = (step and 55 + step * 40 for step in steps)
        return red, green, blue
    level = 255 if colour >= 8 else 170
    return level * (colour & 1), level * (colour >> 1 & 1), level * (colour >> 2 & 1)


def _box(x: int, y: int, width: int, height: int) -> tuple[int, int, int, int]:
    return x * width, y * height, (x + 1) * width, (y + 1) * height


def _write(sheet: Image.Image, shown: TextCell, box: tuple[int, int, int, int]) -> None:
    """A character: blocks as they are, anything else as a bar of the text's colour."""
    if shown.text.isspace() and "reverse" not in shown.attributes:
        return
    ink, paper = rgb(shown.fg, INK), rgb(shown.bg, PAPER)
    if "reverse" in shown.attributes:
        ink, paper = paper, ink
        sheet.paste(paper, box)
    if not shown.text.strip():
        return
    columns, rows, bits = rasters().get(shown.text, (4, 5, 0b0110_0110_0110_0000 << 4))
    left, top, right, bottom = box
    draw = ImageDraw.Draw(sheet)
    for at in range(columns * rows):
        if bits >> at & 1:
            x, y = at % columns, at // columns
            draw.rectangle(
                (
                    left + (right - left) * x // columns,
                    top + (bottom - top) * y // rows,
                    left + (right - left) * (x + 1) // columns - 1,
                    top + (bottom - top) * (y + 1) // rows - 1,
                ),
                fill=ink,
            )
