"""The figures that the demo's painter knows, and the brush that draws and shades them.

`figures.txt` holds them as data: a few shapes each in a box of 100 by 100, feet at y = 100. A shape
is a colour letter (m d l a follow the figure's own colour; a capital is see-through), a form, and
numbers: `o` ellipse (centre, radii), `c` ring (centre, radius, width), `-` polygon, `~` polygon
with round corners, `/` brush stroke (first and last width, points), `h` glow (centre, radius).
A `*` draws the mirror image too; `$name` stands for the shapes of a shared part, `=name` for a
colour.
"""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageChops, ImageColor, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]
FINE = 2  # figures are drawn this many times larger, then reduced, for smooth edges


class Figure(NamedTuple):
    """One row of the table; `size` is a height in parts of the picture's shorter side."""

    words: list[str]
    habitat: str
    size: float
    colour: str
    home: str
    head: tuple[float, ...]
    shapes: list[str]


@cache
def table() -> tuple[dict[str, Colour], dict[str, Figure]]:
    """All colours and all figures by name."""
    text = Path(__file__).with_name("figures.txt").read_text("utf-8").replace("\n ", " ")
    colours = {name: rgb("#" + code) for name, code in re.findall(r"=(\w+) (\w{6})", text)}
    parts, found = dict[str, list[str]](), dict[str, Figure]()
    for row in text.splitlines():
        if row.startswith("$"):
            name, *parts[name] = row.split()
        elif "|" in row and row[0] != "#":
            name, words, rest = row.split("|")
            habitat, size, colour, home, *shapes = rest.split()
            head = numbers(shapes.pop(0)) if shapes and shapes[0][0].isdigit() else []
            shapes = [shape for word in shapes for shape in parts.get(word, [word])]
            kind = Figure(words.split(), habitat, float(size), colour, home, tuple(head), shapes)
            found[name.strip()] = kind
    return colours, found


def rgb(code: str) -> Colour:
    """The colour that `#rrggbb` means."""
    r, g, b, *_ = ImageColor.getrgb(code)
    return r, g, b


def mix(a: Colour, b: Colour, part: float) -> Colour:
    """The colour `part` of the way from a to b."""
    r, g, b_ = (round(x + (y - x) * part) for x, y in zip(a, b, strict=True))
    return r, g, b_


def lit(colour: Colour, light: Colour) -> Colour:
    """A colour as it looks under a coloured light (255 leaves a channel alone)."""
    r, g, b = (x * y // 255 for x, y in zip(colour, light, strict=True))
    return r, g, b


def numbers(text: str) -> list[float]:
    """All numbers in a text."""
    return [float(n) for n in re.findall(r"-?[\d.]+", text)]


def smooth(points: list[Point], closed: bool) -> list[Point]:
    """A curve through the points (Catmull-Rom, eight steps for each)."""
    ends = (points[-1], points[1 % len(points)]) if closed else (points[0], points[-1])
    ring = [ends[0], *points, *(points[:1] if closed else []), ends[1]]
    curve: list[Point] = []
    for a, b, c, d in zip(ring, ring[1:], ring[2:], ring[3:], strict=False):
        for t in (step / 8 for step in range(8)):
            x, y = (
                b[i]
                + (c[i] - a[i]) * t / 2
                + (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) * t * t / 2
                + (3 * b[i] - a[i] - 3 * c[i] + d[i]) * t**3 / 2
                for i in (0, 1)
            )
            curve.append((x, y))
    return curve if closed else [*curve, points[-1]]


def shade(size: tuple[int, int], colour: Colour, light: Colour, sun_right: bool) -> Image.Image:
    """A tile of one colour, brighter toward the sun and darker away from it."""
    near, far = mix(colour, lit((255, 250, 232), light), 0.2), mix(colour, (44, 30, 84), 0.26)
    x = 150 if sun_right else 0
    away = Image.radial_gradient("L").resize(size, box=(x / 2.3, 84, 190 + x / 2.3, 256))
    return Image.composite(Image.new("RGB", size, far), Image.new("RGB", size, near), away)


@cache
def halo() -> Image.Image:
    """A round glow that fades to nothing at the edge of its square."""
    cone = Image.radial_gradient("L").point(lambda v: max(0, 255 - v * 255 // 180))
    return ImageChops.multiply(cone, cone)


class Brush:
    """Draws the shapes of one figure into a transparent picture that is as large as they reach."""

    def __init__(self, height: float, flip: bool, light: Colour, sun_right: bool) -> None:
        """`height` is that of the figure's box in pixels; flip turns the figure to the left."""
        self.scale, self.turn = height / 100 * FINE, -1 if flip else 1
        self.light, self.sun_right = light, sun_right
        self.jobs: list[tuple[str, Colour, list[Point], float, float]] = []

    def add(self, shapes: list[str], main: Colour, head: tuple[float, ...] = (50, 32, 1)) -> None:
        """Plan shapes in a colour; what is made for a head at 50, 32 moves to the one given."""
        x0, y0, size = head
        for code, star, values in ((s[:2], s[2] == "*", numbers(s[2:])) for s in shapes):
            flat = values[:2] if code[1] in "och" else values[2:] if code[1] == "/" else values
            extra = values[2:] if code[1] in "och" else values[:2] if code[1] == "/" else []
            a, b = [n * size * self.scale for n in (*extra, *extra[:1], 0.0, 0.0)][:2]
            for side in (1, -1)[: 1 + star]:
                at = [
                    ((x0 - 50 + (x - 50) * size * side) * self.turn, (y - 32) * size + y0)
                    for x, y in zip(flat[::2], flat[1::2], strict=True)
                ]
                place = [(x * self.scale, y * self.scale) for x, y in at]
                self.jobs.append((code, self._colour(code[0].lower(), main), place, a, b))

    def _colour(self, letter: str, main: Colour) -> Colour:
        own = {
            "m": main,
            "d": mix(main, (44, 34, 84), 0.3),
            "l": mix(main, (255, 246, 226), 0.55),
            "a": mix((main[1], main[2], main[0]), (255, 240, 210), 0.25),
        }
        colour = own.get(letter) or table()[0][letter]
        return colour if letter == "y" else lit(colour, self.light)

    def paint(self) -> tuple[Image.Image, Point]:
        """The picture of all that was added, and where in it the top middle of the box is."""
        boxes = [_box(*job) for job in self.jobs]
        left, top = min(b[0] for b in boxes) - 8, min(b[1] for b in boxes) - 8
        right, bottom = max(b[2] for b in boxes) + 8, max(b[3] for b in boxes) + 8
        canvas = Image.new("RGBA", (round(right - left), round(bottom - top)))
        for job, box in zip(self.jobs, boxes, strict=True):
            self._stamp(canvas, job, box, (left, top))
        small = canvas.reduce(FINE)
        alpha = small.getchannel("A")
        step = max(1, round(self.scale * 0.6))
        rim = ImageChops.subtract(
            alpha, ImageChops.offset(alpha, -step if self.sun_right else step, step)
        )
        small.paste((*lit((255, 244, 214), self.light), 255), None, rim.point(lambda v: v * 0.4))
        return small, (-left / FINE, -top / FINE)

    def _stamp(
        self,
        canvas: Image.Image,
        job: tuple[str, Colour, list[Point], float, float],
        box: tuple[float, ...],
        corner: Point,
    ) -> None:
        code, colour, points, a, b = job
        letter, form = code[0], code[1]
        x, y = round(box[0]), round(box[1])
        size = round(box[2]) - x + 1, round(box[3]) - y + 1
        mask = Image.new("L", size)
        FORMS[form](ImageDraw.Draw(mask), [(p - x, q - y) for p, q in points], a, b)
        if form == "h":
            mask = halo().resize(size)
        place = round(x - corner[0]), round(y - corner[1])
        tile = shade(size, colour, self.light, self.sun_right)
        if letter.isupper() or form == "h":
            tile.putalpha(mask.point(lambda v: v * (0.7 if form == "h" else 0.34)))
            canvas.alpha_composite(tile, place)
        else:
            canvas.paste(tile, place, mask)


def _box(code: str, _: Colour, points: list[Point], a: float, b: float) -> tuple[float, ...]:
    """The pixels a shape can reach."""
    pad = {"o": (a, b), "c": (a + b, a + b), "h": (a, a), "/": (max(a, b), max(a, b))}
    w, h = pad.get(code[1], (a, a))
    xs, ys = (
        [p[i] for p in (smooth(points, code[1] == "~") if code[1] in "~/" else points)]
        for i in (0, 1)
    )
    return min(xs) - w, min(ys) - h, max(xs) + w, max(ys) + h


def _ellipse(draw: ImageDraw.ImageDraw, points: list[Point], a: float, b: float) -> None:
    (x, y), *_ = points
    draw.ellipse((x - a, y - b, x + a, y + b), fill=255)


def _ring(draw: ImageDraw.ImageDraw, points: list[Point], a: float, b: float) -> None:
    (x, y), r = points[0], a + b / 2
    draw.ellipse((x - r, y - r, x + r, y + r), outline=255, width=max(1, round(b)))


def _polygon(draw: ImageDraw.ImageDraw, points: list[Point], _a: float, _b: float) -> None:
    draw.polygon(points, fill=255)


def _blob(draw: ImageDraw.ImageDraw, points: list[Point], _a: float, _b: float) -> None:
    draw.polygon(smooth(points, closed=True), fill=255)


def _stroke(draw: ImageDraw.ImageDraw, points: list[Point], a: float, b: float) -> None:
    curve = smooth(points, closed=False)
    for i, (start, end) in enumerate(pairwise(curve)):
        width = a + (b - a) * i / len(curve)
        draw.line((start, end), fill=255, width=max(1, round(width)))
        draw.ellipse([n + d * width / 2 for d in (-1, 1) for n in end], fill=255)


FORMS = {"o": _ellipse, "c": _ring, "-": _polygon, "~": _blob, "/": _stroke, "h": _ellipse}
