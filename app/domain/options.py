"""The options of a turn, declared once: panel rows, flags, slash commands and checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Literal

from app.domain.catalog import Catalog, ImageModel, catalog
from app.domain.errors import BadOption

AUTO = "auto"
DEFAULT_MODEL = "gpt-5.5"
MODEL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")


class Action(StrEnum):
    """What a turn does: the model decides, a new picture, or a change of the last one."""

    AUTO = "auto"
    GENERATE = "generate"
    EDIT = "edit"

    def flipped(self) -> Action:
        """The action after one press of the flip key: auto → generate ⇄ edit."""
        return Action.EDIT if self is Action.GENERATE else Action.GENERATE


@dataclass(frozen=True, slots=True)
class Options:
    """What decides the next picture. ``auto`` means that the server chooses and nothing is sent."""

    action: Action = Action.AUTO
    model: str = DEFAULT_MODEL
    """The main model, which reads the prompt and calls the image tool."""
    image_model: str = AUTO
    size: str = AUTO
    quality: str = AUTO
    format: str = AUTO
    compression: str = AUTO
    background: str = AUTO
    partials: str = "2"


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """One option: its name in code, slash command and flag, and how it is told to the tool."""

    name: str
    """The field of Options, the flag ``--name`` and the command ``/name`` (``_`` becomes ``-``)."""
    label: str
    help: str
    kind: Literal["choice", "size", "number", "model"]
    tool: str | None
    """The tool parameter that carries it; None when it is not one of the tool's."""
    default: str = AUTO

    @property
    def command(self) -> str:
        """The name as typed in a flag or slash command."""
        return self.name.replace("_", "-")


SPECS: tuple[OptionSpec, ...] = (
    OptionSpec(
        "action", "Action", "make a new picture, or change the last one", "choice", "action"
    ),
    OptionSpec("size", "Size", "WIDTHxHEIGHT in pixels", "size", "size"),
    OptionSpec(
        "quality", "Quality", "more quality takes longer and costs more", "choice", "quality"
    ),
    OptionSpec("format", "Format", "file format of the picture", "choice", "output_format"),
    OptionSpec(
        "compression", "Compression", "0 to 100, jpeg and webp only", "number", "output_compression"
    ),
    OptionSpec("background", "Background", "transparent or opaque", "choice", "background"),
    OptionSpec("partials", "Partials", "previews while drawing", "choice", "partial_images", "2"),
    OptionSpec(
        "model",
        "Model",
        "main model: reads the prompt, calls the tool",
        "model",
        None,
        DEFAULT_MODEL,
    ),
    OptionSpec(
        "image_model", "Image model", "draws; auto is the server's choice", "model", "model"
    ),
)

BY_COMMAND: Mapping[str, OptionSpec] = {spec.command: spec for spec in SPECS}


def value_of(options: Options, spec: OptionSpec) -> str:
    """The value of one option as text."""
    return str(getattr(options, spec.name))


def legal_values(
    spec: OptionSpec, options: Options, known: Catalog | None = None
) -> tuple[str, ...]:
    """The values that one option may take now, in the order a panel steps through them.

    Sizes and models list the presets; others can be typed.
    """
    known = known or catalog()
    image = known.image_model(options.image_model)
    match spec.name:
        case "action":
            return tuple(Action)
        case "model":
            return tuple(dict.fromkeys((options.model, *known.main_models)))
        case "image_model":
            return tuple(dict.fromkeys((AUTO, options.image_model, *known.image_models)))
        case "size":
            return tuple(dict.fromkeys((AUTO, *image.sizes, options.size)))
        case "quality":
            return (AUTO, *image.qualities)
        case "format":
            return (AUTO, *image.formats)
        case "background":
            return (AUTO, *image.backgrounds)
        case "compression":
            return (
                (AUTO, *known.compression_steps)
                if options.format in known.compressible
                else (AUTO,)
            )
        case _:
            return tuple(str(number) for number in range(image.max_partials + 1))


def with_value(
    options: Options, name: str, value: str, known: Catalog | None = None, *, strict: bool = True
) -> Options:
    """``options`` with one value changed. Raises BadOption, naming the rule and what is legal.

    ``name`` is the command's spelling (``image-model``). Unless ``strict``, the combination with
    the other options is left to ``check`` (for several values that change together).
    """
    known = known or catalog()
    spec = BY_COMMAND.get(name)
    if spec is None:
        raise BadOption(
            f"There is no option {name!r}.", hint="Options: " + ", ".join(BY_COMMAND) + "."
        )
    value = value.strip()
    clean = value if spec.kind == "model" else value.lower()
    if spec.name == "size":
        clean = clean.replace("×", "x")
    if spec.name == "format" and clean == "jpg":
        clean = "jpeg"
    _check_value(spec, clean, options, known)
    typed: dict[str, Any] = {spec.name: Action(clean) if spec.name == "action" else clean}
    changed = replace(options, **typed)
    if strict:
        check(changed, known)
    return changed


def _check_value(spec: OptionSpec, value: str, options: Options, known: Catalog) -> None:
    """Checks one value by itself. Raises BadOption."""
    if spec.kind == "model":
        if not MODEL_ID.fullmatch(value):
            raise BadOption(f"{value!r} is not a model id.", hint="Such as gpt-5.5.")
    elif spec.kind == "size":
        _check_size(value, known.image_model(options.image_model))
    elif spec.kind == "number":
        if value != AUTO and not (re.fullmatch(r"[0-9]{1,3}", value) and int(value) <= 100):
            raise BadOption(f"{spec.label} is a whole number from 0 to 100, not {value!r}.")
    else:
        legal = legal_values(spec, options, known)
        if value not in legal:
            raise BadOption(
                f"{spec.label} cannot be {value!r}.",
                hint="Choose one of: " + ", ".join(legal) + ".",
            )


def _check_size(value: str, image: ImageModel) -> None:
    """Checks a size by the model's rules. Raises BadOption with the nearest legal size."""
    if value == AUTO or value in image.sizes:
        return
    found = re.fullmatch(r"([0-9]{1,5})x([0-9]{1,5})", value)
    if not found:
        raise BadOption(f"{value!r} is not a size.", hint="Such as 1536x1024, or auto.")
    width, height = int(found[1]), int(found[2])
    rule = image.size_rule_broken(width, height)
    if rule:
        near = image.nearest_size(width, height)
        raise BadOption(
            f"{value} is not possible: {rule}.", hint=f"The nearest legal size is {near}."
        )


def check(options: Options, known: Catalog | None = None) -> None:
    """Checks that the options fit each other and the image model. Raises BadOption."""
    known = known or catalog()
    image = known.image_model(options.image_model)
    for spec in SPECS:
        _check_value(spec, value_of(options, spec), options, known)
    if options.background == "transparent" and options.format not in (AUTO, *known.with_alpha):
        raise BadOption(
            f"A transparent background is not possible as {options.format}.",
            hint="Choose the format " + " or ".join(known.with_alpha) + " first.",
        )
    if options.compression != AUTO and options.format not in known.compressible:
        raise BadOption(
            f"Compression does not apply to {'png' if options.format == AUTO else options.format}.",
            hint="Choose the format " + " or ".join(known.compressible) + " first.",
        )
    if options.format in known.without_partials and options.partials != "0":
        raise BadOption(
            f"{options.format} allows no previews.", hint="Set partials to 0 first (/partials 0)."
        )
    if image.retired:
        raise BadOption(
            f"{image.id} was shut down on {image.shutdown}.", hint="Choose another model."
        )


def tool_parameters(options: Options) -> dict[str, str | int]:
    """The image tool's parameters: what is not ``auto``, with ``action`` always said."""
    found: dict[str, str | int] = {}
    for spec in SPECS:
        value = value_of(options, spec)
        if spec.tool is None or (value == AUTO and spec.name != "action"):
            continue
        found[spec.tool] = int(value) if value.isdigit() and spec.kind != "model" else value
    return found


def summary(options: Options) -> tuple[str, ...]:
    """What was chosen, in words for a status line: size, quality, format and so on."""
    words = []
    for spec in SPECS:
        value = value_of(options, spec)
        if spec.name in ("action", "model") or value == spec.default:
            continue
        words.append(f"{spec.label.lower()} {value}" if value.isdigit() else value)
    return tuple(words)
