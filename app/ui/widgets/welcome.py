"""What an empty conversation says: the three things to know for the first minute."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

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


class Welcome(Static):
    """The words for a newcomer."""

    def __init__(self) -> None:
        super().__init__(WELCOME, id="welcome", markup=False)
