"""What a terminal keeps of kitty's pictures, and what a placeholder on the screen shows of them."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

from PIL import Image

from app.imaging.kitty import PLACEHOLDER, diacritics
from tests.terminal.grid import Cell

CHUNK = 4096
QUOTA = 320 * 10**6
NUMBERS = {mark: number for number, mark in enumerate(diacritics())}
_CONTINUING = {"m", "q", "i"}
_CHANNELS = {"24": 3, "32": 4}


@dataclass(frozen=True)
class KittyPicture:
    """A picture in the terminal's memory, placed virtually on ``columns`` x ``rows`` cells."""

    image_id: int
    columns: int
    rows: int
    kind: str
    size: tuple[int, int]
    data: bytes

    @property
    def cost(self) -> int:
        """Bytes of the decoded picture."""
        return self.size[0] * self.size[1] * _CHANNELS.get(self.kind, 4)

    @cached_property
    def image(self) -> Image.Image:
        """The picture as it was sent, RGBA."""
        if self.kind == "100":
            return Image.open(BytesIO(self.data)).convert("RGBA")
        mode = "RGB" if self.kind == "24" else "RGBA"
        return Image.frombytes(mode, self.size, self.data).convert("RGBA")


@dataclass(frozen=True, slots=True)
class Place:
    """Which cell of which picture a placeholder stands for."""

    image_id: int
    column: int
    row: int


class KittyStore:
    """Uploads and deletions. What a real terminal might forgive is written down as a fault."""

    def __init__(self, faults: list[str]) -> None:
        self.pictures: dict[int, KittyPicture] = {}
        self.uploads = 0
        """Pictures that arrived whole."""
        self.given_up = 0
        """Uploads that were ended in the middle."""
        self._faults = faults
        self._head: dict[str, str] | None = None
        self._chunks: list[str] = []
        self._heard: set[int] = set()

    @property
    def busy(self) -> bool:
        """Whether an upload has begun and not ended."""
        return self._head is not None

    def command(self, body: str) -> None:
        """One APC: ``G`` + keys + ``;`` + payload."""
        if not body.startswith("G"):
            self._faults.append(f"an APC that is no picture: {body[:20]!r}")
            return
        keys, _, payload = body[1:].partition(";")
        control = dict(pair.partition("=")[::2] for pair in keys.split(",") if pair)
        if control.get("q") != "2":
            self._faults.append(f"kitty would answer to {keys!r}")
        if self._head is not None and control.keys() <= _CONTINUING:
            self._more(control, payload)
        elif self._head is not None:
            self._faults.append(f"{keys!r} inside an unfinished upload")
            self._head = None
        elif control.get("a") == "d":
            self._delete(control)
        elif control.get("a") == "T":
            self._begin(control, payload)
        else:
            self._faults.append(f"no upload goes before {keys!r}")

    def _begin(self, control: dict[str, str], payload: str) -> None:
        wanted = {"i", "c", "r", "f"} - control.keys()
        if wanted:
            self._faults.append(f"an upload without {', '.join(sorted(wanted))}")
            return
        if control.get("U") != "1":
            self._faults.append("an upload that is placed at the cursor")
        if control.get("t", "d") != "d":
            self._faults.append(f"an upload by t={control['t']}: a file of this machine")
        self._head, self._chunks = control, []
        self._heard.add(int(control["i"]))
        self._more(control, payload)

    def _more(self, control: dict[str, str], payload: str) -> None:
        last = control.get("m", "0") == "0"
        if len(payload) > CHUNK:
            self._faults.append(f"a chunk of {len(payload)} bytes")
        if not last and len(payload) % 4:
            self._faults.append(f"a chunk of {len(payload)} bytes in the middle")
        self._chunks.append(payload)
        if last:
            head, self._head = self._head or {}, None
            if not payload and len(self._chunks) > 1:
                self.given_up += 1
            else:
                self._keep(head, "".join(self._chunks))

    def _keep(self, head: dict[str, str], encoded: str) -> None:
        """A whole upload; an empty last chunk would have given it up instead."""
        try:
            data = base64.b64decode(encoded, validate=True)
            data = zlib.decompress(data) if head.get("o") == "z" else data
            size = self._size(head, data)
        except (binascii.Error, zlib.error, OSError, ValueError) as error:
            self._faults.append(f"the upload of {head['i']} is damaged: {error}")
            return
        number = int(head["i"])
        where = (int(head["c"]), int(head["r"]))
        self.pictures[number] = KittyPicture(number, *where, head["f"], size, data)
        self.uploads += 1
        if sum(picture.cost for picture in self.pictures.values()) > QUOTA:
            self._faults.append("more pictures than kitty keeps")

    def _size(self, head: dict[str, str], data: bytes) -> tuple[int, int]:
        if head["f"] == "100":
            image = Image.open(BytesIO(data))
            image.load()
            return image.size
        size = (int(head.get("s", 0)), int(head.get("v", 0)))
        if len(data) != size[0] * size[1] * _CHANNELS[head["f"]]:
            raise ValueError(f"{len(data)} bytes for {size[0]}x{size[1]}")
        return size

    def _delete(self, control: dict[str, str]) -> None:
        number = int(control.get("i", 0))
        if control.get("d") != "I":
            self._faults.append(f"d={control.get('d')} frees no memory")
        elif number not in self._heard:
            self._faults.append(f"picture {number} is freed, but was never sent")
        else:
            self._heard.discard(number)
            self.pictures.pop(number, None)


def places(line: Sequence[Cell]) -> list[Place | None]:
    """What each cell of a row shows of kitty's pictures, by the protocol's rules of inheritance."""
    found: list[Place | None] = []
    before: Place | None = None
    for at, cell in enumerate(line):
        here: Place | None = None
        if cell.text.startswith(PLACEHOLDER):
            same = at > 0 and cell.style.fg == line[at - 1].style.fg
            here = _place(cell, before if same else None)
        found.append(here)
        before = here
    return found


def _place(cell: Cell, left: Place | None) -> Place:
    """One placeholder; ``left`` is its neighbour where that has the same colour."""
    marks = [NUMBERS.get(mark, -1) for mark in cell.text[1:]]
    row, column, high = (*marks, None, None, None)[:3]
    if left is not None and row in (None, left.row) and column in (None, left.column + 1):
        row, column = left.row, left.column + 1
        high = left.image_id >> 24 if high is None else high
    return Place((high or 0) << 24 | _low(cell), column or 0, row or 0)


def _low(cell: Cell) -> int:
    """The id's lower bytes, from the colour of the text."""
    colour = cell.style.fg
    if isinstance(colour, tuple):
        return colour[0] << 16 | colour[1] << 8 | colour[2]
    return colour or 0
