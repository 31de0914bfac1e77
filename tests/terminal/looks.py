"""Whether the terminal shows the pictures that it should, cell by cell, and no trace of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import cast

from PIL import Image

from app.ui.widgets.picture import Picture
from tests.imaging.pictures import near
from tests.terminal.drawing import drawn
from tests.terminal.harness import Window
from tests.terminal.model import TerminalModel
from tests.terminal.shown import KittyCell, Shown, TextCell

Level = tuple[int, int, int]


def original_of(picture: Picture) -> Image.Image:
    """The picture that a widget was given, decoded by Pillow alone."""
    source = picture._source
    assert source is not None
    return Image.open(BytesIO(source) if isinstance(source, bytes) else source).convert("RGB")


def wrong(
    window: Window,
    expected: Callable[[Picture], Image.Image] = original_of,
    *,
    exact: bool = True,
    tolerance: int = 14,
) -> list[str]:
    """What is wrong on the screen; nothing when every picture in view shows its own pixels.

    Not ``exact``: the picture does not fill its cells exactly; then those at its edge and at the
    borders between its colours are looked at less closely. ``tolerance``: levels of 255 that
    scaling and a palette may cost.
    """
    found = window.model.check()
    means = _means(window.model)
    covered: set[tuple[int, int]] = set()
    strange: set[Level] = set()
    for picture in window.pictures:
        if not picture.ready:
            found.append(f"{picture} is not ready: {picture.error}")
            continue
        image = expected(picture)
        strange |= {cast("Level", colour) for _, colour in image.getcolors(64) or ()}
        reference = _Reference(image, window, picture)
        for x, y in _cells(window, picture):
            covered.add((x, y))
            if not reference.holds(x, y, _level(means, x, y), exact, tolerance):
                found.append(f"{picture.id} at {x},{y}: {means.getpixel((x, y))}")
    return found + _ghosts(window, covered, strange, means)


def stale(window: Window) -> list[str]:
    """The cells that would show something else if all were painted anew.

    A sixel beside something that has come to cover a part of its row may stay, although it would
    be painted in half cells now: its colour counts then.
    """
    fresh = window.repainted()
    differ = [
        (x, y, shown, anew)
        for y, (line, new) in enumerate(zip(window.model.snapshot(), fresh.snapshot(), strict=True))
        for x, (shown, anew) in enumerate(zip(line, new, strict=True))
        if shown != anew
    ]
    if differ and all("sixel" in (shown.kind, anew.kind) for _, _, shown, anew in differ):
        here, there = _means(window.model), _means(fresh)
        differ = [
            (x, y, shown, anew)
            for x, y, shown, anew in differ
            if not near(_level(here, x, y), _level(there, x, y), 60)
        ]
    return [f"{x},{y}: {_brief(shown)}, not {_brief(anew)}" for x, y, shown, anew in differ]


class _Reference:
    """A picture scaled to its place on the screen by nothing but Pillow."""

    def __init__(self, image: Image.Image, window: Window, picture: Picture) -> None:
        self._cell = window.model.cell_size
        self._region = window.app.screen.find_widget(picture).region
        cells = self._region.size
        pixels = (cells.width * self._cell[0], cells.height * self._cell[1])
        self._image = image.resize(pixels, Image.Resampling.NEAREST)
        self._means = self._image.resize(cells, Image.Resampling.BOX)

    def holds(self, x: int, y: int, mean: Level, exact: bool, tolerance: int) -> bool:
        """Whether a cell has the mean colour that it should, or one between those around it."""
        column, row = x - self._region.x, y - self._region.y
        if exact:
            return near(mean, self._means.getpixel((column, row)), tolerance)
        edges = (column, row, self._region.width - 1 - column, self._region.height - 1 - row)
        if 0 in edges:
            return True
        width, height = self._cell
        left, top = column * width - width // 2, row * height - height // 2
        around = self._image.crop((left, top, left + 2 * width, top + 2 * height))
        bounds = [cast("tuple[int, int]", band.getextrema()) for band in around.split()]
        return all(
            low - tolerance <= level <= high + tolerance
            for level, (low, high) in zip(mean, bounds, strict=True)
        )


def _means(model: TerminalModel) -> Image.Image:
    """The screen with one pixel for each cell: its mean colour."""
    return drawn(model).resize(model.size, Image.Resampling.BOX)


def _level(image: Image.Image, x: int, y: int) -> Level:
    return cast("Level", image.getpixel((x, y)))


def _cells(window: Window, picture: Picture) -> Iterator[tuple[int, int]]:
    """The cells of the screen in which a picture is to be seen, nothing else lying over them."""
    screen = window.app.screen
    visible = screen.find_widget(picture).visible_region
    for y in visible.line_range:
        for x in visible.column_range:
            if screen.get_widget_at(x, y)[0] is picture:
                yield x, y


def _ghosts(
    window: Window, covered: set[tuple[int, int]], strange: set[Level], means: Image.Image
) -> list[str]:
    """Cells beside the pictures that show a part of one, or a picture's colour."""
    hues = [colour for _, colour in means.getcolors(means.width * means.height) or ()]
    seen = {hue for hue in hues if any(near(hue, colour) for colour in strange)}
    return [
        f"a ghost at {x},{y}: {_brief(shown)}"
        for y, line in enumerate(window.model.snapshot())
        for x, shown in enumerate(line)
        if (x, y) not in covered and (shown.kind != "text" or means.getpixel((x, y)) in seen)
    ]


def _brief(shown: Shown) -> str:
    if isinstance(shown, TextCell):
        return f"{shown.text!r} {shown.fg} on {shown.bg}"
    if isinstance(shown, KittyCell):
        return f"kitty {shown.image_id} at {shown.column},{shown.row}"
    return f"sixel {shown.average}"
