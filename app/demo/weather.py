"""What falls or drifts in front of everything in the demo's pictures."""

from PIL import Image, ImageDraw, ImageFilter

from app.demo.backdrop import Backdrop
from app.demo.subjects import lit, mix


def weather(land: Backdrop) -> None:
    """What falls or drifts in front of everything."""
    FALLS.get(land.scene.weather, lambda _: None)(land)


def rain(land: Backdrop) -> None:
    """Two depths of slanting threads."""
    (w, h), rng = land.size, land.rng("rain")
    for many, long, wide, strength in ((420, 0.035, 1, 0.3), (110, 0.09, 2, 0.34)):
        mask = Image.new("L", (w * 2, h * 2))
        draw = ImageDraw.Draw(mask)
        for _ in range(round(many * land.detail * w * h / land.unit**2)):
            x, y, reach = (
                rng.random() * w * 2.2,
                rng.random() * h * 2.1 - h * 0.05,
                long * land.unit * rng.uniform(1, 2.4),
            )
            draw.line(
                (x, y, x - reach * 0.22, y + reach), 255, max(1, round(wide * land.unit / 620))
            )
        land.image.paste(
            mix(land.sky[2], (255, 255, 255), 0.6),
            None,
            mask.reduce(2).point(lambda v, s=strength: v * s),
        )


def snow(land: Backdrop) -> None:
    """Flakes of three depths, the nearest out of focus."""
    (w, h), rng = land.size, land.rng("snow")
    for many, radius, blur, strength in (
        (380, 0.0018, 0, 0.8),
        (130, 0.0036, 0, 0.85),
        (26, 0.011, 0.004, 0.6),
    ):
        mask = Image.new("L", (w, h))
        draw = ImageDraw.Draw(mask)
        for _ in range(round(many * land.detail * w * h / land.unit**2)):
            x, y, r = rng.random() * w, rng.random() * h, land.unit * radius * rng.uniform(0.6, 1.3)
            draw.ellipse((x - r, y - r, x + r, y + r), 255)
        mask = mask.filter(ImageFilter.BoxBlur(max(0.6, blur * land.unit)))
        land.image.paste(
            lit((255, 255, 255), mix(land.light, (255, 255, 255), 0.5)),
            None,
            mask.point(lambda v, s=strength: v * s),
        )


def fog(land: Backdrop) -> None:
    """Banks of haze, thickest near the ground."""
    (w, h), rng = land.size, land.rng("fog")
    small = Image.new("L", (24, 12))
    small.putdata(
        [rng.randrange(60, 255) if 4 < i // 24 < 11 else rng.randrange(90) for i in range(288)]
    )
    mask = small.resize((w, h), Image.Resampling.BICUBIC).point(lambda v: v * 0.42)
    land.image.paste(land.sky[2], None, mask)


FALLS = {"rain": rain, "storm": rain, "snow": snow, "fog": fog}
