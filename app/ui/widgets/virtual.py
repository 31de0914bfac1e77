"""A scroller of many cards that mounts only those near the view, and has room for all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.containers import VerticalScroll
from textual.geometry import Region, Size
from textual.layout import DockArrangeResult, WidgetPlacement
from textual.reactive import Reactive
from textual.scrollbar import ScrollBar
from textual.widget import Widget
from textual.widgets import Static

from app.ui.widgets.places import GAP, Places

NEAR = 1.0
"""Screens above and below the view whose cards are mounted before they are needed."""
FAR = 2.0
"""Screens above and below the view beyond which cards are dropped."""
SLICE = 2
"""Cards out of view that are mounted at a time, so that keys are taken in between."""


class VirtualScroll(VerticalScroll):
    """Cards in a column, each known by a key. Subclasses make the cards and guess their rows.

    A card's real rows are found when it is laid out. What is seen stays where it is, in that same
    frame, whatever becomes of the cards above it.
    """

    def __init__(self, *children: Widget, id: str | None = None) -> None:  # noqa: A002
        self._foot = Static("")
        self._foot.visible = False
        super().__init__(*children, self._foot, id=id)
        self.places = Places(self.guess)
        self.cards: dict[str, Widget] = {}
        """The mounted cards."""
        self._view = Size(0, 0)
        self._held: tuple[str, int] | None = None
        """A card that is seen, and the row of the view where it begins."""
        self._goal: str | None = None
        """A card to scroll to as soon as it is mounted."""
        self._filling = False

    def guess(self, key: str) -> int:
        """About how many rows a card has that was not mounted yet."""
        raise NotImplementedError

    def new_card(self, key: str) -> Widget:
        """Makes a card, ready to be mounted."""
        raise NotImplementedError

    def card_width(self) -> int:
        """The columns of a card in the room that ``places`` was told of."""
        raise NotImplementedError

    @property
    def at_end(self) -> bool:
        """Whether the end is followed."""
        return self.is_anchored and not self._anchor_released

    def set_keys(self, keys: tuple[str, ...]) -> None:
        """Says which cards there are, in order."""
        self.places.set_keys(keys)
        for key in [key for key in self.cards if key not in self.places]:
            self._remove(key)
        if self._goal not in self.places:
            self._goal = None
        self.lay_out()

    def lay_out(self) -> None:
        """Lays the cards out again, and mounts what comes near by that."""
        self._foot.refresh(layout=True)
        self.settle()

    def bring(self, key: str) -> None:
        """Scrolls so that a card is in view: at once, or when it is mounted."""
        card = self.cards.get(key)
        if card is None or not card.is_mounted:
            self._goal = key
            self.settle()
            return
        self._goal = None
        if key == self.places.keys[-1]:
            self.anchor()
            return
        top, height = self.places.top(key), self.places.height(key)
        now, view = round(self.scroll_y), self._view.height
        if top < now or height > view:
            now = top if top > GAP else 0
        elif top + height > now + view:
            now = top + height - view
        self.scroll_to(y=now, immediate=True)
        self._held = (key, top - now)

    def scroll_to(
        self, x: float | None = None, y: float | None = None, *, animate: bool = False, **more: Any
    ) -> None:
        """Scrolls at once: what glides cannot be held in place while heights are found."""
        super().scroll_to(x, y, animate=False, **more)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Remembers what is seen, and mounts what comes near."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._grasp()
            self.settle()

    def arrange(self, size: Size, optimal: bool = False) -> DockArrangeResult:
        """Arranges the cards within ``size``, which is the view of this very frame."""
        self._view = size
        return super().arrange(size, optimal)

    def process_layout(self, placements: list[WidgetPlacement]) -> list[WidgetPlacement]:
        """Puts the cards to their places by the heights that were just found."""
        keys = {card: key for key, card in self.cards.items()}
        moved = False
        for placement in placements:
            key = keys.get(placement.widget)
            if key is not None and placement.widget.is_mounted:
                width, height = placement.region.size
                moved |= self.places.measure(key, height, keep=width == self.card_width())
        if moved:
            self.call_later(self.settle)
        self._hold()
        return [self._placed(placement, keys.get(placement.widget)) for placement in placements]

    def _placed(self, placement: WidgetPlacement, key: str | None) -> WidgetPlacement:
        x, _, width, height = placement.region
        if key is not None:
            region = Region(x, self.places.top(key), width, self.places.height(key))
        elif placement.widget is self._foot:
            region = Region(x, self._bottom() - 1, width, 1)
        else:
            region = Region(x, GAP, width, height)
        return placement._replace(region=region)

    def _bottom(self) -> int:
        """The rows of all; no fewer than the view's: what is anchored would go to its foot."""
        return max(self.places.bottom, self._view.height)

    def _top(self) -> int:
        """The first row in view, as it is or as it will be."""
        most = self._bottom() - self._view.height
        if self._goal is not None:
            return min(max(self.places.top(self._goal) - GAP, 0), most)
        return most if self.at_end else min(round(self.scroll_y), most)

    def _grasp(self) -> None:
        """Remembers a card that is seen, and where: what is selected, else the first."""
        top = round(self.scroll_y)
        seen = self.places.between(top, top + self._view.height)
        if not seen:
            return
        real = [key for key in seen if key in self.cards and self.cards[key].is_mounted] or seen
        key = next((key for key in real if self.is_selected(key)), real[0])
        if self.places.top(key) < top:
            key = real[0]
        self._held = (key, self.places.top(key) - top)

    def is_selected(self, key: str) -> bool:
        """Whether a card rather than others should stay where it is."""
        return False

    def _hold(self) -> None:
        """Scrolls within the frame that is being laid out, so that what is seen stays."""
        if self.at_end or self._held is None or self._held[0] not in self.places:
            return
        key, row = self._held
        row = min(max(row, -self.places.height(key)), max(self._view.height - 1, 0))
        most = self._bottom() - self._view.height
        top = float(min(max(self.places.top(key) - row, 0), most))
        if top != self.scroll_y:
            self.set_reactive(Widget.scroll_y, top)
            self.set_reactive(Widget.scroll_target_y, top)
            position: Reactive[float] = ScrollBar.position
            self.vertical_scrollbar.set_reactive(position, top)

    def settle(self) -> None:
        """Mounts the cards near the view and drops those far from it, beside all else."""
        if not self._filling and self.is_attached and self._view:
            self._filling = True
            self.run_worker(self._fill(), group="cards")

    async def _fill(self) -> None:
        try:
            while missing := self._missing():
                await self._mount_cards(missing)
                if self._goal is not None and self._goal in self.cards:
                    self.bring(self._goal)
                self._drop_far()
            self._drop_far()
        finally:
            self._filling = False

    def _missing(self) -> Sequence[str]:
        """The cards to mount next: all that are missed in view, then some of those near it."""
        top, height = self._top(), self._view.height
        seen = [key for key in self.places.between(top, top + height) if key not in self.cards]
        if seen:
            return seen
        margin = round(height * NEAR)
        near = self.places.between(top - margin, top + height + margin)
        missing = [key for key in near if key not in self.cards]
        missing.sort(key=lambda key: abs(self.places.top(key) - top))
        return missing[:SLICE]

    async def _mount_cards(self, keys: Sequence[str]) -> None:
        """Mounts cards at their places among the others."""
        mounts = []
        for key in keys:
            top = self.places.top(key)
            below = [other for other in self.cards if self.places.top(other) > top]
            after = self.cards[min(below, key=self.places.top)] if below else self._foot
            self.cards[key] = self.new_card(key)
            mounts.append(self.mount(self.cards[key], before=after))
        for mount in mounts:
            await mount

    def _drop_far(self) -> None:
        """Removes the cards that are far from the view, and with them what they hold.

        Called in between as well: who scrolls on and on leaves cards behind all the time.
        """
        if self._goal is not None:
            return
        top, height = self._top(), self._view.height
        margin = round(height * FAR)
        near = set(self.places.between(top - margin, top + height + margin))
        for key in [key for key in self.cards if key not in near]:
            self._remove(key)

    def _remove(self, key: str) -> None:
        """Removes a card, and the lines it has drawn: Textual would remember them for long."""
        card = self.cards.pop(key)
        for widget in card.walk_children(Widget, with_self=True):
            widget.refresh()
        card.remove()
