"""The painter of the demo studio: a scene to a picture."""

from functools import cache
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from app.demo.backdrop import Backdrop
from app.demo.codec import encode, preview, scene_in
from app.demo.skies import sky
from app.demo.styles import STYLES
from app.demo.subjects import Brush, lit, mix, table
from app.demo.things import Scene, Thing
from app.demo.weather import weather

__all__ = ["encode", "paint", "preview", "scene_in"]

AIRBORNE = ("sky", "deep", "light")
DETAIL = {"low": 0.4, "medium": 0.8, "high": 1.4, "xhigh": 1.7, "max": 2.0}


def paint(
    scene: Scene,
    size: tuple[int, int],
    *,
    quality: str = "auto",
    transparent: bool = False,
    base: Image.Image | None = None,
) -> Image.Image:
    """The picture of a scene: RGB, or RGBA with nothing but its figures when transparent.

    `size` is in pixels. A `base` stays as the backdrop; time, weather and style are laid over it.
    """
    land = Backdrop(scene, _work_size(size, scene.style), DETAIL.get(quality, 1.0))
    if transparent:
        image = _alone(land)
    elif base is not None:
        image = _styled(land, _over(land, base))
    else:
        image = _styled(land, _scenery(land))
    sharp = Image.Resampling.NEAREST if scene.style == "pixel" else Image.Resampling.LANCZOS
    return image if image.size == size else image.resize(size, sharp)


def _styled(land: Backdrop, image: Image.Image) -> Image.Image:
    return STYLES[land.scene.style](image, land.rng("style"))


def _scenery(land: Backdrop) -> Image.Image:
    """The whole picture: from the sky to what falls in front of everything."""
    things = _sorted(land.scene)
    watery = any(row[0] == "water" for row in land.layers)
    afloat = [t for t in things if watery and table()[1][t.kind].habitat == "water"]
    sky(land)
    land.landscape(lambda: _place(land, afloat))
    _place(land, [t for t in things if t not in afloat])
    land.foreground()
    weather(land)
    return _finished(land.image)


def _over(land: Backdrop, photo: Image.Image) -> Image.Image:
    """A given picture in the scene's light, with the scene's figures and weather on it."""
    land.image = ImageOps.fit(photo.convert("RGB"), land.size)
    if land.scene.time or land.scene.weather:
        veil = Image.new("RGB", land.size, mix(land.light, (255, 255, 255), 0.15))
        air = Image.new("RGB", land.size, land.sky[1])
        land.image = Image.blend(ImageChops.multiply(land.image, veil), air, 0.12)
    _place(land, _sorted(land.scene, lights=True))
    weather(land)
    return land.image


def _alone(land: Backdrop) -> Image.Image:
    """The figures on nothing; the sun or moon only when there is nothing else."""
    scene = land.scene
    figures = Image.new("RGBA", land.size)
    _place(land, _sorted(scene) or _sorted(scene, lights=True), figures)
    if scene.style == "none":
        return figures
    alpha = figures.getchannel("A")
    plain = Image.new("RGBA", figures.size, (236, 230, 220, 255))
    plain.alpha_composite(figures)
    image = _styled(land, plain.convert("RGB"))
    if scene.style == "pixel":
        alpha = _styled(land, alpha.convert("RGB")).convert("L")
    image.putalpha(alpha)
    return image


def _work_size(size: tuple[int, int], style: str) -> tuple[int, int]:
    """The size to paint at; a very large or very small picture is scaled afterwards."""
    most = 2_200_000 if style in ("none", "photo", "noir") else 1_100_000
    part = min(1.0, (most / (size[0] * size[1])) ** 0.5)
    return max(64, round(size[0] * part)), max(64, round(size[1] * part))


def _sorted(scene: Scene, lights: bool = False) -> list[Thing]:
    """The figures from back to front; a painted sky has its sun or moon already."""
    kinds = table()[1]
    things = [t for t in scene.things if lights or kinds[t.kind].habitat != "light"]
    return sorted(things, key=_depth)


def _depth(thing: Thing) -> tuple[bool, float]:
    return table()[1][thing.kind].habitat not in (
        "sky",
        "deep",
    ), thing.y if thing.y > 0.6 else thing.size


def _place(land: Backdrop, things: list[Thing], layer: Image.Image | None = None) -> None:
    """Draw figures with their shadows, or without on a layer of their own."""
    for thing in things:
        _draw(land, thing, layer)


def _draw(land: Backdrop, thing: Thing, layer: Image.Image | None) -> None:
    colours, kinds = table()
    figure = kinds[thing.kind]
    light = mix(land.light, (255, 255, 255), 0.3)
    if figure.habitat == "far":
        light = mix(light, land.sky[2], 0.12)
    brush = Brush(thing.size * land.unit, thing.flip, light, land.lamp_x > thing.x)
    main = colours[thing.colour or figure.colour]
    brush.add(figure.shapes, main)
    for kind, colour in thing.wears:
        worn = kinds[kind]
        paint = colours.get(colour or worn.colour, main)
        brush.add(
            worn.shapes,
            paint,
            figure.head if worn.habitat == "wear" and figure.head else (50, 32, 1),
        )
    picture, (x0, y0) = brush.paint()
    height = thing.size * land.unit
    x = thing.x * land.size[0] + thing.dx * land.unit
    foot = thing.y * land.size[1] - thing.dy * land.unit
    if figure.habitat in AIRBORNE:
        foot += height / 2
    corner = round(x - x0), round(foot - height - y0)
    if layer is not None:
        overlay = Image.new("RGBA", layer.size)
        overlay.paste(picture, corner)
        layer.alpha_composite(overlay)
        return
    if figure.habitat == "water" and any(row[0] == "water" for row in land.layers):
        _mirrored(land, picture, corner, foot)
    elif figure.habitat not in (*AIRBORNE, "water") and not thing.dy:
        _shadowed(land, picture, corner, foot, thing)
    land.image.paste(picture, corner, picture)


def _mirrored(land: Backdrop, picture: Image.Image, corner: tuple[int, int], foot: float) -> None:
    """The mirror image of what floats, fading as it goes down."""
    above = picture.crop((0, 0, picture.size[0], max(1, round(foot) - corner[1])))
    below = ImageOps.flip(above).filter(ImageFilter.BoxBlur((0.5, land.unit / 260)))
    fade = ImageOps.flip(Image.linear_gradient("L")).resize(below.size)
    alpha = ImageChops.multiply(below.getchannel("A"), fade).point(lambda v: v * 0.55)
    land.image.paste(below.convert("RGB"), (corner[0], round(foot - land.unit * 0.006)), alpha)


def _shadowed(
    land: Backdrop, picture: Image.Image, corner: tuple[int, int], foot: float, thing: Thing
) -> None:
    """A long soft shadow away from the light, and a dark touch where the figure stands."""
    above = ImageOps.flip(
        picture.getchannel("A").crop((0, 0, picture.size[0], max(1, round(foot) - corner[1])))
    )
    long = {"day": 0.28, "": 0.28}.get(land.scene.time, 0.42)
    w, h = above.size[0], max(2, round(above.size[1] * long))
    lean = (0.9 if land.lamp_x < thing.x else -0.9) * (0.6 + abs(land.lamp_x - thing.x))
    reach = round(abs(lean) * h) + 12
    wide = Image.new("L", (w + 2 * reach, h + 24))
    wide.paste(above.resize((w, h)), (reach, 0))
    wide = wide.transform(
        wide.size, Image.Transform.AFFINE, (1, -lean, 0, 0, 1, 0), Image.Resampling.BILINEAR
    )
    wide = wide.filter(ImageFilter.GaussianBlur(land.unit / 300))
    dark = lit((42, 30, 76), mix(land.light, (255, 255, 255), 0.3))
    soft = 0.42 if land.scene.weather in ("", "clear") else 0.24
    land.image.paste(dark, (corner[0] - reach, round(foot) - 2), wide.point(lambda v: v * soft))
    width, tall = thing.size * land.unit * 0.34, thing.size * land.unit * 0.045
    touch = Image.new("L", (round(width * 2), round(tall * 4)))
    ImageDraw.Draw(touch).ellipse((width * 0.15, tall, width * 1.85, tall * 3), 120)
    x = thing.x * land.size[0] + thing.dx * land.unit
    land.image.paste(
        dark,
        (round(x - width), round(foot - tall * 2)),
        touch.filter(ImageFilter.GaussianBlur(tall / 1.6)),
    )


@cache
def _noise() -> Image.Image:
    """Grain: gray with a little chance in it."""
    grain = Image.frombytes("L", (512, 512), Random(5).randbytes(512 * 512))
    return grain.point(lambda v: 128 + (v - 128) * 0.11)


def _finished(image: Image.Image) -> Image.Image:
    """Fine grain, and corners a touch darker than the middle."""
    grain = Image.new("L", image.size)
    for x in range(0, image.size[0], 512):
        for y in range(0, image.size[1], 512):
            grain.paste(_noise(), (x, y))
    corner = (
        Image.radial_gradient("L").point(lambda v: 255 - max(0, v - 120) * 0.3).resize(image.size)
    )
    image = ImageChops.soft_light(image, Image.merge("RGB", [grain] * 3))
    return ImageChops.multiply(image, Image.merge("RGB", [corner] * 3))
