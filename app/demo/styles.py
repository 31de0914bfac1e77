"""The styles of the demo's painter: each turns a finished picture into one made another way."""

from collections.abc import Callable
from math import cos, sin
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from app.demo.backdrop import ramp

PAPER = (250, 244, 230)
INK = (44, 38, 66)


def blotches(size: tuple[int, int], rng: Random, cells: int, low: int, high: int) -> Image.Image:
    """A gray picture that wanders softly between two values."""
    across = (cells, max(2, cells * size[1] // size[0]))
    small = Image.frombytes("L", across, rng.randbytes(across[0] * across[1]))
    small = small.point(lambda v: low + (high - low) * v / 255)
    return small.resize(size, Image.Resampling.BICUBIC)


def wobbled(image: Image.Image, rng: Random, reach: float) -> Image.Image:
    """The picture with every edge a little unsteady, as by hand; `reach` in pixels."""
    w, h, n = *image.size, 22
    xs, ys = [w * i // n for i in range(n + 1)], [h * i // n for i in range(n + 1)]
    push = {
        (i, j): (rng.uniform(-reach, reach), rng.uniform(-reach, reach))
        for i in range(n + 1)
        for j in range(n + 1)
    }
    mesh = []
    for i in range(n):
        for j in range(n):
            corners = ((i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j))
            quad = [v for c in corners for v in (xs[c[0]] + push[c][0], ys[c[1]] + push[c][1])]
            mesh.append(((xs[i], ys[j], xs[i + 1], ys[j + 1]), tuple(quad)))
    return image.transform(image.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def lines(image: Image.Image, fine: float, strength: float) -> Image.Image:
    """White lines where the picture changes; `fine` is their width in pixels."""
    narrow = image.filter(ImageFilter.BoxBlur(fine * 0.4))
    bands = ImageChops.subtract(image.filter(ImageFilter.BoxBlur(fine * 1.7)), narrow).split()
    found = ImageChops.lighter(ImageChops.lighter(*bands[:2]), bands[2])
    return found.point(lambda v: min(255, max(0, v - 5) * strength))


def melted(image: Image.Image) -> Image.Image:
    """The picture without its smallest details; worked out at half its size to be quick."""
    small = image.reduce(2).filter(ImageFilter.MedianFilter(3))
    return small.resize(image.size, Image.Resampling.BICUBIC)


def framed(image: Image.Image, rng: Random, margin: float, rough: float) -> Image.Image:
    """The picture on paper with an empty margin; `rough` is how uneven its edge is."""
    (w, h), unit = image.size, min(image.size)
    m, points = margin * unit, []
    sides = ((m, m, w - m, m), (w - m, m, w - m, h - m), (w - m, h - m, m, h - m), (m, h - m, m, m))
    for x0, y0, x1, y1 in sides:
        for i in range(60):
            jitter = [rng.gauss(0, rough * unit) for _ in range(2)]
            points.append(
                (x0 + (x1 - x0) * i / 60 + jitter[0], y0 + (y1 - y0) * i / 60 + jitter[1])
            )
    mask = Image.new("L", image.size)
    ImageDraw.Draw(mask).polygon(points, 255)
    mask = mask.filter(ImageFilter.GaussianBlur(unit / 500))
    return Image.composite(image, Image.new("RGB", image.size, PAPER), mask)


def watercolor(image: Image.Image, rng: Random) -> Image.Image:
    """Pigment that pools at edges and blooms between them, on rough paper."""
    unit = min(image.size)
    image = melted(wobbled(image, rng, unit / 330))
    edge = lines(image, unit / 260, 5).point(lambda v: 255 - v * 0.42)
    image = Image.blend(image, Image.new("RGB", image.size, PAPER), 0.2)
    image = ImageChops.multiply(image, Image.merge("RGB", [edge] * 3))
    for cells, spread in ((9, 52), (40, 26), (unit // 3, 20)):
        bloom = blotches(image.size, rng, cells, 128 - spread, 128 + spread)
        image = ImageChops.soft_light(image, Image.merge("RGB", [bloom] * 3))
    return framed(ImageEnhance.Color(image).enhance(1.2), rng, 0.045, 0.004)


def pixel(image: Image.Image, _rng: Random) -> Image.Image:
    """A grid of 128 squares on the longer side in 32 colours."""
    w, h = image.size
    across = max(1, round(w * 128 / max(w, h))), max(1, round(h * 128 / max(w, h)))
    small = ImageEnhance.Color(image.resize(across, Image.Resampling.BOX)).enhance(1.25)
    small = ImageEnhance.Contrast(small).enhance(1.12)
    flat = small.quantize(32, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return flat.convert("RGB").resize((w, h), Image.Resampling.NEAREST)


def hatch(size: tuple[int, int], step: float, lean: float) -> Image.Image:
    """Parallel strokes, white on black."""
    tile = Image.new("L", size)
    draw, x = ImageDraw.Draw(tile), -abs(lean) * size[1]
    while x < size[0] + abs(lean) * size[1]:
        draw.line((x, 0, x + lean * size[1], size[1]), 255, max(1, round(step / 4.5)))
        x += step
    return tile


def ink(image: Image.Image, rng: Random) -> Image.Image:
    """Outlines and three depths of hatching over a thin wash of colour."""
    unit = min(image.size)
    gray = ImageOps.autocontrast(image.convert("L").filter(ImageFilter.GaussianBlur(unit / 400)), 1)
    drawn = lines(image, unit / 330, 9)
    for limit, lean, step in ((128, 0.8, 95), (84, -0.7, 105), (46, 0.1, 120)):
        shade = gray.point(lambda v, m=limit: max(0, min(255, (m - v) * 6)))
        strokes = hatch(image.size, unit / step, lean)
        drawn = ImageChops.lighter(
            drawn, ImageChops.multiply(shade, strokes).point(lambda v: v * 0.8)
        )
    paper = Image.new("RGB", image.size, PAPER)
    washed = ImageChops.multiply(
        paper, Image.blend(image, Image.new("RGB", image.size, (255, 255, 255)), 0.72)
    )
    washed.paste(INK, None, wobbled(drawn, rng, unit / 500))
    return framed(washed, rng, 0.04, 0.003)


def neon(image: Image.Image, _rng: Random) -> Image.Image:
    """Tubes of light along every edge in a dark violet night."""
    unit = min(image.size)
    night = ImageChops.multiply(
        image, ramp(image.size, (84, 60, 170), (150, 76, 180), (70, 50, 140))
    )
    tubes = lines(ImageOps.autocontrast(image, 1), unit / 240, 13)
    hues = ramp(
        image.size, (70, 200, 255), (130, 110, 255), (255, 70, 200), (255, 120, 120), (60, 230, 230)
    )
    own = ImageEnhance.Color(image).enhance(3).point(lambda v: min(255, v * 1.3 + 40))
    light = ImageChops.multiply(Image.blend(hues, own, 0.35), Image.merge("RGB", [tubes] * 3))
    lamps = image.point(lambda v: max(0, v - 214) * 4)
    light = ImageChops.lighter(light, ImageChops.multiply(lamps, hues))
    small = light.resize((image.size[0] // 4, image.size[1] // 4), Image.Resampling.BOX)
    for radius, gain in ((unit / 320, 1.3), (unit / 90, 1.5)):
        bloom = small.filter(ImageFilter.GaussianBlur(radius)).resize(
            image.size, Image.Resampling.BICUBIC
        )
        night = ImageChops.screen(night, bloom.point(lambda v, g=gain: min(255, v * g)))
    return ImageChops.screen(night, light)


def oil(image: Image.Image, rng: Random) -> Image.Image:
    """Thousands of strokes, broad ones first and fine ones where there is something to see."""
    (w, h), unit = image.size, min(image.size)
    rich = ImageEnhance.Color(image).enhance(1.25)
    canvas = rich.filter(ImageFilter.GaussianBlur(unit / 90))
    detail = lines(image, unit / 150, 5).filter(ImageFilter.GaussianBlur(unit / 120)).tobytes()
    draw, colours = ImageDraw.Draw(canvas), rich.tobytes()
    for many, wide, least in ((1800, 0.016, 0), (5000, 0.008, 10), (15000, 0.0028, 26)):
        for _ in range(round(many * w * h / unit**2)):
            x, y = int(rng.random() * w), int(rng.random() * h)
            at = y * w + x
            if detail[at] < least:
                continue
            turn = 0.5 * sin(x / unit * 5) + 0.7 * cos(y / unit * 4) + rng.uniform(-0.3, 0.3)
            dx, dy = cos(turn) * wide * unit * 1.6, sin(turn) * wide * unit * 1.6
            bright = rng.randint(-11, 11)
            r, g, b = (max(0, min(255, c + bright)) for c in colours[at * 3 : at * 3 + 3])
            draw.line((x - dx, y - dy, x + dx, y + dy), (r, g, b), max(1, round(wide * unit)))
    relief = canvas.convert("L").filter(ImageFilter.EMBOSS).point(lambda v: (v - 128) * 0.8 + 128)
    return ImageChops.soft_light(canvas, Image.merge("RGB", [relief] * 3))


def noir(image: Image.Image, rng: Random) -> Image.Image:
    """Silver and black, with deep corners and coarse grain."""
    gray = ImageOps.autocontrast(image.convert("L"), (1, 3))
    gray = Image.blend(gray, ImageOps.equalize(gray), 0.2)
    corner = (
        Image.radial_gradient("L").point(lambda v: 255 - max(0, v - 70) * 1.1).resize(gray.size)
    )
    gray = ImageChops.multiply(gray, corner)
    gray = ImageChops.soft_light(gray, blotches(gray.size, rng, min(gray.size) // 2, 96, 160))
    return ImageOps.colorize(gray, (14, 14, 20), (250, 246, 238), (128, 126, 130))


def poster(image: Image.Image, rng: Random) -> Image.Image:
    """Nine flat inks, a broad paper margin and a thin line around."""
    (w, h), unit = image.size, min(image.size)
    flat = melted(image)
    flat = ImageEnhance.Contrast(ImageEnhance.Color(flat).enhance(1.35)).enhance(1.15)
    palette = flat.resize((160, 160)).quantize(9, Image.Quantize.MEDIANCUT)
    inks = flat.quantize(palette=palette, dither=Image.Dither.NONE).convert("RGB")
    inks = framed(inks.filter(ImageFilter.SMOOTH), rng, 0.055, 0)
    m = round(unit * 0.035)
    ImageDraw.Draw(inks).rectangle((m, m, w - m, h - m), outline=INK, width=max(1, unit // 300))
    return inks


def blueprint(image: Image.Image, _rng: Random) -> Image.Image:
    """White lines and a faint grid on blue."""
    (w, h), unit = image.size, min(image.size)
    sheet = ImageOps.colorize(image.convert("L"), (18, 44, 104), (52, 104, 178))
    draw, step = ImageDraw.Draw(sheet, "RGBA"), unit / 24
    for i in range(1, int(max(w, h) / step) + 1):
        tone = (255, 255, 255, 56 if i % 4 == 0 else 24)
        draw.line((i * step, 0, i * step, h), tone, max(1, unit // 900))
        draw.line((0, i * step, w, i * step), tone, max(1, unit // 900))
    sheet.paste((236, 244, 255), None, lines(image, unit / 360, 10))
    m = round(unit * 0.025)
    draw.rectangle((m, m, w - m, h - m), outline=(236, 244, 255, 230), width=max(1, unit // 260))
    return sheet


def photo(image: Image.Image, _rng: Random) -> Image.Image:
    """A camera's view: soft distance, bloom around lights, richer contrast."""
    w, h = image.size
    small = image.resize((max(1, w // 3), max(1, h // 3)), Image.Resampling.BOX)
    soft = small.filter(ImageFilter.GaussianBlur(min(w, h) / 420)).resize(
        (w, h), Image.Resampling.BICUBIC
    )
    near = ramp((w, h), (0, 0, 0), (60, 60, 60), (255, 255, 255), (255, 255, 255)).convert("L")
    image = Image.composite(image, soft, near)
    bloom = small.point(lambda v: max(0, v - 170) * 2).filter(
        ImageFilter.GaussianBlur(min(w, h) / 110)
    )
    image = ImageChops.screen(image, bloom.resize((w, h)).point(lambda v: v * 0.5))
    return ImageEnhance.Contrast(ImageEnhance.Color(image).enhance(0.9)).enhance(1.18)


STYLES: dict[str, Callable[[Image.Image, Random], Image.Image]] = {
    "none": lambda image, _: image,
    "watercolor": watercolor,
    "pixel": pixel,
    "ink": ink,
    "neon": neon,
    "oil": oil,
    "noir": noir,
    "poster": poster,
    "blueprint": blueprint,
    "photo": photo,
}
