"""What each model can do, read from models.toml; an unknown model gets permissive rules."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class SizeRule:
    """The rules for a free size: edges in pixels, ``ratio`` of long to short edge."""

    step: int
    ratio: int
    edge: int
    pixels_min: int
    pixels_max: int

    def broken(self, width: int, height: int) -> str:
        """The first rule that a size breaks, as words; "" when it is legal."""
        if width % self.step or height % self.step:
            return f"both edges must be multiples of {self.step}"
        if not width or not height or max(width, height) > self.ratio * min(width, height):
            return f"the long edge may be at most {self.ratio} times the short one"
        if max(width, height) > self.edge:
            return f"the longest edge may be at most {self.edge}"
        if width * height < self.pixels_min:
            return f"it must have at least {self.pixels_min:,} pixels in all"
        if width * height > self.pixels_max:
            return f"it may have at most {self.pixels_max:,} pixels in all"
        return ""

    def nearest(self, width: int, height: int) -> str:
        """The legal size closest to the one asked for, its shape kept as far as possible."""
        width, height = max(width, 1), max(height, 1)
        shape = min(max(width / height, 1 / self.ratio), self.ratio)
        area = min(max(width * height, self.pixels_min), self.pixels_max, self.edge**2)
        tall = min((area / shape) ** 0.5, self.edge, self.edge / shape)
        wide = tall * shape
        best, best_distance = "", float("inf")
        for across in range(self.step, self.edge + 1, self.step):
            for steps in (round(tall / self.step), round(across / shape / self.step)):
                for down in ((steps - 1) * self.step, steps * self.step, (steps + 1) * self.step):
                    distance = abs(across - wide) + abs(down - tall)
                    if distance <= best_distance and not self.broken(across, down):
                        best, best_distance = f"{across}x{down}", distance
        return best


@dataclass(frozen=True, slots=True)
class ImageModel:
    """What one image model takes."""

    id: str
    sizes: tuple[str, ...]
    """The presets; with no ``rule`` the only sizes besides auto."""
    rule: SizeRule | None
    qualities: tuple[str, ...]
    formats: tuple[str, ...]
    backgrounds: tuple[str, ...]
    max_partials: int
    shutdown: date | None = None
    preset: bool = False

    @property
    def retired(self) -> bool:
        """Whether the provider has shut the model down."""
        return self.shutdown is not None and self.shutdown <= datetime.now(UTC).date()

    def size_rule_broken(self, width: int, height: int) -> str:
        """The rule that a size breaks, as words; "" when it is legal."""
        if self.rule is None:
            return f"{self.id} makes only {', '.join(self.sizes)}"
        return self.rule.broken(width, height)

    def nearest_size(self, width: int, height: int) -> str:
        """The legal size nearest to the one asked for."""
        if self.rule is not None:
            return self.rule.nearest(width, height)
        shape = width / max(height, 1)
        return min(self.sizes, key=lambda size: abs(_shape(size) - shape))


def _shape(size: str) -> float:
    width, _, height = size.partition("x")
    return int(width) / int(height)


@dataclass(frozen=True, slots=True)
class Catalog:
    """All models that are known, and the rules that hold for every one of them."""

    main_models: tuple[str, ...]
    models: Mapping[str, ImageModel]
    compressible: tuple[str, ...]
    compression_steps: tuple[str, ...]
    with_alpha: tuple[str, ...]
    without_partials: tuple[str, ...]

    @property
    def image_models(self) -> tuple[str, ...]:
        """The image models to offer: presets that are still served."""
        return tuple(
            key for key, model in self.models.items() if model.preset and not model.retired
        )

    def image_model(self, model_id: str) -> ImageModel:
        """What ``model_id`` takes; for an unknown id, the most permissive rules."""
        return self.models.get(model_id) or self.models["auto"]


@cache
def catalog() -> Catalog:
    """The catalog that ships with the app; read once."""
    data = tomllib.loads(Path(__file__).with_name("models.toml").read_text(encoding="utf-8"))
    rules = {name: SizeRule(**fields) for name, fields in data["rules"].items()}
    models = {
        key: _image_model(key, entry, data["families"], rules)
        for key, entry in data["image"].items()
    }
    return Catalog(
        main_models=tuple(data["main"]["models"]),
        models=models,
        compressible=tuple(data["compressible"]),
        compression_steps=tuple(data["compression_steps"]),
        with_alpha=tuple(data["with_alpha"]),
        without_partials=tuple(data["without_partials"]),
    )


def _image_model(
    key: str, entry: dict[str, Any], families: dict[str, Any], rules: dict[str, SizeRule]
) -> ImageModel:
    family = families[entry["family"]]
    return ImageModel(
        id=key,
        sizes=tuple(family["sizes"]),
        rule=rules.get(family.get("rule", "")),
        qualities=tuple(family["qualities"]),
        formats=tuple(family["formats"]),
        backgrounds=tuple(family["backgrounds"]),
        max_partials=family["max_partials"],
        shutdown=entry.get("shutdown"),
        preset=entry.get("preset", False),
    )
