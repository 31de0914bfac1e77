"""What the control sequences that move, erase and scroll do to a grid, by their last letter."""

from __future__ import annotations

from collections.abc import Callable

from tests.terminal.grid import Grid

Change = Callable[[Grid, int, int], None]
"""With the sequence's first two parameters, 0 where they are left out."""

SEQUENCES: dict[str, Change] = {
    "A": lambda g, n, _: g.move(g.x, g.y - max(n, 1)),
    "B": lambda g, n, _: g.move(g.x, g.y + max(n, 1)),
    "C": lambda g, n, _: g.move(g.x + max(n, 1), g.y),
    "D": lambda g, n, _: g.move(g.x - max(n, 1), g.y),
    "G": lambda g, n, _: g.move(max(n, 1) - 1, g.y),
    "d": lambda g, n, _: g.move(g.x, max(n, 1) - 1),
    "H": lambda g, y, x: g.move(max(x, 1) - 1, max(y, 1) - 1),
    "f": lambda g, y, x: g.move(max(x, 1) - 1, max(y, 1) - 1),
    "J": lambda g, n, _: g.erase_display(n),
    "K": lambda g, n, _: g.erase_line(n),
    "X": lambda g, n, _: g.erase_cells(g.x, max(n, 1)),
    "@": lambda g, n, _: g.shift_cells(max(n, 1)),
    "P": lambda g, n, _: g.shift_cells(-max(n, 1)),
    "L": lambda g, n, _: g.insert_lines(max(n, 1)),
    "M": lambda g, n, _: g.insert_lines(-max(n, 1)),
    "S": lambda g, n, _: g.scroll(max(n, 1)),
    "T": lambda g, n, _: g.scroll(-max(n, 1)),
    "r": lambda g, top, low: g.margins(max(top, 1) - 1, (low or g.rows) - 1),
}

ESCAPES: dict[str, Callable[[Grid], None]] = {
    "7": Grid.save,
    "8": Grid.restore,
    "D": Grid.line_feed,
    "M": Grid.reverse_line_feed,
    "=": lambda g: None,
    ">": lambda g: None,
}

CONTROLS: dict[str, Callable[[Grid], None]] = {
    "\n": Grid.line_feed,
    "\v": Grid.line_feed,
    "\f": Grid.line_feed,
    "\r": lambda g: g.move(0, g.y),
    "\b": lambda g: g.move(g.x - 1, g.y),
    "\t": lambda g: g.move((g.x // 8 + 1) * 8, g.y),
    "\a": lambda g: None,
}
