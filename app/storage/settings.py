"""Settings: defaults < settings.toml < environment; what is wrong is told, and never stops the app.

settings.toml is a flat list of ``key = value`` lines:

| key             | value                  | default  | means                                    |
|-----------------|------------------------|----------|------------------------------------------|
| `theme`         | a theme's name         | `""`     | colours; empty is the app's own choice   |
| `graphics`      | auto, kitty, sixel,    | `"auto"` | how pictures are drawn                   |
|                 | halfcell, text         |          |                                          |
| `symbols`       | auto, half, quadrant,  | `"auto"` | the finest blocks that pictures made of  |
|                 | sextant, octant        |          | text use; auto is what the font can      |
| `scroll-regions`| true, false            | `true`   | lets the terminal move rows that it      |
|                 |                        |          | shows already, where it does that right  |
| `animate`       | true, false            | `true`   | animated pictures play in place          |
| `picture-memory`| 16 to 4096             | `192`    | megabytes for pictures ready to be shown |
| `instructions`  | text                   | `""`     | sent along with every turn               |
| `base-url`      | http:// or https:// URL| `""`     | other server, after OPENAI_BASE_URL      |
| `retries`       | 0 to 10                | `3`      | sends again after a rate limit or failure|
|                 |                        |          | to connect, nothing else                 |
| `model`         | a model id             | `gpt-5.5`| the main model                           |
| `image-model`   | a model id, auto       | `"auto"` | the model that draws                     |
| `action`        | auto, generate, edit   | `"auto"` | the action at the start                  |
| `size`          | WIDTHxHEIGHT, auto     | `"auto"` | pixels                                   |
| `quality`       | the model's, auto      | `"auto"` | such as low, medium, high                |
| `format`        | the model's, auto      | `"auto"` | such as png, jpeg, webp                  |
| `compression`   | 0 to 100, auto         | `"auto"` | for jpeg and webp                        |
| `background`    | the model's, auto      | `"auto"` | opaque or transparent                    |
| `partials`      | 0 to the model's most  | `2`      | previews while drawing                   |

A ``_`` in a key is as good as ``-``. The environment has SFUMATO_THEME, SFUMATO_GRAPHICS,
SFUMATO_MODEL and SFUMATO_IMAGE_MODEL. The API key is never read from settings.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.domain.errors import BadOption
from app.domain.options import BY_COMMAND, Options, with_value
from app.storage import values
from app.storage.choices import save_choice as save_choice
from app.storage.files import shown, trouble

GRAPHICS = ("auto", "kitty", "sixel", "halfcell", "text")
SYMBOLS = ("auto", "half", "quadrant", "sextant", "octant")
MOST_RETRIES = 10
MEMORY = (16, 4096)
"""The least and the most of picture-memory, in megabytes."""
MOST_BYTES = 256 * 1024
"""A larger settings file is not read."""
VARIABLES: Mapping[str, str] = {
    "SFUMATO_THEME": "theme",
    "SFUMATO_GRAPHICS": "graphics",
    "SFUMATO_MODEL": "model",
    "SFUMATO_IMAGE_MODEL": "image-model",
}
CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "theme": values.name,
    "graphics": values.one_of(*GRAPHICS),
    "symbols": values.one_of(*SYMBOLS),
    "scroll-regions": values.switch,
    "animate": values.switch,
    "picture-memory": values.whole(*MEMORY),
    "instructions": values.text,
    "base-url": values.base_url,
    "retries": values.whole(0, MOST_RETRIES),
}
"""Key → what makes a value of it, or raises ValueError with what it must be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person chose once for all; flags are applied with ``dataclasses.replace``."""

    options: Options = field(default_factory=Options)
    """What a new conversation begins with."""
    theme: str = ""
    """The name of a theme; "" is the app's own choice."""
    graphics: str = "auto"
    symbols: str = "auto"
    scroll_regions: bool = True
    animate: bool = True
    picture_memory: int = 192
    """Megabytes of prepared pictures."""
    instructions: str = ""
    base_url: str = ""
    retries: int = 3
    """How often a request is sent again after a rate limit or a failure to connect."""


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """One value as it was found, and where."""

    source: str
    key: str
    value: Any


def load(path: Path, environ: Mapping[str, str] = os.environ) -> tuple[Settings, list[str]]:
    """The settings, and a sentence about everything that was wrong with them. Never raises.

    ``path`` is that of settings.toml, which need not exist. Wrong values leave the defaults.
    """
    problems: list[str] = []
    found = list(_from_file(path, problems))
    given = [
        _Entry(variable, key, environ[variable].strip())
        for variable, key in VARIABLES.items()
        if environ.get(variable, "").strip()
    ]
    settings = Settings()
    for entry in (*found, *given):
        check = CHECKS.get(entry.key)
        if check is not None:
            try:
                settings = replace(settings, **{entry.key.replace("-", "_"): check(entry.value)})
            except ValueError as error:
                problems.append(f"{entry.source}: {entry.key} {error}.")
        elif entry.key not in BY_COMMAND:
            problems.append(f"{entry.source}: there is no setting {entry.key!r}.")
    options = _options([entry for entry in (*given, *found) if entry.key in BY_COMMAND], problems)
    return replace(settings, options=options), problems


def _from_file(path: Path, problems: list[str]) -> Iterator[_Entry]:
    """The entries of settings.toml; what keeps it from being read is added to ``problems``."""
    try:
        if path.exists() and not path.is_file():
            problems.append(f"Settings are not read, this is not a file: {shown(path)}")
            return
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            problems.append(f"Settings are not read, this file is too large: {shown(path)}")
            return
        table = tomllib.loads(data.decode("utf-8-sig"))
    except FileNotFoundError:
        return
    except OSError as error:
        problems.append(f"Settings are not read. {trouble(error, path).sentence}")
        return
    except UnicodeDecodeError:
        problems.append(f"Settings are not read, this file is not UTF-8 text: {shown(path)}")
        return
    except (ValueError, RecursionError) as error:
        problems.append(f"Settings are not read, {shown(path)} is not valid TOML: {error}")
        return
    for key, value in table.items():
        yield _Entry(path.name, key.replace("_", "-"), value)


def _options(entries: Sequence[_Entry], problems: list[str]) -> Options:
    """The options that all legal entries make together; the first of two for one key wins.

    Some values are legal only beside others (compression beside jpeg), in whatever order they are
    written, so what is refused is tried again for as long as another one is taken.
    """
    options = Options()
    taken: set[str] = set()
    refused: dict[_Entry, str] = {}
    waiting = entries
    while waiting:
        for entry in waiting:
            if entry.key in taken:
                continue
            try:
                options = with_value(options, entry.key, _option_text(entry.value))
            except ValueError as error:
                refused[entry] = f"{entry.key} {error}."
            except BadOption as error:
                refused[entry] = f"{error.sentence} {error.hint}".strip()
            else:
                taken.add(entry.key)
                refused.pop(entry, None)
        left = [entry for entry in waiting if entry in refused]
        waiting = left if len(left) < len(waiting) else ()
    problems.extend(f"{entry.source}: {said}" for entry, said in refused.items())
    return options


def _option_text(value: Any) -> str:
    """An option's value as text. Raises ValueError for what is neither text nor whole number."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError("must be text or a whole number")
