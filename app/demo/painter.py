"""The painter of the demo studio: a scene to a picture, and pictures that carry their scene."""

import struct
import warnings
import zlib
from io import BytesIO
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from app.demo.land import Backdrop, blotches
from app.demo.scene import Scene, Thing, from_json, to_json
from app.demo.styles import STYLES, pixel
from app.demo.subjects import FINE, WHITE, Colour, Shape, drawn, lit, mix, table

AIRBORNE = ("sky", "deep", "light")
DETAIL = {"low": 0.4, "medium": 0.8, "high": 1.4, "xhigh": 1.7, "max": 2.0}
MOST_PIXELS = 1_100_000  # a larger picture is scaled up at the end
NOTE_TAG = 0x010E  # EXIF's description of the picture
BROKEN = (OSError, ValueError, SyntaxError, TypeError, LookupError, EOFError, ArithmeticError)
WORSE = (RuntimeError, AttributeError, struct.error, zlib.error, Image.DecompressionBombError)


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
    part = min(1.0, (MOST_PIXELS / (size[0] * size[1])) ** 0.5)
    work = max(64, round(size[0] * part)), max(64, round(size[1] * part))
    land, outline = Backdrop(scene, work, DETAIL.get(quality, 1.0)), None
    things = sorted(scene.things, key=lambda t: t.y if t.y > 0.6 else t.size / 4)
    if transparent:
        outline = _alone(land, [t for t in things if t.figure.habitat != "light"] or things)
    elif base is not None:
        _over(land, things, base)
    else:
        _scenery(land, things)
    image = STYLES[scene.style](land.image, land.rng("style"))
    if outline:
        image.putalpha(outline)
    sharp = Image.Resampling.NEAREST if scene.style == "pixel" else Image.Resampling.LANCZOS
    return image if image.size == size else image.resize(size, sharp)


def _scenery(land: Backdrop, things: list[Thing]) -> None:
    """The whole picture: from the sky to what falls in front of everything."""
    lights = [t for t in things if t.figure.habitat == "light"]
    afloat = [t for t in things if t.figure.habitat == "water" and land.wet]
    land.distance()
    clear = land.image.copy()
    _place(land, lights)
    land.image = Image.blend(clear, land.image, land.clear)
    land.clouds()
    land.ground(lambda: _place(land, afloat))
    _place(land, [t for t in things if t not in (*lights, *afloat)])
    land.ground(None)
    land.weather()
    corner = Image.radial_gradient("L").point(lambda v: 255 - max(0, v - 120) * 0.3)
    grain = blotches(land.size, Random(5), land.size[0], 114, 142)
    image = ImageChops.multiply(land.image, corner.resize(land.size).convert("RGB"))
    land.image = ImageChops.soft_light(image, grain)


def _over(land: Backdrop, things: list[Thing], photo: Image.Image) -> None:
    """A given picture in the scene's light, with the scene's figures and weather on it."""
    land.image = ImageOps.fit(photo.convert("RGB"), land.size)
    if land.scene.time or land.scene.weather:
        veil = Image.new("RGB", land.size, mix(land.light, WHITE, 0.15))
        air = Image.new("RGB", land.size, land.sky[1])
        land.image = Image.blend(ImageChops.multiply(land.image, veil), air, 0.12)
    _place(land, things)
    land.weather()


def _alone(land: Backdrop, things: list[Thing]) -> Image.Image:
    """The figures on plain paper; gives the mask that cuts them out."""
    figures = Image.new("RGBA", land.size)
    for thing in things:
        figures.alpha_composite(_figure(land, thing))
    land.image.paste((236, 230, 220), (0, 0, *land.size))
    land.image.paste(figures, None, figures)
    outline = figures.getchannel("A")
    if land.scene.style == "pixel":
        return pixel(outline.convert("RGB"), Random(0)).convert("L")
    return outline


def _place(land: Backdrop, things: list[Thing]) -> None:
    """Draw figures with their shadows, or their mirror images on water."""
    for thing in things:
        picture, (_, foot) = _figure(land, thing), _foot(land, thing)
        if thing.figure.habitat == "water" and land.wet:
            upside_down = (1, 0, 0, 0, -1, 2 * foot - land.unit / 80)
            mirrored = picture.transform(land.size, Image.Transform.AFFINE, upside_down)
            land.image.paste(mirrored, None, mirrored.getchannel("A").point(lambda v: v * 0.3))
        elif thing.figure.habitat not in AIRBORNE and not thing.dy:
            _shadow(land, thing, picture.getchannel("A"))
        land.image.paste(picture, None, picture)


def _foot(land: Backdrop, thing: Thing) -> tuple[float, float]:
    """Where the middle of the foot of a figure's box is, in pixels."""
    down = thing.size / 2 if thing.figure.habitat in AIRBORNE else -thing.dy
    x, y = thing.x * land.size[0], thing.y * land.size[1]
    return x + thing.dx * land.unit, y + down * land.unit


def _figure(land: Backdrop, thing: Thing) -> Image.Image:
    """A layer with a figure and what it wears."""
    (colours, kinds), figure, (x, foot) = table(), thing.figure, _foot(land, thing)
    scale, side = FINE * thing.size * land.unit / 100, -1 if thing.flip else 1
    main = land.sun if figure.habitat == "light" else colours[thing.colour or figure.colour]
    coats = list[tuple[Shape, Colour]]()
    for kind, colour in ((thing.kind, thing.colour), *thing.wears):
        paint = colours.get(colour or kinds[kind].colour, main) if coats else main
        # What is worn is drawn for a head at 50, 32 of its box.
        hx, hy, part = (figure.head if kinds[kind].habitat == "wear" else None) or (50, 32, 1)
        at = x * FINE + (hx - 50) * scale * side, foot * FINE - (100 - hy - 68 * part) * scale
        for shape in kinds[kind].shapes:
            for turn in (side, -side)[: 1 + shape.code.endswith("*")]:
                coats.append((shape.moved(*at, scale * part, turn), paint))
    light = mix(land.light, WHITE, 0.3)
    return drawn(land.size, coats, light, land.lamp_x > thing.x)


def _shadow(land: Backdrop, thing: Thing, outline: Image.Image) -> None:
    """A long soft shadow away from the light, and a dark touch where the figure stands."""
    x, foot = _foot(land, thing)
    long = 0.28 if land.scene.time in ("", "day") else 0.42
    lean = (0.9 if land.lamp_x < thing.x else -0.9) * (0.6 + abs(land.lamp_x - thing.x))
    away = (1, -lean, lean * foot, 0, -1 / long, foot + foot / long)
    shade = outline.transform(outline.size, Image.Transform.AFFINE, away, Image.Resampling.BILINEAR)
    shade = shade.filter(ImageFilter.GaussianBlur(land.unit / 300))
    wide, tall = thing.size * land.unit * 0.29, thing.size * land.unit * 0.045
    touch = Image.new("L", land.size)
    ImageDraw.Draw(touch).ellipse((x - wide, foot - tall, x + wide, foot + tall), 120)
    dark, soft = lit((42, 30, 76), mix(land.light, WHITE, 0.3)), 0.24 + 0.18 * (land.clear == 1)
    land.image.paste(dark, None, shade.point(lambda v: v * soft))
    land.image.paste(dark, None, touch.filter(ImageFilter.GaussianBlur(tall / 1.6)))


def preview(image: Image.Image, step: int, steps: int) -> Image.Image:
    """A coarse picture of the same size; step 0 is the coarsest, steps - 1 the sharpest."""
    across = max(1, min(image.width, 240 // 3 ** max(0, steps - 1 - step)))
    coarse = across, max(1, across * image.height // image.width)
    return image.resize(coarse, Image.Resampling.BOX).resize(image.size, Image.Resampling.BICUBIC)


def encode(
    image: Image.Image,
    scene: Scene,
    *,
    format: str = "png",  # noqa: A002
    compression: int = 100,
) -> bytes:
    """The bytes of a png, jpeg or webp file with the scene inside; compression is 0 to 100."""
    exif, out = Image.Exif(), BytesIO()
    exif[NOTE_TAG] = to_json(scene)
    image = image.convert("RGB") if format == "jpeg" else image
    image.save(out, format, exif=exif, quality=max(1, compression), method=2, compress_level=3)
    return out.getvalue()


def scene_in(data: bytes) -> Scene | None:
    """The scene that `encode` put into a file; None for any other bytes, however broken."""
    try:
        with warnings.catch_warnings(action="ignore"):  # Pillow warns of what is broken, too
            image = Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP"))
            note = image.getexif().get(NOTE_TAG)
    except (*BROKEN, *WORSE):
        return None
    return from_json(note) if isinstance(note, str) else None
