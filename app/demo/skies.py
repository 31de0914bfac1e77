"""What is farther away than the ground in the demo's pictures: skies, clouds, walls, space."""

from math import sin

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from app.demo.backdrop import Backdrop, ramp, turned
from app.demo.subjects import lit, mix, shade
from app.demo.subjects import table as figures


def outdoors(land: Backdrop) -> None:
    """Stars, the sun or moon, and clouds."""
    scene, unit = land.scene, land.unit
    dim = 0.35 if scene.weather in ("rain", "storm", "fog", "snow") else 1.0
    many = {"night": 260, "dusk": 50}.get(scene.time, 0) * dim
    stars(land, many if scene.place != "space" else 500)
    for thing in scene.things:
        if thing.kind in ("sun", "moon"):
            radius = thing.size * unit / 2
            land.glow(thing.x, thing.y, radius * 6, land.sun, 0.62 * dim)
            land.glow(thing.x, thing.y, radius * 2.4, land.sun, 0.6 * dim)
            land.spot(thing.x, thing.y, radius, land.sun, dim)
            for dx, dy, r in (
                (-0.3, -0.2, 0.2),
                (0.25, 0.3, 0.26),
                (0.3, -0.35, 0.13),
                (-0.35, 0.4, 0.1),
            ):
                if thing.kind == "moon":
                    x, y = (
                        thing.x + dx * radius / land.size[0],
                        thing.y + dy * radius / land.size[1],
                    )
                    land.spot(x, y, r * radius, mix(land.sun, land.sky[1], 0.3), 0.6 * dim)
    clouds(land)
    if scene.weather == "storm":
        bolt(land)


def stars(land: Backdrop, many: float) -> None:
    """Points of light in the upper part of the sky, a few of them with a glow."""
    (w, h), rng = land.size, land.rng("stars")
    mask = Image.new("L", (w * 2, h * 2))
    draw = ImageDraw.Draw(mask)
    for i in range(round(many * land.detail)):
        x, y, r = rng.random(), rng.random() ** 1.4 * 0.7, land.unit * rng.uniform(0.0008, 0.0026)
        draw.ellipse(
            (x * w * 2 - r, y * h * 2 - r, x * w * 2 + r, y * h * 2 + r), rng.randint(90, 255)
        )
        if i % 24 == 0:
            land.glow(x, y, land.unit * 0.014, (255, 250, 230), 0.8)
    land.image.paste((255, 250, 236), None, mask.reduce(2))


def bolt(land: Backdrop) -> None:
    """One flash of lightning."""
    (w, h), rng = land.size, land.rng("bolt")
    x, y = rng.uniform(0.15, 0.85) * w, 0.0
    land.glow(x / w, 0.2, land.unit * 0.5, (214, 220, 255), 0.5)
    path = [(x, y)]
    while y < h * 0.46:
        x, y = x + rng.uniform(-0.05, 0.05) * land.unit, y + rng.uniform(0.02, 0.06) * land.unit
        path.append((x, y))
    mask = Image.new("L", land.size)
    ImageDraw.Draw(mask).line(path, 255, max(2, land.unit // 200), joint="curve")
    land.image.paste(
        (250, 248, 255), None, ImageChops.lighter(mask, mask.filter(ImageFilter.GaussianBlur(2)))
    )


def clouds(land: Backdrop) -> None:
    """Clouds with a bright crown and a base that melts into the sky."""
    scene, (w, h), rng = land.scene, land.size, land.rng("clouds")
    many = {"clouds": 11, "rain": 12, "storm": 15, "clear": 0, "snow": 7}.get(scene.weather, 4)
    white = mix(lit((255, 252, 248), land.light), land.sky[1], 0.25 if scene.time == "day" else 0.5)
    for _ in range(many + (9 if scene.place == "sky" else 0)):
        wide, x, y = (
            land.unit * rng.uniform(0.18, 0.5),
            rng.random() * w,
            rng.uniform(0.04, 0.42) * h,
        )
        if scene.place == "sky":
            y = rng.uniform(0.05, 0.95) * h
        tall = wide * rng.uniform(0.2, 0.36)
        mask = Image.new("L", (round(wide) * 2, round(tall) * 2))
        draw = ImageDraw.Draw(mask)
        for part in (i / 7 for i in range(8)):
            r = tall * (0.35 + 0.6 * sin(part * 3.1) * rng.uniform(0.6, 1))
            cx = r + (wide * 2 - 2 * r) * part
            draw.ellipse((cx - r, tall * 2 - r * 1.9, cx + r, tall * 2 + r * 0.4), 255)
        fade = ImageOps.flip(Image.linear_gradient("L")).resize(mask.size)
        land.image.paste(
            white, (round(x - wide / 2), round(y)), ImageChops.multiply(mask, fade).reduce(2)
        )


def indoors(land: Backdrop) -> None:
    """A plain wall in a colour that suits the first figure, with light from a window on it."""
    scene, (w, h), rng = land.scene, land.size, land.rng("wall")
    colours, kinds = figures()
    hero = scene.things[0] if scene.things else None
    own = colours.get(hero.colour or kinds[hero.kind].colour) if hero else None
    wall = turned(
        mix(own or (200, 90, 70), (255, 255, 255), 0.1), rng.choice((150, 180, 205)) + scene.tone
    )
    pale = lit(mix(mix(wall, (150, 150, 150), 0.45), (255, 248, 236), 0.42), land.light)
    land.image.paste(ramp(land.size, mix(pale, (60, 50, 90), 0.14), pale, mix(pale, land.sun, 0.3)))
    if scene.place == "studio":
        land.glow(0.5, 0.52, land.unit * 0.85, lit((255, 252, 244), land.light), 0.6)
        floor = ramp(
            (w, h - round(h * 0.78)), mix(pale, (50, 40, 80), 0.16), mix(pale, (255, 250, 240), 0.2)
        )
        fade = ramp(floor.size, (0, 0, 0), (200, 200, 200), (255, 255, 255)).convert("L")
        land.image.paste(floor, (0, round(h * 0.78)), fade)
        return
    beams(
        land,
        [
            [(x, y), (x + 0.15, y - 0.03), (x + 0.11, y + 0.19), (x - 0.04, y + 0.22)]
            for x in (land.lamp_x - 0.18, land.lamp_x)
            for y in (0.14, 0.4)
        ],
        0.012,
        0.5,
    )


def beams(
    land: Backdrop, shapes: list[list[tuple[float, float]]], soft: float, strength: float
) -> None:
    """Soft-edged light in the shape of polygons, in parts of the picture."""
    w, h = (max(8, n // 4) for n in land.size)
    mask = Image.new("L", (w, h))
    for shape in shapes:
        ImageDraw.Draw(mask).polygon([(x * w, y * h) for x, y in shape], round(255 * strength))
    mask = mask.filter(ImageFilter.GaussianBlur(soft * min(w, h)))
    land.image.paste(land.sun, None, mask.resize(land.size))


def deep(land: Backdrop) -> None:
    """Rays from the surface of the water, and bubbles."""
    rng = land.rng("rays")
    rays = [(rng.uniform(-0.2, 1), rng.uniform(0.03, 0.12)) for _ in range(7)]
    beams(
        land,
        [
            [(x, -0.1), (x + wide, -0.1), (x + wide * 3 + 0.3, 0.9), (x + 0.25, 0.9)]
            for x, wide in rays
        ],
        0.04,
        0.22,
    )
    for _ in range(26):
        land.spot(
            rng.random(),
            rng.random() * 0.8,
            land.unit * rng.uniform(0.002, 0.009),
            (230, 250, 250),
            0.45,
        )


def cosmos(land: Backdrop) -> None:
    """Glowing clouds of gas, many stars and a large planet."""
    rng = land.rng("cosmos")
    land.image.paste(ramp(land.size, (10, 8, 34), (28, 20, 66), (64, 36, 96)))
    for i in range(9):
        colour = turned((206, 84, 170), rng.choice((-70, -40, 0, 30)) + land.scene.tone)
        land.glow(
            i / 8,
            0.55 - 0.4 * i / 8 + rng.uniform(-0.15, 0.15),
            land.unit * rng.uniform(0.2, 0.45),
            colour,
            0.34,
        )
    stars(land, 520)
    x, y, radius = land.lamp_x, rng.uniform(0.2, 0.3), round(land.unit * rng.uniform(0.1, 0.16))
    land.glow(x, y, radius * 1.7, (255, 214, 180), 0.4)
    ball = shade(
        (radius * 2, radius * 2),
        rng.choice(((230, 150, 104), (214, 110, 120), (120, 150, 214), (238, 200, 140))),
        (255, 255, 255),
        land.lamp_x < 0.5,
    )
    mask = Image.new("L", (radius * 8, radius * 8))
    ImageDraw.Draw(mask).ellipse((0, 0, radius * 8 - 1, radius * 8 - 1), 255)
    land.image.paste(
        ball, (round(x * land.size[0]) - radius, round(y * land.size[1]) - radius), mask.reduce(4)
    )


def dream(land: Backdrop) -> None:
    """Large pale discs in a sky of the scene's own hue."""
    rng = land.rng("dream")
    outdoors(land)
    for _ in range(5):
        colour = turned(land.near, rng.randrange(360))
        land.spot(
            rng.random(),
            rng.uniform(0.05, 0.5),
            land.unit * rng.uniform(0.03, 0.17),
            mix(colour, land.sky[1], 0.35),
            0.6,
        )


SETTINGS = {"room": indoors, "studio": indoors, "underwater": deep, "space": cosmos, "dream": dream}


def sky(land: Backdrop) -> None:
    """Everything that is farther away than the ground."""
    land.image.paste(ramp(land.size, *land.sky))
    SETTINGS.get(land.scene.place, outdoors)(land)
