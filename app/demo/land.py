"""The demo painter's landscapes: sky, ridges that fade with distance, water, weather."""

from collections.abc import Sequence
from math import cos, pi, sin
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from app.demo import subjects
from app.demo.scene import LAMPS, Scene
from app.demo.subjects import FINE, WHITE, Colour, Point, Size, lit, mix, rgb, shape, trace, turned

Line = Sequence[Point]
Mask = Image.Image
CELL = 0.024  # the grid that houses and their windows stand on, in parts of the shorter side
INDOORS = ("room", "studio")


def ramp(size: Size, *stops: Colour) -> Image.Image:
    """A tile that runs from the first colour at its top to the last at its bottom."""
    column = Image.new("RGB", (1, len(stops)))
    column.putdata(stops)
    box = (0, 0.5, 1, len(stops) - 0.5)
    return column.resize((1, size[1]), Image.Resampling.BILINEAR, box).resize(size)


def blotches(size: Size, rng: Random, cells: int, spread: int) -> Image.Image:
    """A picture that wanders around middle gray, softly when it has few cells across."""
    across = (cells, max(2, cells * size[1] // size[0]))
    small = Image.frombytes("L", across, rng.randbytes(across[0] * across[1]))
    small = small.point(lambda v: 128 + (v - 128) * spread / 128)
    return small.resize(size, Image.Resampling.BICUBIC).convert("RGB")


def ridge(form: str, rng: Random, size: Size, top: float, tall: float) -> list[Point]:
    """A line from left to right in pixels; `top` is its mean height, `tall` how far it swings."""
    (wide, high), finer, line = size, 2.0 if form == "peak" else 1.7, list[Point]()
    waves = [(rng.uniform(0, 9), rng.uniform(1.9, 3.0) * finer**k, 0.5**k) for k in range(5)]
    for part in (i / 200 for i in range(-2, 203)):
        lift = 0.0
        for phase, pace, much in waves[: 5 if form == "peak" else 3]:
            wave = sin((part * wide / min(size) * pace + phase) * pi / 2)
            folded = {"peak": 1 - 2 * abs(wave), "dune": 0.5 - abs(sin(wave * 1.2))}
            lift += folded.get(form, wave / 2) * much
        if form == "head":
            edge = max(0.0, part - 0.44 - tall)
            lift = lift / 2 - edge * (1.2 + 30 * edge + rng.uniform(-0.8, 0.8)) * 2 / tall
        line.append((part * wide, (top - lift * tall * 0.5) * high))
    return line


def roofs(_: str, rng: Random, size: Size, top: float, tall: float) -> list[Point]:
    """As `ridge`: flat roofs with gaps, highest at both sides, whose walls stand on a grid."""
    cell, x, line = min(size) * CELL, 0.0, list[Point]()
    while x < size[0]:
        arch, end = cos((x / size[0] - 0.5) * 2 * pi) / 4, x + cell * rng.choice((3, 4, 5))
        y = round((top + (rng.uniform(-0.5, 0.5) + arch) * tall) * size[1] / cell) * cell
        line += [
            (x, y),
            (end - cell / 5, y),
            (end - cell / 5, y + cell * 1.4),
            (end, y + cell * 1.4),
        ]
        x = end
    return line


class Backdrop:
    """One landscape in the making: `image` is the picture so far, `unit` its shorter side."""

    def __init__(self, scene: Scene, size: Size, detail: float) -> None:
        """`detail` scales how much there is to see in it (1 is the usual)."""
        self.data, self.scene, self.size = subjects.rows("places.txt"), scene, size
        self.detail, self.unit, self.image = detail, min(size), Image.new("RGB", size)
        (code, twist), *self.layers = self.data["land"].get(scene.place, [["86a860", "0"]])
        *sky, light, sun = map(rgb, self.data["sky"][scene.time or "day"][0])
        air, *amounts = self.data["air"][scene.weather or "fair"][0]
        part, bright, self.clear, self.cloudy = map(float, amounts)
        if own := self.data["sky"].get(scene.place):
            sky, self.cloudy = [lit(rgb(code), light) for code in own[0]], 0
        if scene.place in INDOORS and scene.things:  # a wall whose hue is opposite to the figure's
            hero, colours = scene.things[0], subjects.table()[0]
            wall = turned(colours[hero.colour or hero.figure.colour], 170)
            sky = [mix(colour, lit(wall, light), 0.3) for colour in sky]
        gray = lit(rgb(air), mix(light, sky[2], 0.35))
        self.sky = [mix(turned(colour, scene.tone * 0.5), gray, part) for colour in sky]
        self.sun, self.light = turned(sun, scene.tone / 3), mix((0, 0, 0), light, bright)
        near, self.twist = turned(rgb(code), scene.tone), float(twist)
        snowy = scene.weather == "snow" and scene.place not in (*INDOORS, "city", "underwater")
        self.near = lit(mix(near, (240, 246, 252), 0.82) if snowy else near, self.light)
        lamps = [t.x for t in scene.things if t.kind in LAMPS]
        self.lamp_x = [*lamps, (0.24, 0.78)[scene.seed % 2]][0]
        self.wet = any(row[0] == "water" for row in self.layers)

    def rng(self, name: str) -> Random:
        """Chance that is the same for each picture of this composition."""
        return Random(f"{self.scene.seed} {name}")

    def sheet(self) -> Mask:
        """An empty mask of FINE times the picture's size."""
        return Image.new("L", (self.size[0] * FINE, self.size[1] * FINE))

    def lay(self, mask: Image.Image, *colours: Colour, strength: float = 1, rim: float = 0) -> None:
        """Colour a sheet from top to bottom, and its upper edge with sunlight."""
        mask = mask.reduce(FINE).point(lambda v: v * strength)
        if box := mask.getbbox():
            mask = mask.crop(box)
            tile = ramp((mask.width, max(mask.height, self.unit // 8)), *colours)
            self.image.paste(tile.crop((0, 0, *mask.size)), box[:2], mask)
            above = ImageChops.offset(mask, 0, max(1, self.unit // 260))
            edge = ImageChops.subtract(mask, above).point(lambda v: v * rim)
            self.image.paste(self.sun, box[:2], edge)

    def distance(self) -> None:
        """The sky or the wall, with its beams of light, nebula and stars."""
        scene, mask, (w, h) = self.scene, self.sheet(), self.size
        self.image.paste(ramp(self.size, *self.sky))
        (soft, strength), beams = self.data["beam"].get(scene.place, [["0", "0"], []])
        for code in beams:
            trace(mask, shape(code).moved(self.lamp_x * w * FINE + h, h * FINE, h * FINE / 100))
        mask = mask.filter(ImageFilter.GaussianBlur(float(soft) * self.unit * FINE))
        self.lay(mask, self.sun, strength=float(strength))
        if scene.place == "space":
            nebula = blotches(self.size, self.rng("nebula"), 4, 128).convert("L")
            self.image.paste((110, 36, 110), None, nebula)
        stars = scene.place if scene.place in self.data["sky"] else scene.time
        self.lay(self.scattered(stars), (255, 250, 236), strength=0.8 * self.clear)

    def clouds(self) -> None:
        """Clouds with a bright crown and a base that melts into the sky."""
        white, soft = lit((255, 252, 248), self.light), self.unit / 9
        mask = self.scattered("cumulus", much=self.cloudy)
        inside = ImageChops.offset(mask.filter(ImageFilter.BoxBlur(soft)), 0, round(soft))
        crowns = ImageChops.subtract(mask, inside)
        self.lay(crowns, mix(white, self.sky[1], 0.25 if self.scene.time == "day" else 0.5))

    def weather(self) -> None:
        """What falls or drifts in front of everything."""
        if self.scene.weather == "fog":
            banks = blotches(self.size, self.rng("fog"), 12, 90).convert("L")
            self.image.paste(self.sky[2], None, banks.point(lambda v: v * 0.45))
        white = lit(WHITE, mix(self.light, WHITE, 0.5))
        self.lay(self.scattered(self.scene.weather), white, strength=0.5)

    def scattered(self, name: str, line: Line = (), near: float = 0.5, much: float = 1) -> Mask:
        """A sheet with many of what the data calls so, along a line or anywhere; large in front."""
        mask, unit, rng = self.sheet(), self.unit * FINE, self.rng(f"{name} {near}")
        facts, *kinds = self.data["grow"].get(name, [["0"] * 4])
        (many, small, large, depth), wide = map(float, facts[:4]), mask.width
        shapes = [[shape(code) for code in codes] for codes in kinds]
        for _ in range(round(many * much * self.detail * wide / unit)):
            part = rng.random() ** 1.3
            x, y = rng.choice(line) if line else (rng.random() * wide * 1.1, 0)
            y += (unit if line else mask.height) * depth * (part if line else rng.random())
            scale = unit * (small + (large - small) * part) * (0.5 + near) / 100
            scale *= 1 + 6 * (x / wide - 0.5) ** 2 if near > 1 else 1
            for one in rng.choice(shapes):
                trace(mask, one.moved(x, y, scale))
        return mask

    def layer(self, index: int, form: str, *facts: str) -> None:
        """One ridge with what grows on it, from its top to the bottom of the picture."""
        (top, tall, far), name = map(float, facts[:3]), "".join(facts[3:])
        (w, h), unit, mask = (n * FINE for n in self.size), self.unit * FINE, self.sheet()
        line = (roofs if form == "wall" else ridge)(
            form, self.rng(str(index)), mask.size, top, tall
        )
        ImageDraw.Draw(mask).polygon([*line, (w * 1.1, h), (-w, h)], 255)
        veil = 0.3 + 0.7 * far if self.scene.weather == "fog" else far
        colour, shadow = turned(self.near, self.twist * index), lit((40, 26, 84), self.light)
        colour = mix(mix(colour, self.sky[2], max(0, veil) * 0.92), shadow, max(0, -far) * 1.8)
        mode, blend, *codes = self.data["grow"].get(name, [["0", "0", "0", "0", "", "0"]])[0][4:]
        deep = mix(colour, self.sky[2], 0.45) if far > 0.3 else mix(colour, shadow, 0.3)
        plants = self.scattered(name, line, 1 - far)
        if mode == "behind":
            dark = mix(colour, lit((30, 44, 70), self.light), 0.2)
            self.lay(plants, dark, mix(colour, self.sky[2], 0.2))
        elif mode == "with":
            mask = ImageChops.lighter(mask, plants)
        self.lay(mask, mix(colour, self.sun, 0.1), deep, rim=0.3 * (far >= 0))
        lamps = name == "windows" and self.scene.time in ("sunset", "dusk", "night")
        if name == "windows":
            line = [(x * CELL * unit, y * CELL * unit) for x in range(100) for y in range(45)]
        for n, own in enumerate(map(rgb, codes)):
            marks = self.scattered(name, line, 1 - far - n / 100)
            if name == "caps":  # snow, as thick as it is high above the mean
                below = ImageChops.offset(mask, round(h / 40), round(tall * h / 4))
                marks = ImageChops.subtract(mask, below)
                marks.paste(0, (0, round(top * h), w, h))
            pale = mix(lit(own, self.light), self.sky[2], max(0, far) * 0.6)
            own = own if lamps else mix(pale, colour, float(blend))
            self.lay(ImageChops.multiply(marks, mask), own)

    def water(self, top: float, colour: Colour) -> None:
        """Water below `top` that mirrors what is above it, with glints below the sun or moon."""
        (w, h), y, rng = self.size, round(top * self.size[1]), self.rng("water")
        wet = self.scene.place != "city" or self.scene.weather in self.data["grow"]
        deep = lit(turned(colour, self.scene.tone / 2), self.light)
        bottom = mix(deep, lit((16, 20, 60), self.light), 0.4)
        base = ramp((w, h - y), mix(deep, self.sky[2], 0.5), deep, bottom)
        seen = ImageOps.flip(self.image.crop((0, 2 * y - h, w, y)))
        seen = seen.filter(ImageFilter.BoxBlur((self.unit / 60, self.unit / 300)))
        self.image.paste(Image.blend(seen, base, 0.52 if wet else 0.85), (0, y))
        mask = self.sheet()
        for i in range(round((150 if wet else 12) * self.detail)):
            part = rng.random() ** 1.7
            x = (self.lamp_x + rng.gauss(0, 0.5 if i % 3 == 0 else 0.03 + 0.08 * part)) * w * 2
            long, thick = self.unit * (0.015 + 0.09 * part), self.unit * (0.0012 + 0.004 * part)
            at = (y + part * (h - y)) * 2
            ends = (x - long, at - thick, x + long, at + thick)
            ImageDraw.Draw(mask).ellipse(ends, 70 if i % 3 == 0 else 150)
        self.lay(mask, mix(self.sun, self.sky[2], 0.3))
