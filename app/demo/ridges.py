"""The lines of the demo's landscapes, and what grows on them; drawn white into a mask."""

from collections.abc import Callable
from itertools import pairwise
from math import cos, pi, sin
from random import Random
from typing import NamedTuple

from PIL.ImageDraw import ImageDraw

from app.demo.subjects import Point


class Ground(NamedTuple):
    """Where something grows: a ridge in pixels, the picture's shorter side, chance, nearness."""

    line: list[Point]
    unit: float
    rng: Random
    near: float


def ridge(form: str, rng: Random, size: Point, top: float, tall: float) -> list[Point]:
    """A line from left to right in pixels; `top` is its mean height, `tall` how far it swings."""
    wide, high = size
    if form == "wall":
        return _roofs(rng, size, top, tall)
    waves = 5 if form == "peak" else 3
    phases = [(rng.uniform(0, 9), rng.uniform(0.8, 1.25)) for _ in range(waves + 3)]
    reach, line = wide / min(size), list[Point]()
    for i in range(-2, 203):
        x, lift = i / 200 * reach, 0.0
        for octave, (phase, pace) in enumerate(phases[:waves]):
            wave = sin((x * pace * 2.4 * (2 if form == "peak" else 1.7) ** octave + phase) * pi / 2)
            if form == "peak":
                wave = 1 - 2 * abs(wave)
            elif form == "dune":
                wave = 1 - 2 * abs(sin(wave * 1.2))
            lift += wave * 0.5 ** (octave + (form != "peak"))
        if form == "head":
            edge = max(0.0, i / 200 - 0.44 - tall)
            drop = edge * (1.2 + 30 * edge + rng.uniform(-0.8, 0.8))
            lift = lift * 0.5 - drop * 2 / tall
        line.append((i / 200 * wide, (top - lift * tall * 0.5) * high))
    return line


def _roofs(rng: Random, size: Point, top: float, tall: float) -> list[Point]:
    wide, high = size
    x, line = -0.02 * wide, list[Point]()
    while x < wide * 1.02:
        step = rng.uniform(0.05, 0.12) * min(size)
        y = (
            top + rng.uniform(-0.5, 0.5) * tall + 0.25 * tall * cos((x / wide - 0.5) * 2 * pi)
        ) * high
        line += [
            (x, y),
            (x + step * 0.94, y),
            (x + step * 0.94, y + 0.03 * high),
            (x + step, y + 0.03 * high),
        ]
        x += step
    return line


def _along(line: list[Point], rng: Random, count: float) -> list[Point]:
    return [line[rng.randrange(len(line))] for _ in range(max(1, round(count)))]


def pines(draw: ImageDraw, land: Ground) -> None:
    """Firs along the line, taller near by."""
    line, unit, rng, near = land.line, land.unit, land.rng, land.near
    reach = line[-1][0] / unit
    for x, base in _along(line, rng, (30 + 30 * (1 - near)) * reach):
        high = unit * rng.uniform(0.07, 0.17) * (0.5 + near * 1.2)
        points = [(0.0, 0.0)]
        for tier in range(1, 6):
            points += [(0.036 * tier + 0.03, tier * 0.19), (0.02 * tier, tier * 0.19 - 0.02)]
        mirrored = [(-px, py) for px, py in reversed(points)]
        base += high * 0.08
        draw.polygon(
            [(x + px * high, base - high + py * high) for px, py in points + mirrored], 255
        )


def trees(draw: ImageDraw, land: Ground) -> None:
    """Round trees along the line, in small groups."""
    line, unit, rng, near = land.line, land.unit, land.rng, land.near
    for x, base in _along(line, rng, 9 * line[-1][0] / unit):
        for _ in range(rng.randint(1, 4)):
            high = unit * rng.uniform(0.03, 0.07) * (0.6 + near)
            x += rng.uniform(-1, 1) * high
            draw.rectangle((x - high * 0.06, base - high, x + high * 0.06, base + high), 255)
            for dx, dy, r in ((0, 1.1, 0.5), (-0.3, 0.8, 0.4), (0.3, 0.8, 0.42)):
                cx, cy, cr = x + dx * high, base - dy * high, r * high
                draw.ellipse((cx - cr, cy - cr, cx + cr, cy + cr), 255)


def blades(draw: ImageDraw, land: Ground) -> None:
    """Grass and a few seed heads, tallest at the edges of the picture."""
    line, unit, rng = land.line, land.unit, land.rng
    wide = line[-1][0]
    for x, base in _along(line, rng, 190 * wide / unit):
        edge = abs(x / wide - 0.5) * 2
        high, lean = unit * rng.uniform(0.02, 0.05 + 0.09 * edge**2), rng.uniform(-0.4, 0.4)
        foot, tip = unit * 0.0035, (x + lean * high, base - high)
        draw.polygon([(x - foot, base + unit * 0.03), tip, (x + foot, base + unit * 0.03)], 255)
        if rng.random() < 0.16:
            r = unit * 0.005
            draw.ellipse((tip[0] - r, tip[1] - 2 * r, tip[0] + r, tip[1] + 2 * r), 255)


def tufts(draw: ImageDraw, land: Ground) -> None:
    """Short grass along the line."""
    line, unit, rng = land.line, land.unit, land.rng
    for x, base in _along(line, rng, 120 * line[-1][0] / unit):
        high = unit * rng.uniform(0.006, 0.022)
        draw.polygon(
            [
                (x - high * 0.2, base + 4),
                (x + rng.uniform(-0.3, 0.3) * high, base - high),
                (x + high * 0.2, base + 4),
            ],
            255,
        )


def windows(draw: ImageDraw, land: Ground) -> None:
    """Lit windows in rows below each roof."""
    line, unit, rng, near = land.line, land.unit, land.rng, land.near
    pane = unit * (0.006 + 0.007 * near)
    for (x0, y0), (x1, y1) in pairwise(line):
        if y0 != y1:
            continue
        columns = int((x1 - x0) / (pane * 2.6))
        for row in range(14):
            for column in range(columns):
                if rng.random() < 0.16:
                    x = x0 + (column + 0.5) * (x1 - x0) / columns - pane / 2
                    y = y0 + pane * (2 + row * 3)
                    draw.rectangle((x, y, x + pane, y + pane * 1.5), 255)


def caps(draw: ImageDraw, land: Ground) -> None:
    """Snow on what rises above the mean of the line, with a ragged lower edge."""
    line, unit, rng = land.line, land.unit, land.rng
    mean = sum(y for _, y in line) / len(line) - unit * 0.02
    lower = [(x, max(y, min(mean, y + (mean - y) * rng.uniform(0.35, 0.75)))) for x, y in line]
    draw.polygon(line + lower[::-1], 255)


def scatter(draw: ImageDraw, land: Ground) -> None:
    """Dots on the ground below the line, larger toward the front: flowers, pebbles, craters."""
    line, unit, rng = land.line, land.unit, land.rng
    bottom = max(y for _, y in line) + unit * 0.22
    for x, base in _along(line, rng, 110 * line[-1][0] / unit):
        part = rng.random() ** 1.3
        y, r = base + (bottom - base) * part + unit * 0.01, unit * (0.002 + 0.005 * part)
        draw.ellipse((x - r * 1.4, y - r, x + r * 1.4, y + r), 255)


def craters(draw: ImageDraw, land: Ground) -> None:
    """Shallow hollows below the line."""
    line, unit, rng = land.line, land.unit, land.rng
    for x, base in _along(line, rng, 12 * line[-1][0] / unit):
        part = rng.random()
        y, r = base + unit * (0.03 + 0.16 * part), unit * rng.uniform(0.012, 0.04) * (0.5 + part)
        draw.ellipse((x - r * 2, y - r * 0.55, x + r * 2, y + r * 0.55), 255)


Grow = Callable[[ImageDraw, Ground], None]
# What a layer may carry: who draws it, and whether behind the ridge, as one with it, or over it.
GROWTH: dict[str, tuple[Grow, str]] = {
    "pines": (pines, "behind"),
    "trees": (trees, "behind"),
    "blades": (blades, "with"),
    "tufts": (tufts, "with"),
    "windows": (windows, "over"),
    "caps": (caps, "over"),
    "flowers": (scatter, "over"),
    "pebbles": (scatter, "over"),
    "craters": (craters, "over"),
}
