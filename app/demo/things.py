"""What a demo picture holds, as plain data that travels with the picture as JSON."""

import json
from dataclasses import asdict, dataclass
from math import isfinite

from app.demo.subjects import table
from app.demo.words import lexicon

MOST_THINGS = 24


@dataclass(frozen=True, slots=True)
class Thing:
    """One figure: x, y in parts of the picture; size, dx, dy in parts of its shorter side."""

    kind: str
    colour: str
    x: float
    y: float
    size: float
    dx: float = 0.0
    dy: float = 0.0
    flip: bool = False
    wears: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything the painter needs; an empty time, weather or place leaves it as it is."""

    seed: int
    place: str = ""
    time: str = ""
    weather: str = ""
    style: str = "none"
    tone: int = 0
    things: tuple[Thing, ...] = ()


def to_json(scene: Scene) -> str:
    """The scene as one line of JSON."""
    return json.dumps({"sfumato": 1, **asdict(scene)}, separators=(",", ":"))


def from_json(text: str) -> Scene | None:
    """The scene that `to_json` wrote, or None for any other text."""
    if len(text) > 20_000:
        return None
    try:
        fields = json.loads(text)
        if fields.pop("sfumato") != 1:
            return None
        things = [
            Thing(**{**t, "wears": tuple((str(k), str(c)) for k, c in t["wears"])})
            for t in fields.pop("things")
        ]
        scene = Scene(**fields, things=tuple(things))
        return scene if _sound(scene) else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _sound(scene: Scene) -> bool:
    """Whether every field is one that `imagine` and `change` could have written."""
    colours, kinds = {"", *table()[0]}, table()[1]
    known = lexicon()[0].values()
    sorts = {
        name: {"", *(v for s, v in known if s == name)} for name in ("place", "time", "weather")
    }
    styles = {value for sort, value in known if sort == "style"}
    return (
        all(getattr(scene, name) in values for name, values in sorts.items())
        and scene.style in styles
        and type(scene.seed) is type(scene.tone) is int
        and 0 <= scene.seed < 2**32
        and abs(scene.tone) <= 360
        and len(scene.things) <= MOST_THINGS
        and all(
            t.kind in kinds
            and t.colour in colours
            and type(t.flip) is bool
            and all(type(n) in (int, float) and isfinite(n) for n in (t.x, t.y, t.size, t.dx, t.dy))
            and max(map(abs, (t.x, t.y, t.size, t.dx, t.dy))) <= 2
            and t.size >= 0.005
            and len(t.wears) <= 8
            and all(k in kinds and c in colours for k, c in t.wears)
            for t in scene.things
        )
    )
