"""The transcript: one card for each turn of the current branch, one of them selected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from app.domain.conversation import Conversation, Turn
from app.domain.options import AUTO
from app.ui.keys import bindings

if TYPE_CHECKING:
    from app.session.live import Live
    from app.ui.widgets.card import TurnCard

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

WELCOME = Content.assemble(
    ("Describe a picture and press Enter.\n\n", "bold"),
    ("Ctrl+T", "$accent"),
    " flips between making a new picture and editing the last one.\n",
    ("/attach cat.png", "$accent"),
    " or a pasted path adds a picture of yours.\n",
    ("Esc", "$accent"),
    " moves up here, where single keys act on a turn: ",
    ("e", "$accent"),
    " edits from it, ",
    ("r", "$accent"),
    " tries again.\n",
    ("F1", "$accent"),
    " shows every key.",
)


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
        self._cards: dict[str, TurnCard] = {}
        self._welcome = Static(WELCOME, id="welcome", markup=False)
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
        self._sync(conversation.path())

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

    def _sync(self, path: tuple[Turn, ...]) -> None:
        ids = [turn.id for turn in path]
        for turn_id in [key for key in self._cards if key not in ids]:
            self._cards.pop(turn_id).remove()
        fresh = [turn for turn in path if turn.id not in self._cards]
        kept = list(self._cards)
        if fresh and kept and ids[: len(kept)] != kept:
            for card in self._cards.values():
                card.remove()
            self._cards.clear()
            fresh = list(path)
        cards = [self._new_card(turn) for turn in fresh]
        self._welcome.display = not path
        if cards:
            self._turns.mount(*cards)
            self.select_last()
        elif self.selected not in self._cards:
            self.select_last()
        self._update_cards()

    def _new_card(self, turn: Turn) -> TurnCard:
        card = self._make_card(turn)
        card.set_room(*self._room)
        self._cards[turn.id] = card
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
        """Selects the newest turn and shows it."""
        self.selected = next(reversed(self._cards), None)

    def show_newest(self) -> None:
        """Goes to the end and stays there while it grows."""
        self.select_last()
        self.anchor()

    def action_select(self, step: int) -> None:
        """Moves the selection by ``step`` turns; it stops at the first and the last."""
        ids = list(self._cards)
        if not ids:
            return
        at = ids.index(self.selected) if self.selected in ids else len(ids) - 1
        self.select(ids[min(max(at + step, 0), len(ids) - 1)])

    def action_select_first(self) -> None:
        """Selects the first turn."""
        self.action_select(-len(self._cards))

    def action_select_last(self) -> None:
        """Selects the last turn."""
        self.action_select(len(self._cards))

    def action_unfold(self) -> None:
        """Opens or folds the selected turn's long text."""
        if self.selected in self._cards:
            self._cards[self.selected].toggle_fold()

    def select(self, turn_id: str) -> None:
        """Selects a turn of the branch and brings it into view."""
        if turn_id not in self._cards:
            return
        self.selected = turn_id
        card = self._cards[turn_id]
        if turn_id == next(reversed(self._cards)):
            self.anchor()
        else:
            self.scroll_to_widget(card, animate=False, top=card.size.height > self.size.height)
