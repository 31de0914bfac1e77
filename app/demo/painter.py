"""The painter of the demo studio: a scene to a picture, and pictures that carry their scene."""

import struct
import warnings
import zlib
from io import BytesIO
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from app.demo.land import Backdrop, blotches
from app.demo.scene import Scene, Thing, blank, from_json, to_json
from app.demo.styles import STYLES
from app.demo.subjects import FINE, WHITE, Coat, Size, drawn, lit, mix, rgb, table

Base = Image.Image | None
AIRBORNE = ("sky", "deep", "light")
DETAIL = {"low": 0.4, "medium": 0.8, "high": 1.4, "xhigh": 1.7, "max": 2.0}
MOST_PIXELS = 1_100_000  # a larger picture is scaled up at the end
NOTE_TAG, MOST_NOTE = 0x010E, 20_000  # EXIF's description of the picture
BROKEN = (OSError, ValueError, SyntaxError, TypeError, LookupError, EOFError, ArithmeticError)
WORSE = (RuntimeError, AttributeError, struct.error, zlib.error, Image.DecompressionBombError)


def paint(
    scene: Scene, size: Size, *, quality: str = "auto", transparent: bool = False, base: Base = None
) -> Image.Image:
    """The picture of a scene: RGB, or RGBA with nothing but its figures when transparent.

    `size` is in pixels. A `base` stays as the backdrop; time, weather and style are laid over it.
    """
    part = min(1.0, (MOST_PIXELS / (size[0] * size[1])) ** 0.5)
    work = max(64, round(size[0] * part)), max(64, round(size[1] * part))
    land, outline = Backdrop(scene, work, DETAIL.get(quality, 1.0)), Image.new("L", work)
    things = sorted(scene.things, key=lambda t: t.y if t.y > 0.6 else t.size / 4)
    if transparent:
        land.image.paste((236, 230, 220), (0, 0, *work))
        for thing in [t for t in things if t.figure.habitat != "light"] or things:
            figure, *_ = _figure(land, thing)
            land.image.paste(figure, None, figure)
            outline = ImageChops.lighter(outline, figure.getchannel("A"))
    elif base is not None:
        land.image = ImageOps.fit(base.convert("RGB"), work)
        veil = mix(land.light, land.sky[1], 0.15) if scene.time or scene.weather else WHITE
        land.image = ImageChops.multiply(land.image, Image.new("RGB", work, veil))
        _place(land, things)
        land.weather()
    else:
        _scenery(land, things)
    image = STYLES[scene.style](land.image, land.rng("style"))
    if transparent:
        image.putalpha(outline)
    sharp = Image.Resampling.NEAREST if scene.style == "pixel" else Image.Resampling.LANCZOS
    return image if image.size == size else image.resize(size, sharp)


def _scenery(land: Backdrop, things: list[Thing]) -> None:
    """The whole picture: from the sky to what falls in front of everything."""
    lights = [t for t in things if t.figure.habitat == "light"]
    afloat = [t for t in things if t.figure.habitat == "water" and land.wet]
    rest = [t for t in things if t not in (*lights, *afloat)]
    land.distance()
    clear = land.image.copy()
    _place(land, lights)
    land.image = Image.blend(clear, land.image, land.clear)
    land.clouds()
    for index, row in enumerate(land.layers):
        if row[0] == "water":
            land.water(float(row[1]), rgb(row[4]))
            _place(land, afloat)
        else:
            if float(row[3]) < 0:
                _place(land, rest)
                rest = []
            land.layer(index, *row)
    _place(land, rest)
    land.weather()
    corner = Image.radial_gradient("L").point(lambda v: 255 - max(0, v - 120) * 0.3)
    image = ImageChops.multiply(land.image, corner.resize(land.size).convert("RGB"))
    land.image = ImageChops.soft_light(image, blotches(land.size, Random(5), land.size[0], 14))


def _place(land: Backdrop, things: list[Thing]) -> None:
    """Draw figures with their shadows, or their mirror images on water."""
    for thing in things:
        picture, x, foot = _figure(land, thing)
        if thing.figure.habitat == "water" and land.wet:
            upside_down = (1, 0, 0, 0, -1, 2 * foot - land.unit / 80)
            mirrored = picture.transform(land.size, Image.Transform.AFFINE, upside_down)
            land.image.paste(mirrored, None, mirrored.getchannel("A").point(lambda v: v * 0.3))
        elif thing.figure.habitat not in AIRBORNE and not thing.dy:
            _shadow(land, thing, picture.getchannel("A"), x, foot)
        land.image.paste(picture, None, picture)


def _shadow(land: Backdrop, thing: Thing, outline: Image.Image, x: float, foot: float) -> None:
    """A long soft shadow away from the light, and a dark touch where the figure stands."""
    long = 0.28 if land.scene.time in ("", "day") else 0.42
    lean = (0.9 if land.lamp_x < thing.x else -0.9) * (0.6 + abs(land.lamp_x - thing.x))
    away = (1, -lean, lean * foot, 0, -1 / long, foot + foot / long)
    shade = outline.transform(outline.size, Image.Transform.AFFINE, away, Image.Resampling.BILINEAR)
    wide, tall = thing.size * land.unit * 0.29, thing.size * land.unit * 0.045
    touch = Image.new("L", land.size)
    ImageDraw.Draw(touch).ellipse((x - wide, foot - tall, x + wide, foot + tall), 120)
    dark, soft = lit((42, 30, 76), mix(land.light, WHITE, 0.3)), 0.24 + 0.18 * (land.clear == 1)
    shade = shade.filter(ImageFilter.GaussianBlur(land.unit / 300)).point(lambda v: v * soft)
    land.image.paste(dark, None, shade)
    land.image.paste(dark, None, touch.filter(ImageFilter.GaussianBlur(tall / 1.6)))


def _figure(land: Backdrop, thing: Thing) -> tuple[Image.Image, float, float]:
    """A layer with a figure and what it wears, and the middle of its foot in pixels."""
    (colours, kinds), own = table(), thing.figure
    down = thing.size / 2 if own.habitat in AIRBORNE else -thing.dy
    x = thing.x * land.size[0] + thing.dx * land.unit
    foot = thing.y * land.size[1] + down * land.unit
    scale, side = FINE * thing.size * land.unit / 100, -1 if thing.flip else 1
    main = land.sun if own.habitat == "light" else colours[thing.colour or own.colour]
    coats = list[Coat]()
    for figure, colour in (
        (own, main),
        *((kinds[kind], colours.get(c)) for kind, c in thing.wears),
    ):
        # What is worn is drawn for a head at 50, 32 of its box.
        hx, hy, part = (own.head if figure.habitat == "wear" else None) or (50, 32, 1)
        at = x * FINE + (hx - 50) * scale * side, foot * FINE - (100 - hy - 68 * part) * scale
        for shape in figure.shapes:
            for turn in (side, -side)[: 1 + shape.code.endswith("*")]:
                moved = shape.moved(*at, scale * part, turn)
                coats.append((moved, colour or colours.get(figure.colour, main)))
    light = mix(land.light, WHITE, 0.3)
    return drawn(land.size, coats, light, land.lamp_x > thing.x), x, foot


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
    exif, out, note = Image.Exif(), BytesIO(), to_json(scene)
    exif[NOTE_TAG] = note if len(note) < MOST_NOTE else to_json(blank())
    image = image.convert("RGB") if format == "jpeg" else image
    image.save(out, format, exif=exif, quality=max(1, compression), method=2, compress_level=3)
    return out.getvalue()


def scene_in(data: bytes) -> Scene | None:
    """The scene that `encode` put into a file; None for any other bytes, however broken."""
    try:
        with warnings.catch_warnings(action="ignore"):  # Pillow warns of what is broken, too
            note = (
                Image.open(BytesIO(data), formats=("PNG", "JPEG", "WEBP")).getexif().get(NOTE_TAG)
            )
    except (*BROKEN, *WORSE):
        return None
    return from_json(note) if isinstance(note, str) else None
