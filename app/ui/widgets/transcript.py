"""The transcript: one card for each turn of the current branch, one of them selected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from textual import events
from textual.reactive import reactive

from app.domain.conversation import Conversation, Turn
from app.domain.options import AUTO
from app.ui.keys import bindings
from app.ui.widgets.heights import Room, estimate
from app.ui.widgets.virtual import VirtualScroll
from app.ui.widgets.welcome import Welcome

if TYPE_CHECKING:
    from app.session.live import Live
    from app.ui.widgets.card import TurnCard

Cell = Callable[[], tuple[int, int] | None]
SQUARE = (1024, 1024)
"""Pixels of a coming picture when the server chooses the size and nothing is known."""
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


class Transcript(VirtualScroll, can_focus=True):
    """Shows a conversation along its current branch, as the parent tells it."""

    BINDINGS = bindings("transcript")

    conversation: reactive[Conversation] = reactive(Conversation, always_update=True)
    live: reactive[Mapping[str, Live]] = reactive(dict, always_update=True)
    selected: reactive[str | None] = reactive(None)
    """The id of the selected turn."""

    def __init__(
        self,
        make_card: Callable[[Turn], TurnCard],
        cell: Cell,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """``cell`` answers the pixels of a cell, None where pictures are told in words."""
        self._welcome = Welcome()
        super().__init__(self._welcome, id=id)
        self._make_card = make_card
        self._cell = cell
        self._room = Room()
        self._ran: frozenset[str] = frozenset()
        """The turns that were running when it was last told."""
        self._unfolded: set[str] = set()

    def on_mount(self) -> None:
        """Stays at the newest turn until the person scrolls away."""
        self.anchor()

    def watch_conversation(self, conversation: Conversation) -> None:
        """Follows the branch, and updates the cards that are mounted."""
        branch = conversation.branch
        if branch is not self.places.keys:
            self._welcome.display = not branch
            self.set_keys(branch)
            self.select_last()
        self._update_cards()

    def watch_live(self) -> None:
        """Shows how running turns are getting on."""
        self._update_cards()

    def watch_selected(self, before: str | None, after: str | None) -> None:
        """Marks the selected card."""
        for turn_id, on in ((before, False), (after, True)):
            if turn_id in self.cards:
                self.cards[turn_id].set_class(on, "-selected")

    @property
    def selected_turn(self) -> Turn | None:
        """The selected turn, or None in an empty conversation."""
        return self.conversation.turns.get(self.selected or "")

    def is_selected(self, key: str) -> bool:
        """Whether this turn is the selected one."""
        return key == self.selected

    def guess(self, key: str) -> int:
        """About how many rows a turn's card has."""
        return estimate(self.conversation.turns[key], self._room)

    def card_width(self) -> int:
        """The columns of a card beside a scrollbar."""
        return self._room.width

    def new_card(self, key: str) -> TurnCard:
        """The card of a turn, as it is now."""
        card = self._make_card(self.conversation.turns[key])
        card.unfolded = key in self._unfolded
        card.set_class(key == self.selected, "-selected")
        card.set_room(self._room.columns, self._room.rows, self._room.narrow)
        self._update(card)
        return card

    def _update_cards(self) -> None:
        """Tells the mounted cards; those that ran and are not mounted are guessed again."""
        turns = self.conversation.turns
        for turn_id in self._ran.difference(self.cards):
            self.places.forget(turn_id)
        self._ran = frozenset(self.live)
        for turn_id, card in self.cards.items():
            if turn_id in turns:
                self._update(cast("TurnCard", card))

    def _update(self, card: TurnCard) -> None:
        turn = self.conversation.turns[card.turn.id]
        family = self.conversation.turns.children(turn.parent)
        place = (family.index(turn.id) + 1, len(family))
        card.show(turn, self.live.get(turn.id), place, self._canvas(turn))

    def _canvas(self, turn: Turn) -> tuple[int, int]:
        """The size in pixels that a coming picture probably has."""
        if turn.options.size != AUTO:
            width, _, height = turn.options.size.partition("x")
            return int(width), int(height)
        if turn.references:
            return turn.references[0].width, turn.references[0].height
        above = None if turn.pictures else self.conversation.picture_above(turn.parent)
        return (above.width, above.height) if above and above.width else SQUARE

    def on_resize(self, event: events.Resize) -> None:
        """Gives the pictures the room that there is now."""
        width, height = event.size
        narrow = width < NARROW
        columns = max(8, int(width - 6 if narrow else width * PICTURE_WIDTH))
        rows = height - ROWS_OF_WORDS if narrow else int(height * PICTURE_HEIGHT)
        beside = width - self.styles.scrollbar_size_vertical
        self._room = Room(beside, columns, max(LEAST_ROWS, rows), narrow, self._cell())
        self.places.set_room(self._room, tuple(self.cards))
        for card in self.cards.values():
            cast("TurnCard", card).set_room(columns, self._room.rows, narrow)
        self.lay_out()

    def follow_cell(self) -> None:
        """Gives the pictures their room anew: a cell has other pixels now."""
        self._room = replace(self._room, cell=self._cell())
        self.places.set_room(self._room, tuple(self.cards))
        for picture in self.query("Picture"):
            picture.refresh(layout=True)
        self.lay_out()

    def select_last(self) -> None:
        """Selects the newest turn."""
        self.selected = self.places.keys[-1] if self.places.keys else None

    def show_newest(self) -> None:
        """Goes to the end and stays there while it grows."""
        self.select_last()
        if self.selected is None:
            self.anchor()
        else:
            self.bring(self.selected)

    def action_select(self, step: int) -> None:
        """Moves the selection by ``step`` turns; it stops at the first and the last."""
        path = self.places.keys
        if path:
            at = path.index(self.selected) if self.selected in path else len(path)
            self.select(path[min(max(at + step, 0), len(path) - 1)])

    def action_select_first(self) -> None:
        """Selects the first turn."""
        self.action_select(-len(self.places.keys))

    def action_select_last(self) -> None:
        """Selects the last turn."""
        self.select_last()
        self.action_select(0)

    def action_unfold(self) -> None:
        """Opens or folds the selected turn's long text."""
        card = self.cards.get(self.selected or "")
        if self.selected is not None and card is not None:
            self._unfolded ^= {self.selected}
            cast("TurnCard", card).toggle_fold()

    def select(self, turn_id: str) -> None:
        """Selects a turn of the branch and brings it into view."""
        if turn_id in self.places:
            self.selected = turn_id
            if turn_id != self.places.keys[-1]:
                self.release_anchor()
            self.bring(turn_id)
