"""Finds theme files, bundled and the user's, and loads them; a broken one is named and skipped.

What a file may hold is told in ``theme_file``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from textual.theme import Theme

from app.domain.text import one_line
from app.ui.theme_file import OWN_VARIABLES, BadTheme, own_variables, theme_from

DEFAULT_THEME = "sfumato-dark"
MAX_BYTES = 64 * 1024
MAX_FILES = 100
MAX_PROBLEMS = 20
MAX_REASON = 160
"""Characters of a reason; a file can make it as long as itself."""


def load_themes(user_folder: Path | None) -> tuple[list[Theme], list[str]]:
    """All themes, bundled ones first, and one sentence for each file that was skipped.

    A user's theme with the name of a bundled one takes its place. Never raises: whatever is wrong
    with ``user_folder`` or a file of it is in the sentences.
    """
    themes: dict[str, Theme] = {}
    problems: list[str] = []
    _load(_bundled_folder(), themes, problems)
    if user_folder is not None:
        _load(user_folder, themes, problems)
    if len(problems) > MAX_PROBLEMS:
        problems[MAX_PROBLEMS:] = [f"{len(problems) - MAX_PROBLEMS} more problems with themes."]
    return list(themes.values()), problems


def default_variables(theme: Theme | None = None) -> dict[str, str]:
    """Our variables as they follow from ``theme``'s colours; without one, the default theme's.

    Meant for ``App.get_theme_variable_defaults``: given the current theme, they suit any theme,
    one of Textual's own too.
    """
    if theme is None:
        return dict(_defaults())
    return own_variables(theme.to_color_system().generate(), theme.ansi)


@cache
def _defaults() -> Mapping[str, str]:
    theme = next(theme for theme in load_themes(None)[0] if theme.name == DEFAULT_THEME)
    return {name: theme.variables[name] for name in OWN_VARIABLES}


def _bundled_folder() -> Path:
    """The themes that ship with the app: inside the package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def _load(folder: Path, themes: dict[str, Theme], problems: list[str]) -> None:
    """Adds the themes of one folder to ``themes``; a missing folder has none."""
    taken: dict[str, str] = {}
    for path in _theme_files(folder, problems):
        try:
            theme = theme_from(_read(path))
            if theme.name in taken:
                raise BadTheme(f"{taken[theme.name]} already has a theme named {theme.name}")
        except BadTheme as error:
            reason = one_line(str(error), MAX_REASON)
            problems.append(f"The theme {one_line(path.name, 60)} was skipped: {reason}.")
            continue
        taken[theme.name] = path.name
        themes[theme.name] = theme


def _theme_files(folder: Path, problems: list[str]) -> list[Path]:
    """The ``.toml`` files of a folder, by name."""
    try:
        if not folder.is_dir():
            return []
        found = [item for item in folder.iterdir() if item.name.endswith(".toml")]
    except OSError as error:
        problems.append(f"The folder of themes could not be read: {error.strerror}.")
        return []
    if len(found) > MAX_FILES:
        problems.append(f"There are {len(found)} themes; only the first {MAX_FILES} were read.")
    return sorted(found, key=lambda item: item.name)[:MAX_FILES]


def _read(path: Path) -> Mapping[str, object]:
    """The data of one file. Raises BadTheme."""
    try:
        # A pipe or device would block or never end, so only regular files are opened.
        if not path.is_file():
            raise BadTheme("it is not a file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadTheme(f"it could not be read ({error.strerror})") from error
    if len(content) > MAX_BYTES:
        raise BadTheme(f"it is larger than {MAX_BYTES // 1024} KB")
    try:
        return tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadTheme("it is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise BadTheme(f"it is not valid TOML ({error})") from error
