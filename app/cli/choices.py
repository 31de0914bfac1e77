"""What was chosen: settings under the flags, the option flags on top, and where everything is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.cli.arguments import Arguments
from app.domain.errors import BadOption
from app.domain.options import AUTO, Options, check, with_value
from app.storage.files import Places, places
from app.storage.settings import Settings, load

SETTINGS_FILE = "settings.toml"
THEMES_FOLDER = "themes"
GIVING_WAY: Mapping[str, str] = {
    "size": AUTO,
    "quality": AUTO,
    "background": AUTO,
    "compression": AUTO,
    "partials": "0",
}
"""Options of the settings that give way to a flag that they do not go with, and to which value."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Everything that was chosen before a command does anything."""

    places: Places
    settings: Settings
    options: Options
    graphics: str
    problems: tuple[str, ...]
    """What was wrong in the settings, in sentences."""


def read(arguments: Arguments) -> Chosen:
    """Defaults < settings.toml < environment < flags. Raises BadOption for a bad flag."""
    found = places()
    settings, problems = load(found.config / SETTINGS_FILE)
    return Chosen(
        places=found,
        settings=settings,
        options=with_flags(settings.options, arguments.options),
        graphics=arguments.graphics or settings.graphics,
        problems=tuple(problems),
    )


def with_flags(base: Options, given: Mapping[str, str]) -> Options:
    """``base`` with the flags ``given`` (option → value). Raises BadOption.

    What the flags cannot go with gives way if it was not given itself: ``--format png`` does not
    fail for a compression in the settings.
    """
    options = base
    for name in sorted(given, key=lambda name: name != "image-model"):
        # The image model comes first: it decides what the others may be.
        options = with_value(options, name, given[name], strict=False)
    if not given:
        return options
    reason = _broken(options)
    for name, neutral in GIVING_WAY.items():
        if reason and name not in given:
            changed = with_value(options, name, neutral, strict=False)
            if _broken(changed) != reason:
                options, reason = changed, _broken(changed)
    check(options)
    return options


def _broken(options: Options) -> str:
    """The first rule that the options break; "" when they are legal."""
    try:
        check(options)
    except BadOption as error:
        return error.sentence
    return ""
