"""An app that writes to the terminal only what it does not show already.

The one module that reaches into how Textual writes to the screen: ``App._display`` and the
updates that the compositor hands to it, as they are in Textual 8.2.8. Where another version does
that differently, Textual writes as it does by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import App
from textual.events import Resize

from app.ui.display_rows import Chop, Row, Shadow

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from textual.screen import Screen

try:
    from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
except ImportError:
    KNOWN = False
else:
    KNOWN = hasattr(CompositorUpdate, "render_segments") and hasattr(App, "_display")

    class _Lean(CompositorUpdate):
        """Stands for an update: rendered, it is what the terminal does not show of that."""

        def __init__(self, app: LeanApp, screen: Screen[object], update: CompositorUpdate) -> None:
            self._about = (screen, update)
            self._app = app

        def render_segments(self, console: Console) -> str:
            return self._app._sequence(*self._about, console)


Change = tuple[tuple[int, int], dict[int, Row]]
"""The size of the screen in columns and rows, and pieces of some of its rows."""


class LeanApp(App[None]):
    """Sends what differs from what the terminal shows, and has rows moved that only moved.

    Whatever else may have changed what the terminal shows (another size, the way back from a
    suspension or from another window) makes it forget all and paint everything.
    """

    moves_rows = False
    """Whether this terminal may be told to move rows by scroll regions."""
    loses_pictures = False
    """Whether this terminal may lose pictures while something covers its window."""

    def __init__(self) -> None:
        super().__init__()
        self._shadow = Shadow()
        self._drawn_by: tuple[object, object] = (None, None)

    def repaint(self) -> None:
        """Paints everything anew, whatever the terminal shows now."""
        self._shadow.forget()
        self.refresh()

    def on_mount(self) -> None:
        """Paints anew after a suspension: the terminal was another program's meanwhile."""
        self.app_resume_signal.subscribe(self, lambda _: self.repaint(), immediate=True)

    def on_resize(self, event: Resize) -> None:
        """Paints anew; where only the cells' size in pixels changed, Textual itself would not."""
        self._shadow.forget()
        if event.size == self.size:
            self.refresh()

    def on_app_focus(self) -> None:
        """Paints anew what the terminal may have lost meanwhile."""
        if self.loses_pictures:
            self.repaint()

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        """Textual's only way to the screen: its updates go through the shadow."""
        if renderable is None or not KNOWN:
            super()._display(screen, renderable)
        elif isinstance(renderable, CompositorUpdate) and not (self.is_inline or self.is_web):
            super()._display(screen, cast("RenderableType", _Lean(self, screen, renderable)))
        else:
            self._shadow.forget()
            super()._display(screen, renderable)

    def _sequence(self, screen: Screen[object], update: CompositorUpdate, console: Console) -> str:
        """What to write for an update; Textual asks when it is about to write it."""
        if self._drawn_by != (self._driver, screen):
            self._shadow.forget()
            self._drawn_by = (self._driver, screen)
        change = _change(update, console)
        if change is None:
            self._shadow.forget()
            return update.render_segments(console)
        moves = self.moves_rows and len(self.screen_stack) == 1
        return self._shadow.show(*change, moves=moves, paper=_paper(screen, console))


def _paper(screen: Screen[object], console: Console) -> str:
    """What selects the screen's background; nothing where that is the terminal's own."""
    colour = screen.background_colors[1]
    if colour.ansi is not None or console._color_system is None:
        return ""
    codes = colour.rich_color.downgrade(console._color_system).get_ansi_codes(foreground=False)
    return f"\x1b[{';'.join(codes)}m"


def _change(update: CompositorUpdate, console: Console) -> Change | None:
    """What an update shows; None when it is of an unknown kind or does not fit together."""
    names = vars(update).keys()
    if isinstance(update, LayoutUpdate) and names >= {"strips", "region"}:
        return _layout_change(update, console)
    if isinstance(update, ChopsUpdate) and names >= {"chops", "spans", "chop_ends"}:
        return _chops_change(update, console)
    return None


def _layout_change(update: LayoutUpdate, console: Console) -> Change | None:
    """The whole screen: the pieces of a row follow each other."""
    width, height = update.region.size
    rows: dict[int, Row] = {}
    for y, strips in enumerate(update.strips):
        chops: list[Chop] = []
        x = 0
        for strip in strips:
            end = x + strip.cell_length
            if end > x:
                chops.append((x, end, strip.render(console)))
            x = end
        if x != width:
            return None
        rows[y] = tuple(chops)
    if update.region.offset != (0, 0) or len(rows) != height:
        return None
    return (width, height), rows


def _chops_change(update: ChopsUpdate, console: Console) -> Change | None:
    """The pieces in some spans of rows, each whole: what is beyond the span is as good."""
    if not update.chops:
        return None
    size = (update.chop_ends[0][-1], len(update.chops))
    found: dict[int, dict[int, Chop]] = {}
    for y, first, last in update.spans:
        row = found.setdefault(y, {})
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is None or x >= last or end <= first:
                continue
            if strip.cell_length != end - x:
                return None
            row[x] = (x, end, strip.render(console))
    return size, {y: tuple(sorted(row.values())) for y, row in found.items()}
