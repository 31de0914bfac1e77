"""The image tool as the API knows it: models, settings, sizes, and what does not go together."""

import re
from collections.abc import Sequence
from math import ceil, floor, sqrt

from app.demo.wire import Json, invalid, mistyped, not_one_of

IMAGE_MODELS: dict[str, str | None] = {
    **dict.fromkeys(("gpt-image-2.6-sunburst", "gpt-image-2.6-flare")),
    **dict.fromkeys(("gpt-image-2.5-sunburst", "gpt-image-2.5-sunburst-2026-09-08")),
    **dict.fromkeys(("gpt-image-2.5-flare", "gpt-image-2.5-flare-2026-09-08")),
    **dict.fromkeys(("gpt-image-2", "gpt-image-2-2026-04-21")),
    **dict.fromkeys(("gpt-image-1.5", "gpt-image-1-mini", "chatgpt-image-latest"), "2026-12-01"),
}
DEFAULTS: Json = {
    "model": "gpt-image-2.6-sunburst",
    **dict.fromkeys(("action", "size", "quality", "background", "moderation"), "auto"),
    **{"output_format": "png", "output_compression": 100, "partial_images": 0},
}
CHOICES: dict[str, Sequence[str]] = {
    "model": tuple(IMAGE_MODELS),
    "action": ("generate", "edit", "auto"),
    "quality": ("low", "medium", "high", "xhigh", "max", "auto"),
    "background": ("transparent", "opaque", "auto"),
    "output_format": ("png", "webp", "jpeg"),
    "moderation": ("auto", "low"),
    "complexity": ("low", "medium", "high"),
    "input_fidelity": ("high", "low"),
}
MOST = {"output_compression": 100, "partial_images": 3}
KNOWN = {"type", "input_image_mask", *DEFAULTS, *CHOICES}
NEEDS_FORMAT = {"frame_count": "gif", "frame_duration_ms": "gif", "svg": "svg"}
FEWEST_PIXELS, MOST_PIXELS, LONGEST_EDGE = 655_360, 8_294_400, 3840


def read_tool(tool: Json, where: str) -> Json:
    """Every setting of the tool at `where` ("tools[0]"), defaults filled in; raises ApiError."""
    given = {name: value for name, value in tool.items() if value is not None}
    for name, value in given.items():
        _check_value(name, value, f"{where}.{name}")
    settings = {**DEFAULTS, **given}
    _check_together(settings, where)
    return settings


def size_fault(size: object) -> str | None:
    """Why `size` is not a legal "WIDTHxHEIGHT"; None when it is."""
    found = re.fullmatch(r"([1-9]\d{0,5})x([1-9]\d{0,5})", size) if isinstance(size, str) else None
    if not found:
        return "expected 'auto' or 'WIDTHxHEIGHT'"
    width, height = int(found[1]), int(found[2])
    rules = (
        (width % 16 or height % 16, "width and height must both be divisible by 16"),
        (max(width, height) > LONGEST_EDGE, f"the longest edge must be <= {LONGEST_EDGE}"),
        (max(width, height) > 3 * min(width, height), "the ratio must be between 1:3 and 3:1"),
        (width * height < FEWEST_PIXELS, f"fewer than {FEWEST_PIXELS:,} pixels"),
        (width * height > MOST_PIXELS, f"more than {MOST_PIXELS:,} pixels"),
    )
    return next((fault for broken, fault in rules if broken), None)


def nearest_size(width: int, height: int) -> tuple[int, int]:
    """The legal size closest in shape and number of pixels; a legal one is returned as it is."""
    width, height = min(width, 3 * height), min(height, 3 * width)
    grow = max(1.0, sqrt(FEWEST_PIXELS / (width * height)))
    shrink = min(1.0, LONGEST_EDGE / max(width, height), sqrt(MOST_PIXELS / (width * height)))
    exact = (width * grow * shrink / 16, height * grow * shrink / 16)
    for rounding in (round, floor, ceil):
        size = (16 * rounding(exact[0]), 16 * rounding(exact[1]))
        if size_fault(f"{size[0]}x{size[1]}") is None:
            return size
    return 1024, 1024


def _check_value(name: str, value: object, where: str) -> None:
    if name in NEEDS_FORMAT:
        raise invalid(where, f"'{name}' requires output_format '{NEEDS_FORMAT[name]}'.")
    if name not in KNOWN:
        raise invalid(where, f"Unknown parameter: '{where}'.", "unknown_parameter")
    if name in CHOICES and value not in CHOICES[name]:
        raise not_one_of(where, value, CHOICES[name])
    if name in MOST:
        if not isinstance(value, int) or isinstance(value, bool):
            raise mistyped(where, "integer")
        if not 0 <= value <= MOST[name]:
            raise invalid(where, f"'{name}' must be between 0 and {MOST[name]}, not {value}.")
    if name == "size" and value != "auto" and (fault := size_fault(value)):
        raise invalid(where, f"Invalid size {str(value)[:40]!r}: {fault}.")


def _check_together(tool: Json, where: str) -> None:
    model, quality, png = tool["model"], tool["quality"], tool["output_format"] == "png"
    if "input_fidelity" in tool and model not in ("gpt-image-1.5", "gpt-image-1-mini"):
        message = f"'input_fidelity' is not supported with {model}."
        raise invalid("input_fidelity", message, "invalid_input_fidelity_model")
    clear, jpeg = tool["background"] == "transparent", tool["output_format"] == "jpeg"
    filled = clear and model in ("gpt-image-2", "gpt-image-2-2026-04-21")
    fine = quality in ("xhigh", "max") and not re.match(r"gpt-image-2\.[56]-", model)
    squeezed = png and tool["output_compression"] < 100
    rules = (
        (clear and jpeg, "background", "Transparent background needs output_format png or webp."),
        (filled, "background", f"Transparent background is not supported with {model}."),
        (squeezed, "output_compression", "Compression less than 100 is not supported for png."),
        (fine, "quality", f"Quality '{quality}' is not supported with {model}."),
    )
    for broken, name, fault in rules:
        if broken:
            raise invalid(f"{where}.{name}", fault)
