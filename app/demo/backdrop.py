"""The demo painter's landscapes: sky, ridges that fade with distance, water, weather."""

from collections.abc import Callable
from colorsys import hsv_to_rgb, rgb_to_hsv
from functools import cache
from math import sin
from pathlib import Path
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from app.demo.ridges import GROWTH, Ground, ridge
from app.demo.subjects import Colour, halo, lit, mix, rgb
from app.demo.things import Scene

WHITE = (255, 255, 255)


@cache
def table() -> tuple[dict[str, list[Colour]], dict[str, list[str]], dict[str, list[list[str]]]]:
    """Skies as five colours, airs as three words, places as rows of words."""
    text = Path(__file__).with_name("places.txt").read_text("utf-8").replace("\n |", " |")
    rows = [row.split("|") for row in text.splitlines() if row and row[0] != "#"]
    heads = [(row[0].split(), [part.split() for part in row[1:]]) for row in rows]
    skies = {h[1]: [rgb(code) for code in h[2:]] for h, _ in heads if h[0] == "sky"}
    airs = {h[1]: h[2:] for h, _ in heads if h[0] == "air"}
    return skies, airs, {h[1]: [h[2:], *layers] for h, layers in heads if h[0] == "place"}


def ramp(size: tuple[int, int], *stops: Colour) -> Image.Image:
    """A tile that runs from the first colour at its top to the last at its bottom."""
    column = Image.new("RGB", (1, len(stops)))
    column.putdata(stops)
    box = (0, 0.5, 1, len(stops) - 0.5)
    return column.resize((1, size[1]), Image.Resampling.BILINEAR, box).resize(size)


def turned(colour: Colour, degrees: float) -> Colour:
    """The colour with its hue turned."""
    h, s, v = rgb_to_hsv(*(c / 255 for c in colour))
    r, g, b = (round(c * 255) for c in hsv_to_rgb((h + degrees / 360) % 1, s, v))
    return r, g, b


class Backdrop:
    """One landscape in the making: `image` is the picture so far, `unit` its shorter side."""

    def __init__(self, scene: Scene, size: tuple[int, int], detail: float) -> None:
        """`detail` scales how much there is to see in it (1 is the usual)."""
        skies, airs, places = table()
        self.scene, self.size, self.detail, self.unit = scene, size, detail, min(size)
        (code, *_), *self.layers = places.get(scene.place, [["#86a860"]])
        *sky, light, sun = skies[scene.time or "day"]
        sky = [turned(c, scene.tone * 0.5) for c in sky]
        air, part, bright = airs.get(scene.weather, ("#ffffff", "0", "1"))
        gray = lit(rgb(air), mix(light, sky[2], 0.35))
        self.sky = [mix(c, gray, float(part)) for c in sky]
        if scene.place == "underwater":
            self.sky = [lit(rgb(c), light) for c in ("#a8e6dc", "#48aebc", "#1f7390")]
        self.sun = turned(sun, scene.tone / 3)
        self.light = mix((0, 0, 0), light, float(bright))
        near = turned(rgb(code), scene.tone)
        snowy = scene.weather == "snow" and scene.place not in ("city", "underwater", "room")
        self.near = lit(mix(near, (240, 246, 252), 0.82) if snowy else near, self.light)
        lamp = next((t for t in scene.things if t.kind in ("sun", "moon")), None)
        self.lamp_x = lamp.x if lamp else (0.24, 0.78)[scene.seed % 2]
        self.image = Image.new("RGB", size)

    def rng(self, name: str) -> Random:
        """Chance that is the same for each picture of this composition."""
        return Random(f"{self.scene.seed} {name}")

    def landscape(self, afloat: Callable[[], None]) -> None:
        """All ground and water behind the figures; `afloat` draws what swims, before the shore."""
        for index, row in enumerate(self.layers):
            if row[0] == "water":
                self.water(float(row[1]), rgb(row[4]))
                afloat()
            elif float(row[3]) >= 0:
                self.layer(index, row)

    def foreground(self) -> None:
        """The dark plants in front of the figures."""
        for index, row in enumerate(self.layers):
            if float(row[3]) < 0:
                self.layer(index, row)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """A soft round light; x, y in parts of the picture, radius in pixels."""
        side = max(2, round(radius * 2))
        mask = halo().resize((side, side)).point(lambda v: v * strength)
        self.image.paste(
            colour, (round(x * self.size[0] - radius), round(y * self.size[1] - radius)), mask
        )

    def spot(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1) -> None:
        """A round disc, as `glow`."""
        side = max(2, round(radius * 2))
        mask = Image.new("L", (side * 4, side * 4))
        ImageDraw.Draw(mask).ellipse((0, 0, side * 4 - 1, side * 4 - 1), round(255 * strength))
        self.image.paste(
            colour,
            (round(x * self.size[0] - radius), round(y * self.size[1] - radius)),
            mask.reduce(4),
        )

    def layer(self, index: int, row: list[str]) -> None:
        """One ridge with what grows on it, from its top to the bottom of the picture."""
        form, growth = row[0], row[4] if len(row) > 4 else ""
        top, tall, far = (float(n) for n in row[1:4])
        rng, (w, h) = self.rng(f"{index} {form}"), self.size
        line = ridge(form, rng, (w * 2, h * 2), top, tall)
        start = max(0, int(min(y for _, y in line) / 2 - self.unit * 0.26))
        if start >= h:
            return
        line = [(x, y - start * 2) for x, y in line]
        far, colour = self.tone(index, far)
        grow, when = GROWTH.get(growth, (None, ""))
        land = Ground(line, self.unit * 2, rng, 1 - far)
        mask = Image.new("L", (w * 2, (h - start) * 2))
        draw = ImageDraw.Draw(mask)
        if grow and when != "over":
            grow(draw, land)
        if when == "behind":
            dark = mix(colour, lit((30, 44, 70), self.light), 0.2)
            self.lay(mask, start, dark, mix(colour, self.sky[2], 0.2))
            draw.rectangle((0, 0, *mask.size), 0)
        draw.polygon([*line, (w * 2.1, mask.size[1]), (-w * 0.1, mask.size[1])], 255)
        shadow = lit((40, 26, 84), self.light)
        deep = mix(colour, self.sky[2], 0.45) if far > 0.3 else mix(colour, shadow, 0.3)
        self.lay(mask, start, mix(colour, self.sun, 0.1), deep, rim=far >= 0)
        if grow and when == "over":
            for accent in self.accents(growth, colour, far):
                marks = Image.new("L", mask.size)
                grow(ImageDraw.Draw(marks), land)
                self.lay(ImageChops.multiply(marks, mask), start, accent, accent)

    def tone(self, index: int, far: float) -> tuple[float, Colour]:
        """How far a layer seems in this weather, and its colour."""
        ground = self.near
        if self.scene.place == "dream":
            step = (16, -18, 30, -34, 52)[self.scene.seed % 5]
            ground = turned(ground, self.scene.seed % 360 + step * index)
            ground = mix(ground, (52, 36, 96), 0.1 * index)
        if far < 0:
            return far, mix(ground, lit((34, 26, 66), self.light), -far * 1.8)
        if self.scene.weather == "fog":
            far = 0.3 + 0.7 * far
        return far, mix(ground, self.sky[2], far * 0.92)

    def accents(self, growth: str, colour: Colour, far: float) -> list[Colour]:
        """The colours of what lies over a ridge of this colour."""
        panes = [(255, 214, 130), (255, 236, 190), (255, 150, 150), (130, 220, 236)]
        lamps = {"night": panes, "dusk": panes[:3], "sunset": panes[:2]}
        petals = (250, 236, 200), turned((236, 110, 120), self.scene.seed % 90 - 20), (248, 200, 90)
        own = {
            "windows": lamps.get(self.scene.time, [mix(colour, (255, 246, 220), 0.4)]),
            "caps": [mix(lit((252, 250, 255), self.light), self.sky[2], far * 0.6)],
            "flowers": [lit(mix(petal, colour, 0.15), self.light) for petal in petals],
        }
        return own.get(growth, [mix(colour, lit((50, 34, 80), self.light), 0.25)])

    def lay(
        self, mask: Image.Image, start: int, top: Colour, bottom: Colour, rim: bool = False
    ) -> None:
        """Colour the mask (drawn at twice the size) from top to bottom, with light on its edge."""
        small = mask.reduce(2)
        box = small.getbbox()
        if not box:
            return
        small = small.crop(box)
        at = box[0], box[1] + start
        tall = max(small.size[1], round(self.unit * 0.12))
        self.image.paste(
            ramp((small.size[0], tall), top, bottom).crop((0, 0, *small.size)), at, small
        )
        if rim:
            edge = ImageChops.subtract(small, ImageChops.offset(small, 0, max(1, self.unit // 260)))
            self.image.paste(self.sun, at, edge.point(lambda v: v * 0.3))

    def water(self, top: float, colour: Colour) -> None:
        """Water below `top` that mirrors what is above it."""
        w, h = self.size
        y = round(top * h)
        deep = lit(turned(colour, self.scene.tone / 2), self.light)
        small = (max(8, w // 4), max(8, (h - y) // 4))
        seen = ImageOps.flip(self.image.crop((0, max(0, 2 * y - h), w, y))).resize(small)
        strips = [
            (0, round(small[1] * i / 40), small[0], round(small[1] * (i + 1) / 40))
            for i in range(40)
        ]
        sway = [sin(i * 2.4) * w * 0.0006 * i**0.6 for i in range(40)]
        mesh = [
            (b, (b[0] + d, b[1], b[0] + d, b[3], b[2] + d, b[3], b[2] + d, b[1]))
            for b, d in zip(strips, sway, strict=True)
            if b[3] > b[1]
        ]
        seen = seen.transform(small, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR).filter(
            ImageFilter.GaussianBlur(1.2)
        )
        base = ramp(
            (w, h - y),
            mix(deep, self.sky[2], 0.5),
            deep,
            mix(deep, lit((16, 20, 60), self.light), 0.4),
        )
        wet = self.scene.place != "city" or self.scene.weather in ("rain", "storm", "snow")
        self.image.paste(Image.blend(seen.resize(base.size), base, 0.52 if wet else 0.85), (0, y))
        self.ripples(y, wet)

    def ripples(self, y: int, wet: bool) -> None:
        """Glints on water, most of them below the sun or moon."""
        (w, h), rng = self.size, self.rng("ripples")
        mask = Image.new("L", (w * 2, (h - y) * 2))
        draw = ImageDraw.Draw(mask)
        for i in range(round((150 if wet else 12) * self.detail)):
            part = rng.random() ** 1.7
            spread = 0.5 if i % 3 == 0 else 0.03 + 0.08 * part
            x = (self.lamp_x + rng.gauss(0, spread)) * w * 2
            cy, long, thick = (
                part * (h - y) * 2,
                self.unit * (0.015 + 0.09 * part),
                self.unit * (0.0012 + 0.004 * part),
            )
            draw.ellipse((x - long, cy - thick, x + long, cy + thick), 70 if i % 3 == 0 else 150)
        self.image.paste(mix(self.sun, self.sky[2], 0.3), (0, y), mask.reduce(2))
