"""One theme: checks what a TOML file says and fills in what it leaves out.

A theme file holds colours only:

    name = "my-theme"            # small letters, digits, - and _
    dark = true                  # whether the ground is dark (true if left out)
    ansi = false                 # true: may use the terminal's own palette, as "ansi_cyan"

    [colors]                     # "#rgb", "#rrggbb", a CSS name, or "ansi_…" where ansi = true
    primary = "#336699"          # needed: primary, foreground, background
    foreground = "#eeeeee"       # may be left out: secondary, accent, surface, panel,
    background = "#111111"       # success, warning, error

    [variables]                  # may be left out: what is missing follows from the colours
    muted = "#999999"            # quiet text
    rule = "#444444"             # lines
    card = "#1a1a1a"             # the ground of a turn
    changed = "#99ccff"          # words that differ in the revised prompt
    action-auto = "#999999"      # the prompt's border by action;
    action-generate = "#336699"  # also action-edit
    scrollbar = "#444444 50%"    # and any of Textual's own theme variables
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from textual.color import Color, ColorParseError
from textual.css.constants import VALID_STYLE_FLAGS
from textual.theme import Theme

OWN_VARIABLES = (
    "muted",
    "rule",
    "card",
    "changed",
    "action-auto",
    "action-generate",
    "action-edit",
)
"""The theme variables of ours, beside Textual's."""

READABLE = 4.5
"""The contrast that derived quiet text keeps to its ground."""

_TOP: Mapping[str, type] = {
    "name": str,
    "dark": bool,
    "ansi": bool,
    "colors": dict,
    "variables": dict,
}
_KINDS = {str: "text in quotes", bool: "true or false", dict: "a table"}
_NEEDED = ("primary", "foreground", "background")
_COLORS = (*_NEEDED, "secondary", "accent", "surface", "panel", "success", "warning", "error")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_COLOR = re.compile(r"#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}|[a-z_]{3,30}")
_SHADE = re.compile(r" (100|[0-9]{1,2})%$")

_FOLLOWS = {
    "border": "primary",
    "border-blurred": "rule",
    "scrollbar": "rule",
    "scrollbar-hover": "muted",
    "scrollbar-active": "primary",
    "scrollbar-background": "background",
    "scrollbar-background-hover": "background",
    "scrollbar-background-active": "background",
    "scrollbar-corner-color": "background",
    "footer-background": "background",
    "footer-key-foreground": "foreground",
    "footer-description-foreground": "muted",
    "block-cursor-foreground": "foreground",
    "block-cursor-background": "panel",
    "block-cursor-blurred-background": "panel",
    "foreground-muted": "muted",
    "text-muted": "muted",
    "link-color": "muted",
}
"""Textual's variables that our themes set, each with the colour that it is unless stated."""

_ANSI_LACKS = ("ansi-background", "ansi-foreground", "surface-active", "foreground-disabled")


class BadTheme(Exception):
    """Why a theme cannot be used, as one plain clause."""


def theme_from(data: Mapping[str, object]) -> Theme:
    """The theme that a file's data describe, all variables filled in. Raises BadTheme."""
    _only(data, _TOP, "key")
    for key, kind in _TOP.items():
        if key in data and not isinstance(data[key], kind):
            raise BadTheme(f"{key} must be {_KINDS[kind]}")
    name = str(data.get("name", ""))
    if not _NAME.fullmatch(name):
        raise BadTheme("it needs a name of small letters, digits, - and _ (at most 40)")
    ansi = data.get("ansi") is True
    colors = _texts(data.get("colors"), "colors")
    stated = _texts(data.get("variables"), "variables")
    _only(colors, _COLORS, "colour")
    _only(stated, _known_variables(), "variable")
    for key in _NEEDED:
        if key not in colors:
            raise BadTheme(f"the colour {key} is missing")
    for key, value in colors.items():
        _check_color(key, value, ansi)
    for key, value in stated.items():
        _check_variable(key, value, ansi)
    theme = Theme(
        name,
        dark=data.get("dark") is not False,
        ansi=ansi,
        variables={**_derived(colors, stated, ansi), **stated},
        primary=colors["primary"],
    )
    for key, value in {**_shades(colors, ansi), **colors}.items():
        setattr(theme, key, value)
    return theme


def own_variables(colors: Mapping[str, str], ansi: bool) -> dict[str, str]:
    """Our variables as they follow from a theme's colours (a Textual theme's generated ones do)."""
    if ansi:
        muted = rule = "ansi_bright_black"
        card = "ansi_default"
    else:
        ground, ink = Color.parse(colors["background"]), Color.parse(colors["foreground"])
        muted = _quiet(ground, ink).hex6
        rule = ground.blend(ink, 0.2).hex6
        card = ground.blend(ink, 0.03).hex6
    accent = colors.get("accent", colors["primary"])
    return {
        "muted": muted,
        "rule": rule,
        "card": card,
        "changed": accent,
        "action-auto": muted,
        "action-generate": colors["primary"],
        "action-edit": colors.get("secondary", accent),
    }


def contrast(one: Color, other: Color) -> float:
    """The contrast of two opaque colours as WCAG counts it: 1 (none) to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _quiet(ground: Color, ink: Color) -> Color:
    """``ink`` as pale as it may be and still be read on ``ground``."""
    for percent in range(60, 100, 5):
        color = ground.blend(ink, percent / 100, 1.0)
        if contrast(color, ground) >= READABLE:
            return color
    return ink


def _shades(colors: Mapping[str, str], ansi: bool) -> dict[str, str]:
    """The colours that a file may leave out."""
    primary = colors["primary"]
    found = dict.fromkeys(("secondary", "accent", "success", "warning", "error"), primary)
    if ansi:
        return {**found, "surface": "ansi_default", "panel": "ansi_default"}
    ground, ink = Color.parse(colors["background"]), Color.parse(colors["foreground"])
    return {
        **found,
        "surface": ground.blend(ink, 0.04).hex6,
        "panel": ground.blend(ink, 0.08).hex6,
    }


def _derived(colors: Mapping[str, str], stated: Mapping[str, str], ansi: bool) -> dict[str, str]:
    """Our variables, and those of Textual that follow them, unless stated."""
    own = own_variables(colors, ansi)
    source = {**_shades(colors, ansi), **colors, **own, **stated}
    # An ANSI theme of Textual 8.2 lacks variables that Textual's own style sheets refer to.
    lacking = dict.fromkeys(_ANSI_LACKS, "ansi_default") if ansi else {}
    return {**lacking, **own, **{name: source[follows] for name, follows in _FOLLOWS.items()}}


def _texts(table: object, name: str) -> dict[str, str]:
    """A table whose values are all text. Raises BadTheme."""
    found: dict[str, str] = {}
    for key, value in table.items() if isinstance(table, dict) else ():
        if not isinstance(value, str):
            raise BadTheme(f"{key} in [{name}] must be text in quotes")
        found[str(key)] = value
    return found


def _only(data: Iterable[str], known: Iterable[str], what: str) -> None:
    """Refuses names that are not known, so that a slip of the pen is noticed. Raises BadTheme."""
    allowed = set(known)
    for key in data:
        if key not in allowed:
            raise BadTheme(f"there is no {what} {key!r}")


def _check_color(key: str, value: str, ansi: bool) -> None:
    """Refuses what is not one opaque colour. Raises BadTheme."""
    try:
        if not _COLOR.fullmatch(value):
            raise BadTheme(f"{value!r} for {key} is not a colour")
        color = Color.parse(value)
    except ColorParseError as error:
        raise BadTheme(f"{value!r} for {key} is not a colour") from error
    if color.ansi is not None and not ansi:
        raise BadTheme(f"{value!r} for {key} needs ansi = true")
    if color.a < 1:
        raise BadTheme(f"{key} must be opaque")


def _check_variable(key: str, value: str, ansi: bool) -> None:
    """Refuses a value that Textual's style sheets could not take. Raises BadTheme."""
    if "-style" in key:
        if not value or set(value.split(" ")) - VALID_STYLE_FLAGS:
            raise BadTheme(f"{value!r} for {key} is not a text style such as bold or none")
        return
    shade = "" if key in OWN_VARIABLES else _SHADE.sub("", value)
    if shade not in ("auto", "transparent"):
        _check_color(key, shade or value, ansi)


@cache
def _known_variables() -> frozenset[str]:
    """The names of Textual's theme variables, and ours."""
    textual = Theme("any", primary="white").to_color_system().generate()
    return frozenset((*textual, *OWN_VARIABLES)) - frozenset(_COLORS)
