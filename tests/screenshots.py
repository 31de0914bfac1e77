"""Makes the README's picture from the demo studio, so that it stays true: ``make screenshots``.

The app runs without a terminal; its cells are drawn with a monospace font of this machine, and
each picture with its own pixels at the cells that it takes, as a terminal with graphics does.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from rich.color import Color
from rich.segment import Segment

from app.api.gateway import OpenAIGateway
from app.demo.server import DemoServer
from app.domain.options import Action, Options
from app.imaging.decode import decode_scaled
from app.imaging.detection import Graphics
from app.storage.library import Library
from app.ui.app import SfumatoApp
from app.ui.widgets.card import TurnCard
from app.ui.widgets.picture import Picture
from app.ui.workshop import Workshop

FOLDER = Path(__file__).parent / "screenshots"
SIZE = (132, 40)
CELL = (10, 20)
FONT_SIZE = 16
FONTS = (
    "DejaVuSansMono.ttf",
    "DejaVuSansMono-Bold.ttf",
    "Menlo.ttc",
    "consola.ttf",
    "LiberationMono-Regular.ttf",
)
"""Looked for by name where the system keeps its fonts; the first one found is used."""
PROMPTS = (
    (Action.GENERATE, "a lighthouse on a cliff at sunset"),
    (Action.EDIT, "make it night, with a red balloon"),
)


def font() -> ImageFont.FreeTypeFont:
    """A monospace font of this machine. Raises OSError when there is none."""
    for name in FONTS:
        try:
            return ImageFont.truetype(name, FONT_SIZE)
        except OSError:
            continue
    raise OSError("No monospace font was found; install DejaVu Sans Mono.")


def rgb(color: Color | None, default: tuple[int, int, int]) -> tuple[int, int, int]:
    """A colour as three numbers; ``default`` where the terminal's own is meant."""
    if color is None or color.is_default:
        return default
    red, green, blue = color.get_truecolor()
    return red, green, blue


def draw_cells(app: SfumatoApp) -> Image.Image:
    """The screen's text and colours."""
    image = Image.new("RGB", (SIZE[0] * CELL[0], SIZE[1] * CELL[1]))
    brush = ImageDraw.Draw(image)
    letters = font()
    for row, strip in enumerate(app.screen._compositor.render_strips()):
        column = 0
        for segment in strip:
            draw_segment(brush, letters, segment, column, row)
            column += segment.cell_length
    return image


def draw_segment(
    brush: ImageDraw.ImageDraw,
    letters: ImageFont.FreeTypeFont,
    segment: Segment,
    column: int,
    row: int,
) -> None:
    """One run of cells in one style."""
    style = segment.style
    front = rgb(style.color if style else None, (230, 230, 230))
    back = rgb(style.bgcolor if style else None, (0, 0, 0))
    if style and style.reverse:
        front, back = back, front
    x, y = column * CELL[0], row * CELL[1]
    brush.rectangle((x, y, x + segment.cell_length * CELL[0] - 1, y + CELL[1] - 1), back)
    for letter in segment.text:
        if letter == "▌":
            brush.rectangle((x, y, x + CELL[0] // 2 - 1, y + CELL[1] - 1), front)
        elif letter != " ":
            brush.text((x, y), letter, front, letters)
            if style and style.bold:
                brush.text((x + 0.5, y), letter, front, letters)
        x += CELL[0]


def paste_pictures(app: SfumatoApp, image: Image.Image) -> None:
    """Each picture at its own pixels, as far as it is in view."""
    for card in app.studio.transcript.query(TurnCard):
        for widget, picture in zip(card.query(Picture), card.turn.pictures, strict=True):
            region = app.screen.find_widget(widget).region
            visible = region.intersection(app.studio.transcript.region)
            if not visible:
                continue
            width, height = region.width * CELL[0], region.height * CELL[1]
            scaled = decode_scaled(picture.path.read_bytes(), width, height).convert("RGB")
            top = (visible.y - region.y) * CELL[1]
            shown = scaled.crop((0, top, width, top + visible.height * CELL[1]))
            image.paste(shown, (visible.x * CELL[0], visible.y * CELL[1]))


async def take(path: Path) -> None:
    """Makes two turns on the demo studio and draws the screen into ``path``."""
    with tempfile.TemporaryDirectory() as home, DemoServer(delay=0) as server:
        os.environ["HOME"] = home
        library = Path(home) / ".local/share/sfumato"
        workshop = Workshop(
            open_library=lambda: Library(library),
            gateway=OpenAIGateway(base_url=server.base_url, api_key="demo"),
            graphics=Graphics(),
            options=Options(quality="high"),
            demo=True,
        )
        app = SfumatoApp(workshop)
        async with app.run_test(size=SIZE) as pilot:
            while app.studio.session is None:
                await pilot.pause(0.05)
            for action, prompt in PROMPTS:
                app.studio.set_action(action)
                app.studio.prompt.put(prompt)
                await pilot.press("enter")
                await pilot.pause(0.2)
                while app.studio.running_turn() is not None:
                    await pilot.pause(0.05)
            await pilot.pause(0.5)
            image = draw_cells(app)
            paste_pictures(app, image)
            await app.studio.shut()
    path.parent.mkdir(exist_ok=True)
    image.save(path, optimize=True)


if __name__ == "__main__":
    target = FOLDER / "studio.png"
    asyncio.run(take(target))
    sys.stdout.write(f"{target.relative_to(Path.cwd())}\n")
