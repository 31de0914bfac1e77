"""The demo painter's data and colours, and how its figures are drawn and shaded."""

import re
from colorsys import hsv_to_rgb, rgb_to_hsv
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]
Size = tuple[int, int]
Rows = dict[str, dict[str, list[list[str]]]]
WHITE, SHADE = (255, 255, 255), (44, 34, 84)
FINE = 2  # everything is drawn this many times larger, then reduced, for smooth edges


class Shape(NamedTuple):
    """One touch of the brush; `sizes` are radii or widths."""

    code: str
    points: list[Point]
    sizes: Point

    def moved(self, x: float, foot: float, scale: float, side: int = 1) -> "Shape":
        """The shape from its box of 100 to pixels, with the middle of the box's foot at x, foot."""
        at = [(x + (px - 50) * scale * side, foot + (py - 100) * scale) for px, py in self.points]
        return Shape(self.code, at, (self.sizes[0] * scale, self.sizes[1] * scale))


class Figure(NamedTuple):
    """One figure; `size` is a height in parts of the picture's shorter side."""

    habitat: str
    size: float
    colour: str
    home: str
    head: list[float]  # x, y and size; empty when it can wear nothing
    shapes: list[Shape]


Coat = tuple[Shape, Colour]


@cache
def rows(file: str) -> Rows:
    """A data file by sort and name: the words of each part of a row."""
    text = Path(__file__).with_name(file).read_text("utf-8").replace("\n ", " ")
    found: Rows = {}
    for row in (row for row in text.splitlines() if row and row[0] != "#"):
        (sort, name, *words), *parts = (part.split() for part in row.split("|"))
        found.setdefault(sort, {})[name] = [words, *parts]
    return found


@cache
def table() -> tuple[dict[str, Colour], dict[str, Figure]]:
    """All colours and all figures by name."""
    data, figures = rows("figures.txt"), dict[str, Figure]()
    words = [word for row in data["colour"].values() for word in row[1]]
    parts = {"$" + name: row[1] for name, row in data["part"].items()}
    kinds = data["figure"] | data["limb"]
    for name, (_, (habitat, size, colour, home, *head), codes) in kinds.items():
        shapes = [shape(code) for word in codes for code in parts.get(word, [word])]
        at = [float(number) for number in head]
        figures[name] = Figure(habitat, float(size), colour, home, at, shapes)
    return {name: rgb(code) for name, code in zip(words[::2], words[1::2], strict=True)}, figures


def shape(code: str) -> Shape:
    """The shape that a word of the data means."""
    values = [float(number) for number in re.findall(r"-?[\d.]+", code[2:])]
    flat, (a, b) = (values[:-2], values[-2:]) if code[1] in "ohc/" else (values, (0, 0))
    return Shape(code[:3], list(zip(flat[::2], flat[1::2], strict=True)), (a, b))


def rgb(code: str) -> Colour:
    """The colour that six hexadecimal digits mean."""
    r, g, b = bytes.fromhex(code)
    return r, g, b


def mix(a: Colour, b: Colour, part: float) -> Colour:
    """The colour `part` of the way from a to b."""
    red, green, blue = (round(x + (y - x) * part) for x, y in zip(a, b, strict=True))
    return red, green, blue


def lit(colour: Colour, light: Colour) -> Colour:
    """A colour as it looks under a coloured light (255 leaves a channel alone)."""
    r, g, b = (x * y // 255 for x, y in zip(colour, light, strict=True))
    return r, g, b


def turned(colour: Colour, degrees: float) -> Colour:
    """The colour with its hue turned."""
    h, s, v = rgb_to_hsv(*(c / 255 for c in colour))
    r, g, b = (round(c * 255) for c in hsv_to_rgb((h + degrees / 360) % 1, s, v))
    return r, g, b


def smooth(points: list[Point], closed: bool) -> list[Point]:
    """A curve through the points (Catmull-Rom, eight steps for each)."""
    ring = [points[-1], *points, *points[:2]] if closed else [points[0], *points, points[-1]]
    curve: list[Point] = []
    for a, b, c, d in zip(ring, ring[1:], ring[2:], ring[3:], strict=False):
        for t in (step / 8 for step in range(8)):
            q, r, s = t * t * (2 - t) - t, t * t * (3 * t - 5) + 2, t * t * (4 - 3 * t) + t
            x, y = ((a[i] * q + b[i] * r + c[i] * s + d[i] * t * t * (t - 1)) / 2 for i in (0, 1))
            curve.append((x, y))
    return curve if closed else [*curve, points[-1]]


def trace(mask: Image.Image, shape: Shape) -> None:
    """Fill one shape in white."""
    draw, form, points, (a, b) = ImageDraw.Draw(mask), shape.code[1], shape.points, shape.sizes
    x, y = points[0]
    if form == "h":
        cone = Image.radial_gradient("L").point(lambda v: max(0, 255 - v * 255 // 180))
        halo = ImageChops.multiply(cone, cone).resize((round(a * 2) + 1, round(b * 2) + 1))
        mask.paste(halo, (round(x - a), round(y - b)))
    elif form == "o":
        draw.ellipse((x - a, y - b, x + a, y + b), 255)
    elif form == "c":
        draw.circle((x, y), a + b / 2, outline=255, width=max(1, round(b)))
    elif form == "/":
        curve = smooth(points, closed=False)
        for i, (start, end) in enumerate(pairwise(curve)):
            width = a + (b - a) * i / len(curve)
            draw.line((start, end), 255, max(1, round(width)))
            draw.circle(end, width / 2, 255)
    else:
        draw.polygon(smooth(points, closed=True) if form == "~" else points, 255)


def drawn(size: Size, coats: list[Coat], light: Colour, right: bool) -> Image.Image:
    """A clear picture of `size` with shapes (FINE times larger) in a light from right or left."""
    canvas = Image.new("RGBA", (size[0] * FINE, size[1] * FINE))
    for shape, main in coats:
        mask, letter = Image.new("L", canvas.size), shape.code[0]
        trace(mask, shape)
        if box := mask.getbbox():
            tile = _tile(letter.lower(), main, mask.crop(box).size, light, right)
            strength = 0.34 if letter.isupper() else 0.7 if shape.code[1] == "h" else 1
            tile.putalpha(mask.crop(box).point([int(v * strength) for v in range(256)]))
            canvas.alpha_composite(tile, box[:2])
    layer, step = canvas.reduce(FINE), max(1, min(size) // 400)
    alpha = layer.getchannel("A")
    rim = ImageChops.subtract(alpha, ImageChops.offset(alpha, -step if right else step, step))
    layer.paste((*lit((255, 244, 214), light), 255), None, rim.point(lambda v: v * 0.4))
    return layer


def _tile(letter: str, main: Colour, size: Size, light: Colour, right: bool) -> Image.Image:
    """A tile in the colour of a letter, brighter toward the light and darker away from it."""
    other = mix((main[1], main[2], main[0]), (255, 240, 210), 0.25)
    pale, dark = mix(main, (255, 246, 226), 0.55), mix(main, SHADE, 0.3)
    own = {"m": main, "i": main, "d": dark, "l": pale, "a": other}
    colour, x = own.get(letter) or table()[0][letter], 65 if right else 0
    if letter in "yi":
        return Image.new("RGB", size, colour)
    colour = lit(colour, light)
    near, far = mix(colour, lit((255, 250, 232), light), 0.2), mix(colour, SHADE, 0.26)
    away = Image.radial_gradient("L").resize(size, box=(x, 84, 190 + x, 256))
    return Image.composite(Image.new("RGB", size, far), Image.new("RGB", size, near), away)
