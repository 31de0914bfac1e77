"""What a picture holds: scenes from words, edits that leave the rest in place, JSON and English."""

import json
import re
from dataclasses import asdict, dataclass, replace
from math import hypot
from random import Random
from zlib import crc32

from app.demo.subjects import Figure, rows, table
from app.demo.words import Item, lexicon, read

MOST_THINGS = 24
LAMPS = ("sun", "moon", "planet")
UNKNOWN = ("dream", "dream", "dream", "mountains", "sea", "desert", "meadow")
ANY_TIME = ["dawn", "day", "day", "sunset", "sunset"]
SWAP = re.compile(r"\b(?:replace|swap|turn)\b(.+?)\b(?:with|for|into)\b(.+)", re.IGNORECASE)


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

    @property
    def figure(self) -> Figure:
        """What is known of its kind."""
        return table()[1][self.kind]


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
    return json.dumps(asdict(scene), separators=(",", ":"))


def from_json(text: str) -> Scene | None:
    """The scene that `to_json` wrote, or None for any other text."""
    try:
        fields = json.loads(text[:20_000])
        things = [t | {"wears": tuple(map(tuple, t["wears"]))} for t in fields.pop("things")]
        scene = Scene(**fields, things=tuple(Thing(**t) for t in things))
        return scene if _sound(scene) else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _sound(scene: Scene) -> bool:
    """Whether every field is one that a prompt could have led to."""
    said = {*lexicon().values(), ("place", ""), ("time", ""), ("weather", "")}
    things, (colours, kinds) = scene.things, table()
    looks = [look for t in things for look in ((t.kind, t.colour), *t.wears)]
    measures = [n for t in things for n in (t.x, t.y, t.size, t.dx, t.dy)]
    return (
        all((name, getattr(scene, name)) in said for name in ("place", "time", "weather", "style"))
        and type(scene.seed) is type(scene.tone) is int
        and 0 <= scene.seed < 2**32
        and abs(scene.tone) <= 360
        and all(kind in kinds and colour in ("", *colours) for kind, colour in looks)
        and all(type(n) in (int, float) and abs(n) <= 2 for n in measures)
        and all(t.size >= 0.005 and type(t.flip) is bool and len(t.wears) <= 8 for t in things)
        and len(things) <= MOST_THINGS
    )


def describe(scene: Scene) -> str:
    """The revised prompt: the scene in two sentences."""
    names = [f"{t.colour} {t.kind}".strip() for t in scene.things if t.figure.habitat != "light"]
    phrases = ["a wide and quiet view" if scene.place else "the given picture"]
    phrases = phrases if not (names and scene.place) else []
    for name in list(dict.fromkeys(names))[:4]:
        many, end = names.count(name), "es" if name[-1] in "xh" else "s"
        article = "an" if name[0] in "aeiou" else "a"
        phrases.append(f"{article} {name}" if many == 1 else f"{many} {name}{end}")
    said = {"style": scene.style, "place": scene.place, "time": scene.time}
    told = [" ".join(rows("words.txt")[sort][value][1]) for sort, value in said.items() if value]
    closing = " ".join(rows("words.txt")["weather"][scene.weather or "fair"][1])
    return f"{told[0]} {', '.join(phrases)} {' '.join(told[1:])}".strip() + f". {closing}"


def blank() -> Scene:
    """Nothing: a scene for a picture that is not one of ours, which stays as it is."""
    return Scene(seed=0)


def imagine(prompt: str) -> Scene:
    """A new scene from the words of a prompt; the same words always give the same scene."""
    seed = crc32(" ".join(prompt.lower().split()).encode())
    rng, (said, items) = Random(seed), read(prompt)
    items = [item for item in items if item.kind]
    kinds, unknown = {item.kind for item in items}, rng.choice(UNKNOWN)
    place = said.get("place") or (table()[1][items[0].kind].home if items else unknown)
    style, words = said.get("style", "none"), rows("words.txt")
    fitting = [*words["place"][place][2:], *words["style"][style][2:], ANY_TIME][0]
    fitting = ["night"] if {"moon", "star", "ufo"} & kinds else fitting
    time = said.get("time") or rng.choice(fitting)
    reach = 9 if items or "place" in said else 70
    scene = Scene(seed, place, time, said.get("weather", ""), style, rng.randint(-reach, reach))
    for index, item in enumerate(items):
        hero = 1.25 if not index and item.count == 1 and len(items) < 4 else 1
        scene = _add(scene, replace(item, scale=item.scale * hero))
    if not kinds & {*LAMPS} and place not in ("room", "studio", "underwater"):
        lamp = "planet" if place == "space" else "moon" if time == "night" else "sun"
        scene = _add(scene, Item(lamp))
    return scene


def change(scene: Scene, prompt: str) -> Scene:
    """The scene after an edit in words; what they do not speak of stays in place."""
    before, verb = scene, ""
    prompt = SWAP.sub(r"remove \1, add \2", prompt)
    for clause in re.split(r"[,;.!]|\band\b|\bthen\b|\bbut\b", prompt):
        said, items = read(clause)
        verb = said.get("verb", verb)
        if verb == "remove":
            scene = _without(scene, {item.kind for item in items})
            plain = {"weather": "clear", "style": "none"}
            said, items = {sort: plain[sort] for sort in plain if sort in said}, []
        scene = _edit(scene, said, items, verb)
    tone = (scene.tone + 210 + crc32(prompt.encode()) % 90) % 360 - 180
    return scene if scene != before else replace(scene, tone=tone)


def _without(scene: Scene, gone: set[str]) -> Scene:
    left = (t for t in scene.things if t.kind not in gone)
    things = (replace(t, wears=tuple(w for w in t.wears if w[0] not in gone)) for t in left)
    return replace(scene, things=tuple(things))


def _edit(scene: Scene, said: dict[str, str], items: list[Item], verb: str) -> Scene:
    ways = {name: said.get(name, getattr(scene, name)) for name in ("place", "time", "weather")}
    scene = replace(scene, **ways, style=said.get("style", scene.style))
    if "time" in said:
        lamp = "moon" if scene.time == "night" else "sun"
        things = (replace(t, kind=lamp) if t.kind in LAMPS[:2] else t for t in scene.things)
        scene = replace(scene, things=tuple(things))
    for item in items:
        kind = item.kind or (scene.things[0].kind if scene.things else "")
        if kind in {t.kind for t in scene.things} and verb != "add":
            things = (_altered(t, item) if t.kind == kind else t for t in scene.things)
            scene = replace(scene, things=tuple(things))
        elif kind:
            scene = _add(scene, replace(item, kind=kind))
    return scene


def _altered(thing: Thing, item: Item) -> Thing:
    size = min(1.6, max(0.03, thing.size * item.scale))
    return replace(thing, colour=item.colour or thing.colour, size=size)


def _add(scene: Scene, item: Item) -> Scene:
    """The scene with the item's figures in free spots, or worn by, on or beside the one before."""
    figure, things = table()[1][item.kind], list(scene.things)
    hosts = [i for i, t in enumerate(things) if t.figure.head]
    if figure.habitat == "wear" and hosts:
        host = things[hosts[-1]]
        others = (worn for worn in host.wears if worn[0] != item.kind)
        things[hosts[-1]] = replace(host, wears=(*others, (item.kind, item.colour)))
        return replace(scene, things=tuple(things))
    for index in range(min(item.count, MOST_THINGS - len(things))):
        rng = Random(f"{scene.seed} {item.kind} {len(things)}")
        x, y = _spot(scene.place, figure.habitat, rng, things)
        size = figure.size * item.scale * item.count**-0.3 * (1 - 0.1 * (index % 3))
        size = min(size, y - 0.12) if figure.habitat in ("far", "ground") else size
        things.append(Thing(item.kind, item.colour, x, y, round(size, 4), flip=x > 0.55))
    if item.bond and len(things) > item.count and figure.habitat != "light":
        things[-2:] = _bound(things[-2], things[-1], item.bond)
    return replace(scene, things=tuple(things))


def _spot(place: str, habitat: str, rng: Random, things: list[Thing]) -> tuple[float, float]:
    """A spot for a figure: near the middle when it is alone, else far from the rest."""
    spots, third = rows("places.txt")["spot"], rng.choice((0.4, 0.5, 0.6))
    x0, x1, y0, y1 = map(float, spots.get(f"{place}-{habitat}", spots[habitat])[0])
    taken = [(t.x, t.y - (t.size / 2 if t.y > 0.5 else 0)) for t in things]
    tries = [(round(rng.uniform(x0, x1), 4), round(rng.uniform(y0, y1), 4)) for _ in range(16)]
    if not taken:
        return min(tries, key=lambda at: abs(at[0] - third))
    return max(tries, key=lambda at: min(hypot(at[0] - x, (at[1] - y) / 2) for x, y in taken))


def _bound(first: Thing, second: Thing, bond: str) -> tuple[Thing, Thing]:
    """The first figure hugging or riding the second."""
    if bond == "hug":
        aside, wears = first.size * 0.27, (*first.wears, ("hug", first.colour))
        first = replace(first, y=first.y + 0.002, dx=aside, flip=False, wears=wears)
        return first, replace(second, x=first.x, y=first.y, size=first.size, dx=-aside, flip=True)
    size, legs = second.size, [("leg", first.colour or first.figure.colour)]
    wears = (*second.wears, *(legs if second.figure.head else ()))
    rider = replace(first, size=size * 0.9, y=second.y - 0.001, dy=size * 0.35, flip=False)
    mount = replace(second, x=first.x, size=size * (1.2 if wears else 1), flip=False, wears=wears)
    return rider, mount
