"""The transcript: one card for each turn of the current branch, one of them selected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.reactive import reactive

from app.domain.conversation import Conversation, Turn
from app.domain.options import AUTO
from app.ui.keys import bindings
from app.ui.widgets.welcome import Welcome

if TYPE_CHECKING:
    from app.session.live import Live
    from app.ui.widgets.card import TurnCard

SQUARE = (1024, 1024)
"""Pixels of a coming picture when the server chooses the size and nothing is known."""
WINDOW = 12
"""Turns that are mounted when a conversation opens."""
BATCH = 8
"""Turns that are mounted at a time when one scrolls to the first or last of them."""
NARROW = 100
"""Columns below which the words go under the picture."""
PICTURE_WIDTH = 0.55
"""The share of a wide transcript's columns that a picture may take."""
PICTURE_HEIGHT = 0.75
"""The share of a wide transcript's rows that a picture may take."""
ROWS_OF_WORDS = 8
"""Rows left for the words when they go under the picture: a whole card fits the window."""
LEAST_ROWS = 5
"""Rows of the smallest picture."""


class Transcript(VerticalScroll, can_focus=True):
    """Shows a conversation along its current branch, as the parent tells it."""

    BINDINGS = bindings("transcript")

    conversation: reactive[Conversation] = reactive(Conversation, always_update=True)
    live: reactive[Mapping[str, Live]] = reactive(dict, always_update=True)
    selected: reactive[str | None] = reactive(None)
    """The id of the selected turn."""

    def __init__(self, make_card: Callable[[Turn], TurnCard], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._make_card = make_card
        self._path: tuple[str, ...] = ()
        self._cards: dict[str, TurnCard] = {}
        """The mounted part of the branch, in order: a long one is mounted as it is scrolled."""
        self._welcome = Welcome()
        # As tall as the window at least: an anchored scroller pulls shorter content to its foot.
        self._turns = Vertical(self._welcome, id="turns")
        self._room: tuple[int, int, bool] = (40, 12, True)

    def compose(self) -> ComposeResult:
        """The welcome, until there are turns."""
        yield self._turns

    def on_mount(self) -> None:
        """Stays at the newest turn until the person scrolls away."""
        self.anchor()

    def watch_conversation(self, conversation: Conversation) -> None:
        """Mounts what is new on the branch, removes what left it, and updates the rest."""
        self._sync(tuple(turn.id for turn in conversation.path()))

    def watch_live(self) -> None:
        """Shows how running turns are getting on."""
        self._update_cards()

    def watch_selected(self, before: str | None, after: str | None) -> None:
        """Marks the selected card."""
        for turn_id, on in ((before, False), (after, True)):
            if turn_id in self._cards:
                self._cards[turn_id].set_class(on, "-selected")

    @property
    def selected_turn(self) -> Turn | None:
        """The selected turn, or None in an empty conversation."""
        return self.conversation.turns.get(self.selected or "")

    def _sync(self, ids: tuple[str, ...]) -> None:
        """Follows the branch: what is new at its end is mounted, what left it is removed."""
        before, self._path = self._path, ids
        self._welcome.display = not ids
        if ids != before:
            first, last = self._window(before)
            grown = ids[: len(before)] == before and last == len(before)
            self._show(ids[first:] if grown and before else ids[-WINDOW:])
            self.select_last()
        self._update_cards()

    def _window(self, path: tuple[str, ...]) -> tuple[int, int]:
        """Where the mounted cards begin and end on ``path``."""
        if not self._cards:
            return 0, 0
        first = path.index(next(iter(self._cards)))
        return first, first + len(self._cards)

    def _show(self, ids: Sequence[str]) -> None:
        """Makes ``ids``, in order, the mounted cards; those that are mounted already stay."""
        for turn_id in [key for key in self._cards if key not in ids]:
            self._cards.pop(turn_id).remove()
        kept = self._cards
        oldest = next(iter(kept.values()), None)
        self._cards = {key: kept.get(key) or self._new_card(key) for key in ids}
        fresh = [key for key in ids if key not in kept]
        above = [key for key in fresh if kept and ids.index(key) < ids.index(next(iter(kept)))]
        if above:
            self._turns.mount(*(self._cards[key] for key in above), before=oldest)
        below = [self._cards[key] for key in fresh if key not in above]
        if below:
            self._turns.mount(*below)

    def _extend(self, first: int, last: int) -> None:
        """Mounts more of the branch, from ``first`` up to before ``last``; what is seen stays."""
        top = next(iter(self._cards.values()))
        offset = top.virtual_region.y - self.scroll_y
        self._show(self._path[max(first, 0) : last])
        self._update_cards()
        self.call_after_refresh(self._hold, top, offset)

    def _hold(self, card: TurnCard, offset: float) -> None:
        """Scrolls so that ``card`` stands where it stood before others were mounted above it."""
        if card.is_attached and not self._at_end:
            self.scroll_to(y=card.virtual_region.y - offset, animate=False, immediate=True)

    @property
    def _at_end(self) -> bool:
        """Whether the newest turn is followed."""
        return self.is_anchored and not self._anchor_released

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Mounts older turns at the top, and newer ones at the foot if there are more."""
        super().watch_scroll_y(old_value, new_value)
        if not self._cards or old_value == new_value:
            return
        first, last = self._window(self._path)
        if new_value < old_value and new_value <= 1 and first:
            self._extend(first - BATCH, last)
        elif new_value > old_value and last < len(self._path) and self.is_vertical_scroll_end:
            self._extend(first, last + BATCH)

    def _new_card(self, turn_id: str) -> TurnCard:
        card = self._make_card(self.conversation.turns[turn_id])
        card.set_room(*self._room)
        return card

    def _update_cards(self) -> None:
        turns = self.conversation.turns
        families: dict[str | None, list[str]] = {}
        for turn in turns.values():
            families.setdefault(turn.parent, []).append(turn.id)
        for turn_id, card in self._cards.items():
            if turn_id not in turns:
                continue
            turn = turns[turn_id]
            family = families[turn.parent]
            place = (family.index(turn_id) + 1, len(family))
            card.show(turn, self.live.get(turn_id), place, self._canvas(turn))

    def _canvas(self, turn: Turn) -> tuple[int, int]:
        """The size in pixels that a coming picture probably has."""
        if turn.options.size != AUTO:
            width, _, height = turn.options.size.partition("x")
            return int(width), int(height)
        if turn.references:
            return turn.references[0].width, turn.references[0].height
        above = self.conversation.picture_above(turn.parent)
        return (above.width, above.height) if above and above.width else SQUARE

    def on_resize(self, event: events.Resize) -> None:
        """Gives the pictures the room that there is now."""
        width, height = event.size
        narrow = width < NARROW
        columns = max(8, int(width - 6 if narrow else width * PICTURE_WIDTH))
        rows = height - ROWS_OF_WORDS if narrow else int(height * PICTURE_HEIGHT)
        self._room = (columns, max(LEAST_ROWS, rows), narrow)
        for card in self._cards.values():
            card.set_room(*self._room)

    def select_last(self) -> None:
        """Selects the newest turn."""
        if self._path and self._path[-1] not in self._cards:
            self._show(self._path[-WINDOW:])
        self.selected = self._path[-1] if self._path else None

    def show_newest(self) -> None:
        """Goes to the end and stays there while it grows."""
        self.select_last()
        self.anchor()

    def action_select(self, step: int) -> None:
        """Moves the selection by ``step`` turns; it stops at the first and the last."""
        if not self._path:
            return
        at = self._path.index(self.selected) if self.selected in self._path else len(self._path)
        self.select(self._path[min(max(at + step, 0), len(self._path) - 1)])

    def action_select_first(self) -> None:
        """Selects the first turn."""
        if self._path and self._path[0] not in self._cards:
            self._show(self._path[:WINDOW])
        self.action_select(-len(self._path))

    def action_select_last(self) -> None:
        """Selects the last turn."""
        self.select_last()
        self.action_select(0)

    def action_unfold(self) -> None:
        """Opens or folds the selected turn's long text."""
        if self.selected in self._cards:
            self._cards[self.selected].toggle_fold()

    def select(self, turn_id: str) -> None:
        """Selects a turn of the branch and brings it into view."""
        if turn_id not in self._path:
            return
        at = self._path.index(turn_id)
        first, last = self._window(self._path)
        if not first <= at < last:
            self._extend(min(first, at - BATCH), max(last, at + BATCH))
        self.selected = turn_id
        if turn_id == self._path[-1]:
            self.anchor()
        else:
            self.release_anchor()
            self._bring(self._cards[turn_id])

    def _bring(self, card: TurnCard) -> None:
        """Scrolls a card into view once it has its place; a tall one shows its top."""
        if not card.is_attached:
            return
        if not card.size:
            self.call_after_refresh(self._bring, card)
        else:
            tall = card.size.height > self.size.height
            self.scroll_to_widget(card, animate=False, top=tall)
