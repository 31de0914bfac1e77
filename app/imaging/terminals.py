"""What known terminals can: kitty pictures at text cells, the finest block characters, moving rows.

XTVERSION or, where a terminal does not answer that, the environment gives name and version. What
could neither be seen nor looked up is the coarser: half cells always look right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Protocol = Literal["kitty", "sixel", "halfcell", "text"]
Symbols = Literal["half", "quadrant", "sextant", "octant"]
Version = tuple[int, ...]

ALWAYS: Version = ()
"""A version that every terminal has, also one that does not tell."""
TEXT: frozenset[Protocol] = frozenset({"halfcell", "text"})
PLACED: frozenset[Protocol] = frozenset({"halfcell", "text", "kitty"})
EVERYTHING: frozenset[Protocol] = frozenset({"halfcell", "text", "kitty", "sixel"})
FINENESS: tuple[Symbols, ...] = ("half", "quadrant", "sextant", "octant")


@dataclass(frozen=True, slots=True)
class Known:
    """A terminal and what it does right."""

    name: str
    """How its name begins, in lower case."""
    placeholders: Version | None = None
    """The first version that draws kitty pictures at unicode placeholders; None: none does."""
    symbols: tuple[tuple[Symbols, Version], ...] = ()
    """Finer block characters that it draws without gaps, and since when; the finest last."""
    moves: frozenset[Protocol] = frozenset()
    """Ways of drawing that come through when rows are moved by a scroll region."""
    spills: bool = False
    """Whether its sixels wipe out cells beyond their own, and stay there."""


KNOWN: tuple[Known, ...] = (
    # kitty 0.41.1: all symbols seen; octants since 0.40 (github.com/breferrari/vigia/issues/324).
    Known("kitty", (0, 28), (("sextant", ALWAYS), ("octant", (0, 40))), PLACED),
    # Octants: github.com/ghostty-org/ghostty/pull/5433, merged after 1.1.0.
    Known("ghostty", ALWAYS, (("sextant", ALWAYS), ("octant", (1, 2))), PLACED),
    # foot 1.13.1: sextants seen, octants are left out and shift the line; since 1.20 (vigia, 324).
    Known("foot", None, (("sextant", ALWAYS), ("octant", (1, 20))), EVERYTHING),
    # xterm 379: quadrants are in its "fixed" font and in DejaVu; sextants stay blank there.
    Known("xterm(", None, (("quadrant", ALWAYS),), EVERYTHING),
    # mlterm 3.9.0 draws quadrants of the font, and boxes for sextants.
    Known("mlterm", None, (("quadrant", ALWAYS),), EVERYTHING),
    # Konsole 22.12.3: sextants seen, boxes for octants. Sixels wipe out the row below and leave
    # ghosts wherever something else is drawn later.
    Known("konsole", None, (("quadrant", ALWAYS), ("sextant", (22, 12))), TEXT, spills=True),
    # Sextants: its custom_block_glyphs since 2022-03-19. Placeholders: wezterm issue 7924.
    Known("wezterm", None, (("quadrant", ALWAYS), ("sextant", (20220319,))), TEXT),
    # 6000 is 0.60: github.com/rbanffy/3270font/issues/66; octants since 0.78 (vigia, 324).
    Known("vte", None, (("quadrant", ALWAYS), ("sextant", (6000,)), ("octant", (7800,))), TEXT),
    # Sextants came after 0.13 (alacritty pull 7534), and it does not tell its version.
    Known("alacritty", None, (("quadrant", ALWAYS),), TEXT),
    # It draws U+2500 to U+259F itself; sextants are the font's, with seams (terminal pull 19841).
    Known("windows terminal", None, (("quadrant", ALWAYS),)),
    # Both are xterm.js: quadrants seen; it draws sextants only since 2025-12 (xterm.js pull 5467).
    Known("vscode", None, (("quadrant", ALWAYS),)),
    Known("browser", None, (("quadrant", ALWAYS),)),
    # tmux shows what the terminal around it shows; its own sixels stay where they are.
    Known("tmux", None, (), PLACED),
    Known("linux", None, (), TEXT),
)
UNKNOWN = Known("")
FINEST_IN_TMUX: Symbols = "sextant"
"""tmux 3.3 takes a sextant for one cell wide; of octants it does not know."""

VARIABLES: tuple[tuple[str, str], ...] = (
    ("KITTY_WINDOW_ID", "kitty"),
    ("GHOSTTY_RESOURCES_DIR", "ghostty"),
    ("WEZTERM_PANE", "wezterm"),
    ("VTE_VERSION", "vte({})"),
    ("KONSOLE_VERSION", "konsole"),
    ("ALACRITTY_WINDOW_ID", "alacritty"),
    ("WT_SESSION", "windows terminal"),
)
"""Variables that terminals set, and the name that they stand for ({}: their value)."""


def known(name: str) -> Known:
    """What the table says of a terminal with this name (lower case, a version may follow)."""
    return next((entry for entry in KNOWN if name.startswith(entry.name)), UNKNOWN)


def version_of(name: str) -> Version:
    """The numbers in a name: (0, 41, 1) of "kitty(0.41.1)", () where there are none."""
    return tuple(int(number) for number in re.findall(r"\d{1,9}", name))


def places_pictures(name: str) -> bool:
    """Whether kitty pictures can be drawn at text cells; a version not told is a new one."""
    first = known(name).placeholders
    version = version_of(name)
    return first is not None and (not version or version >= first)


def finest(name: str) -> Symbols:
    """The finest block characters that the terminal draws right."""
    version = version_of(name)
    able = [symbols for symbols, since in known(name).symbols if version >= since]
    return able[-1] if able else "half"


def moves(name: str, protocol: Protocol) -> bool:
    """Whether scroll regions move rows with pictures drawn so."""
    return protocol in known(name).moves


def spills(name: str) -> bool:
    """Whether a terminal of that name draws sixels, but not within their cells."""
    return known(name).spills


def name_from(env: Mapping[str, str]) -> str:
    """The terminal's name from the environment, in lower case, or "".

    TERM comes first where it names a terminal: the other variables are also inherited by terminals
    that are started inside another one.
    """
    term = env.get("TERM", "").lower()
    if known(term.removeprefix("xterm-")) is not UNKNOWN:
        return term.removeprefix("xterm-")
    for variable, name in VARIABLES:
        if env.get(variable):
            return name.format(env[variable])
    program = env.get("TERM_PROGRAM", "")
    if program:
        return f"{program} {env.get('TERM_PROGRAM_VERSION', '')}".strip().lower()
    return term
