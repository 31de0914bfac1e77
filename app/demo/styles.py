"""The styles of the demo's painter: each turns a finished picture into one made another way."""

from collections.abc import Callable
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from app.demo.land import blotches, ramp

PAPER, INK = (250, 244, 230), (44, 38, 66)


def lines(image: Image.Image, fine: float, strength: float) -> Image.Image:
    """White lines where the picture changes; `fine` is their width in pixels."""
    narrow = image.filter(ImageFilter.BoxBlur(fine * 0.4))
    bands = ImageChops.subtract(image.filter(ImageFilter.BoxBlur(fine * 1.7)), narrow).split()
    found = ImageChops.lighter(ImageChops.lighter(*bands[:2]), bands[2])
    return found.point(lambda v: max(0, v - 5) * strength)


def framed(image: Image.Image, rng: Random) -> Image.Image:
    """The picture on paper with an empty margin and a torn edge."""
    (w, h), unit, mask = image.size, min(image.size), Image.new("L", image.size)
    ImageDraw.Draw(mask).rectangle((unit / 25, unit / 25, w - unit / 25, h - unit / 25), 255)
    torn = blotches(image.size, rng, round(w / unit * 70), 68).convert("L")
    mask = ImageChops.add(mask.filter(ImageFilter.BoxBlur(unit / 80)), torn, 2)
    paper = Image.new("RGB", image.size, PAPER)
    return Image.composite(image, paper, mask.point(lambda v: (v - 120) * 16))


def watercolor(image: Image.Image, rng: Random) -> Image.Image:
    """Pigment that pools at edges and blooms between them, on rough paper."""
    unit, small = min(image.size), image.reduce(2).filter(ImageFilter.MedianFilter(3))
    image = small.resize(image.size, Image.Resampling.BICUBIC)
    edge = lines(image, unit / 260, 5).point(lambda v: 255 - v * 0.42).convert("RGB")
    image = Image.blend(image, Image.new("RGB", image.size, PAPER), 0.2)
    image = ImageEnhance.Color(ImageChops.multiply(image, edge)).enhance(1.2)
    for cells, spread in ((9, 52), (40, 26), (unit // 3, 20)):
        image = ImageChops.soft_light(image, blotches(image.size, rng, cells, spread))
    return framed(image, rng)


def pixel(image: Image.Image, _rng: Random) -> Image.Image:
    """A grid of 128 squares on the longer side in 32 colours."""
    w, h = (max(1, round(n * 128 / max(image.size))) for n in image.size)
    small = ImageEnhance.Color(image.resize((w, h), Image.Resampling.BOX)).enhance(1.25)
    small = ImageEnhance.Contrast(small).enhance(1.12)
    flat = small.quantize(32, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return flat.convert("RGB").resize(image.size, Image.Resampling.NEAREST)


def ink(image: Image.Image, rng: Random) -> Image.Image:
    """Outlines and three depths of hatching over a thin wash of colour."""
    (w, h), unit = image.size, min(image.size)
    gray = ImageOps.autocontrast(image.convert("L").filter(ImageFilter.GaussianBlur(unit / 400)), 1)
    drawn = lines(image, unit / 330, 9)
    for limit, lean, many in ((128, 0.8, 95), (84, -0.7, 105), (46, 0.1, 120)):
        strokes, step = Image.new("L", image.size), unit / many
        for x in (i * step for i in range(-round(h / step), round((w + h) / step))):
            ImageDraw.Draw(strokes).line((x, 0, x + lean * h, h), 200, max(1, round(step / 4.5)))
        dark = gray.point([(limit - v) * 6 for v in range(256)])
        drawn = ImageChops.lighter(drawn, ImageChops.multiply(dark, strokes))
    washed = Image.blend(image, Image.new("RGB", image.size, PAPER), 0.76)
    washed.paste(INK, None, drawn)
    return framed(washed, rng)


def neon(image: Image.Image, _rng: Random) -> Image.Image:
    """Tubes of light along every edge in a dark violet night."""
    unit, violet = min(image.size), ((84, 60, 170), (150, 76, 180), (70, 50, 140))
    stops = (70, 200, 255), (130, 110, 255), (255, 70, 200), (255, 120, 120), (60, 230, 230)
    tubes = lines(ImageOps.autocontrast(image, 1), unit / 240, 13).convert("RGB")
    bright = ImageChops.lighter(tubes, image.point(lambda v: max(0, v - 214) * 4))
    own = ImageEnhance.Color(image).enhance(3).point(lambda v: v * 1.3 + 40)
    light = ImageChops.multiply(bright, Image.blend(ramp(image.size, *stops), own, 0.35))
    night = ImageChops.multiply(image, ramp(image.size, *violet))
    for radius in (unit / 320, unit / 90):
        bloom = light.reduce(4).filter(ImageFilter.GaussianBlur(radius)).point(lambda v: v * 1.4)
        night = ImageChops.screen(night, bloom.resize(image.size, Image.Resampling.BICUBIC))
    return ImageChops.screen(night, light)


def noir(image: Image.Image, rng: Random) -> Image.Image:
    """Silver and black with grain."""
    gray = ImageOps.autocontrast(image.convert("L"), (1, 3)).convert("RGB")
    return ImageChops.overlay(gray, blotches(image.size, rng, min(image.size) // 2, 40))


Style = Callable[[Image.Image, Random], Image.Image]
STYLES: dict[str, Style] = {f.__name__: f for f in (watercolor, pixel, ink, neon, noir)}
STYLES["none"] = lambda image, _: image
