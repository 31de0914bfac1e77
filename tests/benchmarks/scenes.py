"""The pictures of the benchmark: made on the spot, as hard to encode as photographs."""

from __future__ import annotations

from base64 import b64encode
from contextlib import closing
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from app.domain.conversation import Conversation, Status, Turn, new_id, now
from app.domain.generation import Final
from app.storage.library import Library

GRAIN = 1.5
"""Noise that makes a PNG about as large as that of a photograph, 1.4 bytes for each pixel."""
PROMPT = "A quiet harbour at dusk"


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture as a file, and as the text that a server sends."""

    file: Path
    text: Path
    width: int
    height: int

    @property
    def name(self) -> str:
        """Its size in words."""
        return f"{self.width}x{self.height}"


def photograph(width: int, height: int, number: int = 0) -> bytes:
    """A PNG of gradients, edges and grain; another for each number."""
    down = Image.linear_gradient("L")
    planes = (down.rotate(90), down, Image.radial_gradient("L"))
    image = Image.merge("RGB", [plane.resize((width, height)) for plane in planes])
    brush = ImageDraw.Draw(image)
    for step in range(24):
        place = (number * 131 + step * 7919) % (width * height)
        x, y, side = place % width, place // width, min(width, height) // (4 + step % 9)
        colour = (step * 37 % 256, place % 256, (255 - step * 9) % 256)
        brush.ellipse((x - side, y - side, x + side, y + side), fill=colour)
    grain = [Image.effect_noise((width, height), GRAIN) for _ in range(3)]
    noisy = ImageChops.add(image, Image.merge("RGB", grain), 1, -128)
    buffer = BytesIO()
    noisy.save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()


def scene(folder: Path, width: int, height: int) -> Scene:
    """A picture of this size, written to ``folder``."""
    data = photograph(width, height)
    made = Scene(folder / f"{width}.png", folder / f"{width}.txt", width, height)
    made.file.write_bytes(data)
    made.text.write_bytes(b64encode(data))
    return made


def gallery(folder: Path, count: int, side: int) -> tuple[str, list[Path]]:
    """A library with one conversation of so many square pictures: its id, and their files."""
    conversation, parent = Conversation(), None
    files: list[Path] = []
    with closing(Library(folder)) as library:
        for number in range(count):
            turn = Turn(
                id=new_id(), parent=parent, prompt=PROMPT, status=Status.DONE, finished=now()
            )
            final = Final(f"ig_{number}", photograph(side, side, number), revised_prompt=PROMPT)
            kept = library.keep(turn, final, format="png", width=side, height=side)
            turn = replace(turn, pictures=(kept,))
            conversation = conversation.with_turn(turn, move=True)
            library.save(conversation, turn)
            parent, files = turn.id, [*files, kept.path]
    return conversation.id, files
