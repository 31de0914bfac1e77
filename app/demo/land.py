"""The demo painter's landscapes: sky, ridges that fade with distance, water, weather."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from math import cos, pi, sin
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from app.demo.scene import LAMPS, Scene
from app.demo.subjects import (
    WHITE,
    Colour,
    Point,
    lit,
    mix,
    rgb,
    rows,
    shape,
    table,
    trace,
    turned,
)

INDOORS = ("room", "studio")


def ramp(size: tuple[int, int], *stops: Colour) -> Image.Image:
    """A tile that runs from the first colour at its top to the last at its bottom."""
    column = Image.new("RGB", (1, len(stops)))
    column.putdata(stops)
    box = (0, 0.5, 1, len(stops) - 0.5)
    return column.resize((1, size[1]), Image.Resampling.BILINEAR, box).resize(size)


def blotches(size: tuple[int, int], rng: Random, cells: int, low: int, high: int) -> Image.Image:
    """A gray picture that wanders between two values, softly when it has few cells across."""
    across = (cells, max(2, cells * size[1] // size[0]))
    small = Image.frombytes("L", across, rng.randbytes(across[0] * across[1]))
    small = small.point(lambda v: low + (high - low) * v / 255)
    return small.resize(size, Image.Resampling.BICUBIC).convert("RGB")


def ridge(form: str, rng: Random, size: Point, top: float, tall: float) -> list[Point]:
    """A line from left to right in pixels; `top` is its mean height, `tall` how far it swings."""
    (wide, high), finer = size, 2.0 if form == "peak" else 1.7
    waves = [(rng.uniform(0, 9), rng.uniform(1.9, 3.0) * finer**k, 0.5**k) for k in range(5)]
    line = list[Point]()
    for i in range(-2, 203):
        lift = 0.0
        for phase, pace, part in waves[: 5 if form == "peak" else 3]:
            wave = sin((i / 200 * wide / min(size) * pace + phase) * pi / 2)
            folded = {"peak": 1 - 2 * abs(wave), "dune": 0.5 - abs(sin(wave * 1.2))}
            lift += folded.get(form, wave / 2) * part
        if form == "head":
            edge = max(0.0, i / 200 - 0.44 - tall)
            lift = lift / 2 - edge * (1.2 + 30 * edge + rng.uniform(-0.8, 0.8)) * 2 / tall
        line.append((i / 200 * wide, (top - lift * tall * 0.5) * high))
    return line


def roofs(rng: Random, size: Point, top: float, tall: float) -> list[Point]:
    """As `ridge`: flat roofs with gaps, highest at both sides of the picture."""
    (wide, high), x, line = size, -0.02 * size[0], list[Point]()
    while x < wide * 1.02:
        step = rng.uniform(0.05, 0.12) * min(size)
        arch = cos((x / wide - 0.5) * 2 * pi) / 4
        y, end = (top + (rng.uniform(-0.5, 0.5) + arch) * tall) * high, x + step * 0.94
        line += [(x, y), (end, y), (end, y + 0.03 * high), (x + step, y + 0.03 * high)]
        x += step
    return line


class Backdrop:
    """One landscape in the making: `image` is the picture so far, `unit` its shorter side."""

    def __init__(self, scene: Scene, size: tuple[int, int], detail: float) -> None:
        """`detail` scales how much there is to see in it (1 is the usual)."""
        self.data, self.scene, self.size = rows("places.txt"), scene, size
        self.detail, self.unit, self.image = detail, min(size), Image.new("RGB", size)
        (code, twist), *self.layers = self.data["land"].get(scene.place, [["86a860", "0"]])
        *codes, stars = self.data["sky"][scene.time or "day"][0]
        *sky, light, sun = map(rgb, codes)
        air, *amounts = self.data["air"][scene.weather or "fair"][0]
        part, bright, self.clear, self.cloudy = map(float, amounts)
        if scene.place in self.data["sky"]:
            *codes, stars = self.data["sky"][scene.place][0]
            sky, self.cloudy = [lit(rgb(code), light) for code in codes], 0
        if scene.place in INDOORS and scene.things:  # a wall whose hue is opposite to the figure's
            hero, (colours, kinds) = scene.things[0], table()
            own = turned(colours[hero.colour or kinds[hero.kind].colour], 170)
            sky = [mix(colour, lit(own, light), 0.3) for colour in sky]
        gray = lit(rgb(air), mix(light, sky[2], 0.35))
        self.sky = [mix(turned(colour, scene.tone * 0.5), gray, part) for colour in sky]
        self.sun, self.light = turned(sun, scene.tone / 3), mix((0, 0, 0), light, bright)
        near, self.twist, self.stars = turned(rgb(code), scene.tone), float(twist), float(stars)
        snowy = scene.weather == "snow" and scene.place not in (*INDOORS, "city", "underwater")
        self.near = lit(mix(near, (240, 246, 252), 0.82) if snowy else near, self.light)
        lamps = [t.x for t in scene.things if t.kind in LAMPS]
        self.lamp_x = [*lamps, (0.24, 0.78)[scene.seed % 2]][0]
        self.wet = any(row[0] == "water" for row in self.layers)

    def rng(self, name: str) -> Random:
        """Chance that is the same for each picture of this composition."""
        return Random(f"{self.scene.seed} {name}")

    def sheet(self) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        """A mask of twice the picture's size, and what draws on it."""
        mask = Image.new("L", (self.size[0] * 2, self.size[1] * 2))
        return mask, ImageDraw.Draw(mask)

    def lay(self, mask: Image.Image, *colours: Colour, strength: float = 1, rim: float = 0) -> None:
        """Colour a sheet from top to bottom, and its upper edge with sunlight."""
        mask = mask.reduce(2).point(lambda v: v * strength)
        if box := mask.getbbox():
            mask = mask.crop(box)
            tile = ramp((mask.width, max(mask.height, round(self.unit * 0.12))), *colours)
            self.image.paste(tile.crop((0, 0, *mask.size)), box[:2], mask)
            above = ImageChops.offset(mask, 0, max(1, self.unit // 260))
            edge = ImageChops.subtract(mask, above).point(lambda v: v * rim)
            self.image.paste(self.sun, box[:2], edge)

    def distance(self) -> None:
        """The sky or the wall, with its beams of light, nebula and stars."""
        (w, h), rng = self.size, self.rng("stars")
        self.image.paste(ramp(self.size, *self.sky))
        (soft, strength), *beams = self.data["beam"].get(self.scene.place, [["0", "0"]])
        mask, _ = self.sheet()
        for code in (code for codes in beams for code in codes):
            trace(mask, shape(code).moved(self.lamp_x * w * 2 + h, h * 2, h / 50))
        blur = ImageFilter.GaussianBlur(float(soft) * self.unit * 2)
        self.lay(mask.filter(blur), self.sun, strength=float(strength))
        if self.scene.place == "space":
            self.image.paste((150, 50, 140), None, blotches(self.size, rng, 4, 0, 170).convert("L"))
        mask, draw = self.sheet()
        for i in range(round(self.stars * self.detail * self.clear)):
            r = self.unit * (0.004 if i % 24 == 0 else rng.uniform(0.0008, 0.0026))
            at = rng.random() * w * 2, rng.random() ** 1.4 * h * 1.4
            draw.circle(at, r, rng.randint(90, 255))
        self.lay(mask, (255, 250, 236))

    def clouds(self) -> None:
        """Clouds with a bright crown and a base that melts into the sky."""
        (w, h), rng, day = self.size, self.rng("clouds"), self.scene.time == "day"
        white = mix(lit((255, 252, 248), self.light), self.sky[1], 0.25 if day else 0.5)
        for _ in range(round(self.cloudy)):
            wide, x, y = rng.uniform(0.18, 0.5), rng.random() * w, rng.uniform(0.04, 0.42) * h
            wide, tall = round(wide * self.unit), round(wide * self.unit * rng.uniform(0.2, 0.36))
            mask = Image.new("L", (wide * 2, tall * 2))
            for part in (i / 7 for i in range(8)):
                r = tall * (0.35 + 0.6 * sin(part * 3.1) * rng.uniform(0.6, 1))
                cx = r + (wide * 2 - 2 * r) * part
                top, end = tall * 2 - r * 1.9, tall * 2 + r * 0.4
                ImageDraw.Draw(mask).ellipse((cx - r, top, cx + r, end), 255)
            fade = ImageOps.flip(Image.linear_gradient("L")).resize(mask.size)
            mask = ImageChops.multiply(mask, fade).reduce(2)
            self.image.paste(white, (round(x) - wide // 2, round(y)), mask)

    def ground(self, afloat: Callable[[], None] | None) -> None:
        """What lies behind the figures, with what is `afloat` on its water; or, without, before."""
        for index, row in enumerate(self.layers):
            if row[0] != "water" and (float(row[3]) < 0) == (afloat is None):
                self.layer(index)
            elif row[0] == "water" and afloat:
                self.water(float(row[1]), rgb(row[4]))
                afloat()

    def layer(self, index: int) -> None:
        """One ridge with what grows on it, from its top to the bottom of the picture."""
        (form, *heights), name = self.layers[index][:4], "".join(self.layers[index][4:])
        (top, tall, far), rng, (mask, draw) = (
            map(float, heights),
            self.rng(str(index)),
            self.sheet(),
        )
        line = (roofs if form == "wall" else partial(ridge, form))(rng, mask.size, top, tall)
        draw.polygon([*line, (mask.width * 1.1, mask.height), (-mask.width, mask.height)], 255)
        colour = self.tone(index, far)
        mode, *_, blend = self.data["grow"].get(name, [["", "0"]])[0][:6]
        if mode == "behind":
            dark = mix(colour, lit((30, 44, 70), self.light), 0.2)
            self.lay(self.plants(name, line, rng, 1 - far), dark, mix(colour, self.sky[2], 0.2))
        elif mode == "with":
            mask = ImageChops.lighter(mask, self.plants(name, line, rng, 1 - far))
        shadow = lit((40, 26, 84), self.light)
        deep = mix(colour, self.sky[2], 0.45) if far > 0.3 else mix(colour, shadow, 0.3)
        self.lay(mask, mix(colour, self.sun, 0.1), deep, rim=0.3 * (far >= 0))
        glows = name == "windows" and self.scene.time in ("sunset", "dusk", "night")
        for own in map(rgb, self.data["grow"][name][0][6:] if mode == "over" else ()):
            pale = mix(lit(own, self.light), self.sky[2], max(0, far) * 0.6)
            marks = ImageChops.multiply(self.plants(name, line, rng, 1 - far), mask)
            self.lay(marks, own if glows else mix(pale, colour, float(blend)))

    def tone(self, index: int, far: float) -> Colour:
        """The colour of a layer that is so far away."""
        ground = turned(self.near, self.twist * index)
        if far < 0:
            return mix(ground, lit((34, 26, 66), self.light), -far * 1.8)
        far = 0.3 + 0.7 * far if self.scene.weather == "fog" else far
        return mix(ground, self.sky[2], far * 0.92)

    def plants(self, name: str, line: list[Point], rng: Random, near: float) -> Image.Image:
        """A sheet with what grows along a ridge, larger toward the front."""
        (mask, draw), unit, wide = self.sheet(), self.unit * 2, self.size[0] * 2
        (_, *facts), *kinds = self.data["grow"][name]
        many, small, large, depth = map(float, facts[:4])
        if name == "caps":  # snow on what rises above the mean, with a ragged lower edge
            mean = sum(y for _, y in line) / len(line) - unit * 0.02
            low = [
                (x, max(y, min(mean, y + (mean - y) * rng.uniform(0.35, 0.75)))) for x, y in line
            ]
            draw.polygon(line + low[::-1], 255)
        elif name == "windows":
            self.windows(draw, line, rng, unit * (0.006 + 0.007 * near))
        shapes = [[shape(code) for code in codes] for codes in kinds]
        for _ in range(round(many * wide / unit)):
            (x, y), part = rng.choice(line), rng.random() ** 1.3
            scale = unit * (small + (large - small) * part) * (0.5 + near) / 100
            scale *= 1 + 6 * (x / wide - 0.5) ** 2 if near > 1 else 1
            for leaf in rng.choice(shapes):
                trace(mask, leaf.moved(x, y + unit * depth * part, scale))
        return mask

    def windows(
        self, draw: ImageDraw.ImageDraw, line: list[Point], rng: Random, pane: float
    ) -> None:
        """Windows in rows below each roof; `pane` is their width in pixels."""
        for (x0, y0), (x1, y1) in pairwise(line):
            columns = int((x1 - x0) / (pane * 2.6)) if y0 == y1 else 0
            for spot in (n for n in range(columns * 14) if rng.random() < 0.16):
                x = x0 + (spot % columns + 0.5) * (x1 - x0) / columns - pane / 2
                y = y0 + pane * (2 + spot // columns * 3)
                draw.rectangle((x, y, x + pane, y + pane * 1.5), 255)

    def water(self, top: float, colour: Colour) -> None:
        """Water below `top` that mirrors what is above it, with glints below the sun or moon."""
        (w, h), y, rng = self.size, round(top * self.size[1]), self.rng("water")
        wet = self.scene.place != "city" or self.scene.weather in self.data["fall"]
        deep = lit(turned(colour, self.scene.tone / 2), self.light)
        bottom = mix(deep, lit((16, 20, 60), self.light), 0.4)
        base = ramp((w, h - y), mix(deep, self.sky[2], 0.5), deep, bottom)
        seen = ImageOps.flip(self.image.crop((0, 2 * y - h, w, y)))
        seen = seen.filter(ImageFilter.BoxBlur((self.unit / 60, self.unit / 300)))
        self.image.paste(Image.blend(seen, base, 0.52 if wet else 0.85), (0, y))
        mask, draw = self.sheet()
        for i in range(round((150 if wet else 12) * self.detail)):
            part = rng.random() ** 1.7
            x = (self.lamp_x + rng.gauss(0, 0.5 if i % 3 == 0 else 0.03 + 0.08 * part)) * w * 2
            long, thick = self.unit * (0.015 + 0.09 * part), self.unit * (0.0012 + 0.004 * part)
            at = (y + part * (h - y)) * 2
            draw.ellipse((x - long, at - thick, x + long, at + thick), 70 if i % 3 == 0 else 150)
        self.lay(mask, mix(self.sun, self.sky[2], 0.3))

    def weather(self) -> None:
        """What falls or drifts in front of everything."""
        (w, h), rng, unit = self.size, self.rng("weather"), self.unit
        if self.scene.weather == "fog":
            self.image.paste(self.sky[2], None, blotches(self.size, rng, 12, 0, 128).convert("L"))
        falls = self.data["fall"].get(self.scene.weather, [[]])
        for many, long, wide, blur, strength in (map(float, row) for row in falls if row):
            mask, draw = self.sheet()
            for _ in range(round(many * self.detail * w * h / unit**2)):
                x, y, size = (
                    rng.uniform(0, 2.2) * w,
                    rng.uniform(-0.1, 2) * h,
                    rng.uniform(0.6, 1.4),
                )
                ends = x, y, x - long * size * unit * 0.22, y + long * size * unit
                draw.line(ends, 255, max(1, round(wide * unit)))
                if not long:
                    draw.circle((x, y), wide * size * unit, 255)
            mask = mask.filter(ImageFilter.BoxBlur(blur * unit))
            self.lay(mask, lit(WHITE, mix(self.light, WHITE, 0.5)), strength=strength)
