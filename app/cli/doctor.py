"""``sfumato doctor``: what was found and why, for whoever wonders why things are as they are."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app import __version__
from app.cli import backend, choices, output, reach
from app.cli.arguments import Arguments
from app.cli.backend import Backend
from app.cli.choices import Chosen
from app.domain.text import one_line
from app.imaging.detection import Graphics, find
from app.storage.files import shown
from app.storage.logs import NAME as LOG

PACKAGES = ("openai", "textual", "textual-image", "pillow", "chafa.py", "resvg_py")
WIDTH = 12
"""Characters of the first column."""

Line = tuple[str, str]
"""What is told about, "" for more about the same, and what is told."""


def run(arguments: Arguments) -> int:
    """Prints the findings and answers 0, whatever they are. Raises BadOption for a bad flag."""
    chosen = choices.read(arguments)
    server = backend.choose(chosen.settings.base_url, demo=arguments.demo)
    for name, finding in _findings(chosen, server):
        output.say(f"{name:<{WIDTH}}{one_line(finding)}")
    return 0


def _findings(chosen: Chosen, server: Backend) -> Iterator[Line]:
    """Everything, in the order in which it is printed."""
    yield "versions", f"sfumato {__version__}, Python {platform.python_version()}"
    yield "", ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    yield from _terminal(chosen)
    yield from _files(chosen)
    yield from _server(server)


def _terminal(chosen: Chosen) -> Iterator[Line]:
    settings = chosen.settings
    found = find(chosen.graphics, settings.symbols)
    graphics = found.graphics
    silent = ", gave no answer in time" if found.late else ""
    yield "terminal", f"{found.terminal or 'unknown'}{silent}"
    yield "graphics", f"{graphics.protocol} - {graphics.reason}"
    yield "cell size", f"{graphics.cell_width}x{graphics.cell_height} pixels, by {found.cell_from}"
    yield "symbols", f"{graphics.symbols}, by {found.symbols_from}"
    yield "scrolling", _scrolling(graphics, wanted=settings.scroll_regions)
    far = "at the other end of a network: pictures are compressed" if graphics.remote else "here"
    yield "screen", far
    between = "in between" if os.environ.get("TMUX") else "not in between"
    yield "tmux", "pictures are handed through it" if graphics.tmux else between
    yield "memory", f"{settings.picture_memory} MB for pictures ready to be shown"
    yield "animation", "plays in place" if settings.animate else "the first frame, by the setting"


def _scrolling(graphics: Graphics, *, wanted: bool) -> str:
    """Whether rows are moved, and why not."""
    if not graphics.moves_rows:
        return f"rows are drawn again: this terminal is not known to move {graphics.protocol} right"
    if not wanted:
        return "rows are drawn again, by the setting"
    return "the terminal moves rows that it shows already"


def _files(chosen: Chosen) -> Iterator[Line]:
    places = chosen.places
    settings = places.config / choices.SETTINGS_FILE
    yield "settings", _place(settings)
    for problem in chosen.problems:
        yield "", problem
    yield "themes", _place(places.config / choices.THEMES_FOLDER)
    yield "library", _place(places.data)
    yield "log", _place(places.state / LOG)
    yield "cache", _place(places.cache)


def _server(server: Backend) -> Iterator[Line]:
    yield "key", f"OPENAI_API_KEY is {'set' if server.has_key else 'not set'}"
    if server.demo:
        why = "--demo" if server.asked else "no key and no base URL"
        yield "server", f"the built-in demo studio ({why})"
    else:
        yield "server", reach.address_of(server)
    yield "reachable", reach.attempt(server)


def _place(path: Path) -> str:
    """A path, and whether there is anything."""
    try:
        missing = not path.exists()
    except OSError as error:
        return f"{shown(path)} (not readable: {error.strerror})"
    return f"{shown(path)} (none yet)" if missing else shown(path)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "is missing"
