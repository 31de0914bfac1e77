"""``sfumato``: opens the chat. What is slow and not needed for the first frame comes after it."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import backend, choices
from app.cli.arguments import DEMO_DELAY, Arguments
from app.cli.choices import Chosen
from app.domain.errors import Refused

if TYPE_CHECKING:
    from app.imaging.detection import Findings, Graphics
    from app.storage.library import Library
    from app.ui.app import SfumatoApp
    from app.ui.workshop import Workshop

MEGABYTE = 2**20


def run(arguments: Arguments) -> int:
    """Opens the chat and answers its exit status when it is left.

    Raises Refused without a terminal, BadOption for a bad flag.
    """
    require_terminal()
    chosen = choices.read(arguments)
    from app.storage.logs import logging_to

    with logging_to(chosen.places.state):
        found, app_class = _prepared(chosen.graphics, chosen.settings.symbols)
        app = app_class(workshop(arguments, chosen, found.graphics))
        _take_early_keys(app, found)
        app.run()
        return app.return_code or 0


def require_terminal() -> None:
    """Raises Refused unless a person can see and type, here or in a browser."""
    from app.imaging.detection import in_browser

    streams = (sys.stdin, sys.stdout, sys.stderr)
    if not in_browser() and not all(stream is not None and stream.isatty() for stream in streams):
        raise Refused("The chat needs a terminal.", hint='Without one, use: sfumato draw "PROMPT"')


def workshop(arguments: Arguments, chosen: Chosen, graphics: Graphics) -> Workshop:
    """The parts of the chat; the server and the library are opened by the chat itself."""
    from app.ui.workshop import LATEST, Workshop

    server = backend.choose(chosen.settings.base_url, demo=arguments.demo)
    return Workshop(
        open_library=partial(_open_library, chosen.places.data),
        gateway=backend.gateway_to(server, delay=backend.demo_delay(DEMO_DELAY)),
        graphics=graphics,
        options=chosen.options,
        flags=arguments.options,
        instructions=chosen.settings.instructions,
        retries=chosen.settings.retries,
        demo=server.demo,
        resume=LATEST if arguments.resume else arguments.session,
        theme=chosen.settings.theme,
        settings_file=chosen.places.config / choices.SETTINGS_FILE,
        themes_folder=chosen.places.config / choices.THEMES_FOLDER,
        log_folder=chosen.places.state,
        problems=chosen.problems,
        cache_bytes=chosen.settings.picture_memory * MEGABYTE,
        animate=chosen.settings.animate,
        scroll_regions=chosen.settings.scroll_regions,
    )


def _prepared(choice: str, symbols: str) -> tuple[Findings, type[SfumatoApp]]:
    """Asks the terminal what it shows, and imports the screen while waiting for its answer."""
    from app.imaging.detection import find

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(find, choice, symbols)
        from app.ui.app import SfumatoApp

        return asked.result(), SfumatoApp


def _take_early_keys(app: SfumatoApp, found: Findings) -> None:
    """What is typed while the chat opens is for its prompt; Windows reads keys in its own way."""
    if sys.platform != "win32":
        from app.ui.late_answers import expect

        expect(app, found.typed, late=found.late)


def _open_library(folder: Path) -> Library:
    from app.storage.library import Library

    return Library(folder)
