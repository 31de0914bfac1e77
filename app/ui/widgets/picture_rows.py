"""One cell row of a picture as a Strip: painted for the terminal, its text form elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.color import Color, ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip

from app.imaging.cells import written
from app.imaging.colours import reduced
from app.imaging.headers import probe
from app.imaging.kitty import placeholders
from app.imaging.raster import Prepared

DEPTHS = {ColorSystem.EIGHT_BIT: 256, ColorSystem.STANDARD: 16, ColorSystem.WINDOWS: 16}
"""How many colours a picture's text form has where there are not all."""


class PictureRow(Strip):
    """Cells ``start`` to ``end`` of a row: picture up to its columns, blank card beyond.

    What the compositor writes to the terminal comes from ``render``. Whatever else looks at the
    segments (a modal's tinted background, filters, screenshots) sees its text form, block
    characters with two colours each: they can be tinted and cut like text, which kitty's
    placeholders and sixels cannot.
    """

    __slots__ = ("_blank", "_bottom", "_built", "_made", "_painted", "_row", "_span", "_whole")

    def __init__(
        self,
        made: Prepared,
        row: int,
        span: tuple[int, int],
        blank: Style,
        *,
        whole: bool = False,
        bottom: bool = False,
    ) -> None:
        self._made = made
        self._row = row
        self._span = span
        self._blank = blank
        self._whole = whole or (span[0] == 0 and span[1] >= made.job.columns)
        """Whether a sixel row may be painted entirely: nothing covers any part of it."""
        self._bottom = bottom
        """Whether it stands on the screen's last line."""
        self._painted: str | None = None
        self._built: list[Segment] | None = None
        super().__init__((), max(0, span[1] - span[0]))

    @property
    def _segments(self) -> list[Segment]:
        if self._built is None:
            self._built = self._text_segments()
        return self._built

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        del segments

    def render(self, console: Console) -> str:
        """What the terminal gets: placeholders, one sixel, or the text form; then blank card."""
        if self._painted is None:
            self._painted = self._paint(console)
        return self._painted

    def at_bottom(self) -> PictureRow:
        """The same row for the screen's last line: text instead of a sixel, after which
        every terminal moves its cursor down and scrolls the whole screen."""
        return PictureRow(self._made, self._row, self._span, self._blank, bottom=True)

    def crop(self, start: int, end: int | None = None) -> Strip:
        """A part of the row. A part from its left edge still repaints the whole of a sixel row:
        the compositor asks for it only where nothing covers the rest."""
        length = self.cell_length
        start, end = max(0, start), length if end is None else min(end, length)
        if (start, end) == (0, length):
            return self
        return self._part(start, max(start, end), whole=self._whole and start == 0)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """The pieces between the cuts, where something covers a part of the row."""
        pieces, start = [], 0
        for cut in cuts:
            if cut <= self.cell_length:
                pieces.append(
                    self if (start, cut) == (0, self.cell_length) else self._part(start, cut)
                )
                start = cut
        return pieces

    def _part(self, start: int, end: int, *, whole: bool = False) -> PictureRow:
        left = self._span[0]
        span = (left + start, left + end)
        return PictureRow(
            self._made, self._row, span, self._blank, whole=whole, bottom=self._bottom
        )

    def _shown(self) -> tuple[int, int]:
        """The columns of the picture in this part."""
        columns = self._made.job.columns
        return min(self._span[0], columns), min(self._span[1], columns)

    def _paint(self, console: Console) -> str:
        start, end = self._shown()
        system = console._color_system or ColorSystem.TRUECOLOR
        rest = self.cell_length - (end - start)
        blank = self.render_style(self._blank, " " * rest, system) if rest else ""
        if end <= start:
            return blank
        made, protocol = self._made, self._made.job.protocol
        if protocol == "kitty":
            return placeholders(made.image_id, self._row, start, end) + blank
        if protocol == "sixel" and self._whole and not self._bottom:
            return f"\x1b7{made.lines[self._row]}\x1b8\x1b[{end - start}C{blank}"
        if system is ColorSystem.TRUECOLOR:
            if protocol == "halfcell" and end - start == made.job.columns:
                return made.lines[self._row] + blank
            return written(made.cells.row(self._row, start, end)) + blank
        row = made.cells.row(self._row, start, end)
        return written(reduced(row, DEPTHS[system], start, self._row)) + blank

    def _text_segments(self) -> list[Segment]:
        start, end = self._shown()
        segments = [
            Segment(glyph, Style.from_color(Color.from_rgb(*fore), Color.from_rgb(*back)))
            for glyph, fore, back in self._made.cells.row(self._row, start, end)
        ]
        if rest := self.cell_length - (end - start):
            segments.append(Segment(" " * rest, self._blank))
        return segments


def in_words(source: Path | bytes, pixels: tuple[int, int]) -> str:
    """A picture where none can be shown: its size and format."""
    kind = probe(source).format if isinstance(source, bytes) else source.suffix[1:]
    size = f"{pixels[0]}x{pixels[1]}" if all(pixels) else ""
    return f"[{' '.join(part for part in ('picture', size, kind) if part)}]"


class Sheet:
    """The rows of the picture on a widget, made anew only when something about them changed."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] = ()
        self._rows: list[PictureRow] = []

    def rows(self, made: Prepared, width: int, blank: Style) -> list[PictureRow]:
        """All rows of the picture on a widget of that width."""
        if (made, width, blank) != self._of:
            self._of = (made, width, blank)
            self._rows = [PictureRow(made, row, (0, width), blank) for row in range(made.job.rows)]
        return self._rows

    def lines(
        self, made: Prepared, size: Size, blank: Style, crop: Region, floor: int
    ) -> list[Strip]:
        """The lines of a region of the widget; from line ``floor`` on, sixels are avoided."""
        rows = self.rows(made, size.width, blank)
        empty = Strip.blank(size.width, blank)
        lines = [
            empty if y >= len(rows) else rows[y] if y < floor else rows[y].at_bottom()
            for y in crop.line_range
        ]
        if crop.column_span != (0, size.width):
            return [line.crop(*crop.column_span) for line in lines]
        return lines
