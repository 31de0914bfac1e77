"""What a picture holds: scenes from words, and edits that leave the rest in place."""

import json
import re
from dataclasses import dataclass, replace
from functools import reduce
from math import hypot
from random import Random
from zlib import crc32

from app.demo.subjects import Figure, Point, rows, table
from app.demo.words import Item, read

MOST_WORDS, MOST_EDITS, MOST_THINGS = 2000, 100, 24
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

    words: tuple[str, ...]  # the prompt, empty for a blank scene, and the edits that led to it
    place: str = ""
    time: str = ""
    weather: str = ""
    style: str = "none"
    tone: int = 0
    things: tuple[Thing, ...] = ()

    @property
    def seed(self) -> int:
        """The number that all chance in the picture comes from."""
        return crc32(" ".join(self.words[0].lower().split()).encode("utf-8", "replace"))


def to_json(scene: Scene) -> str:
    """The words of the scene as one line of JSON."""
    return json.dumps({"sfumato": scene.words})


def from_json(text: str) -> Scene | None:
    """The scene whose words `to_json` wrote, or None for any other text."""
    try:
        first, *edits = map(str, json.loads(text[:20_000])["sfumato"][:MOST_EDITS])
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return reduce(change, edits, imagine(first) if first else blank())


def describe(scene: Scene) -> str:
    """The revised prompt: the scene in two sentences."""
    names = [f"{t.colour} {t.kind}".strip() for t in scene.things if t.kind not in LAMPS]
    subjects = [] if scene.place else ["the given picture"]
    for name in list(dict.fromkeys(names))[:5]:
        end, many = "es" if name[-1] in "xh" else "s", names.count(name)
        one = f"an {name}" if name[0] in "aeiou" else f"a {name}"
        subjects.append(f"{many} {name}{end}" if many > 1 else one)
    parts = {"style": scene.style, "place": scene.place, "time": scene.time}
    told = [" ".join(rows("words.txt")[sort][v][1]) for sort, v in parts.items() if v]
    told.insert(1, ", ".join(subjects) or "a wide and quiet view")
    return f"{' '.join(told)}. {' '.join(rows('words.txt')['weather'][scene.weather or 'fair'][1])}"


def blank() -> Scene:
    """Nothing: a scene for a picture that is not one of ours, which stays as it is."""
    return Scene(words=("",))


def imagine(prompt: str) -> Scene:
    """A new scene from the words of a prompt; the same words always give the same scene."""
    scene = Scene(words=(prompt[:MOST_WORDS] or " ",))
    rng, (said, items) = Random(scene.seed), read(scene.words[0])
    items = [item for item in items if item.kind]
    kinds, unknown = {item.kind for item in items}, rng.choice(UNKNOWN)
    place = said.get("place") or (table()[1][items[0].kind].home if items else unknown)
    style, words = said.get("style", "none"), rows("words.txt")
    fitting = [*words["place"][place][2:], *words["style"][style][2:], ANY_TIME][0]
    fitting = ["night"] if {"moon", "star", "ufo"} & kinds else fitting
    time, reach = said.get("time") or rng.choice(fitting), 9 if items or "place" in said else 70
    weather, tone = said.get("weather", ""), rng.randint(-reach, reach)
    scene = Scene(scene.words, place, time, weather, style, tone)
    for index, item in enumerate(items):
        hero = 1.25 if not index and item.count == 1 and len(items) < 4 else 1
        scene = _add(scene, replace(item, scale=item.scale * hero))
    if not kinds & {*LAMPS} and place not in ("room", "studio", "underwater"):
        lamp = "planet" if place == "space" else "moon" if time == "night" else "sun"
        scene = _add(scene, Item(lamp))
    return scene


def change(scene: Scene, prompt: str) -> Scene:
    """The scene after an edit in words; what they do not speak of stays in place."""
    after, verb, prompt = scene, "", prompt[:MOST_WORDS]
    clauses = SWAP.sub(r"remove \1, add \2", prompt)
    for clause in re.split(r"[,;.!]|\band\b|\bthen\b|\bbut\b", clauses):
        said, items = read(clause)
        verb = said.get("verb", verb)
        after = _edited(after, said, items, verb)
    if after == scene:
        tone = scene.tone + 210 + crc32(prompt.encode("utf-8", "replace")) % 90
        after = replace(scene, tone=tone % 360 - 180)
    return replace(after, words=(*scene.words, prompt))


def _edited(scene: Scene, said: dict[str, str], items: list[Item], verb: str) -> Scene:
    if verb == "remove":
        plain = {"weather": "clear", "style": "none"}
        said = {sort: plain[sort] for sort in plain if sort in said}
        scene, items = _without(scene, {item.kind for item in items}), []
    sorts, things = ("place", "time", "weather", "style"), scene.things
    scene = replace(scene, **{sort: said.get(sort, getattr(scene, sort)) for sort in sorts})
    if "time" in said:
        lamp = "moon" if scene.time == "night" else "sun"
        things = tuple(replace(t, kind=lamp) if t.kind in LAMPS[:2] else t for t in things)
        scene = replace(scene, things=things)
    for item in items:
        kind = item.kind or (scene.things[0].kind if scene.things else "")
        if kind in {t.kind for t in scene.things} and verb != "add":
            things = tuple(_altered(t, item) if t.kind == kind else t for t in scene.things)
            scene = replace(scene, things=things)
        elif kind:
            scene = _add(scene, replace(item, kind=kind))
    return scene


def _without(scene: Scene, gone: set[str]) -> Scene:
    left = (t for t in scene.things if t.kind not in gone)
    things = (replace(t, wears=tuple(w for w in t.wears if w[0] not in gone)) for t in left)
    return replace(scene, things=tuple(things))


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
        x, y = _spot(scene, item.kind, things)
        size = figure.size * item.scale * item.count**-0.3 * (1 - 0.1 * (index % 3))
        size = min(size, y - 0.12) if figure.habitat in ("far", "ground") else size
        things.append(Thing(item.kind, item.colour, x, y, size, flip=x > 0.55))
    if item.bond and len(things) > item.count and figure.habitat != "light":
        things[-2:] = _bound(things[-2], things[-1], item.bond)
    return replace(scene, things=tuple(things))


def _spot(scene: Scene, kind: str, things: list[Thing]) -> Point:
    """A spot for a figure: near the middle when it is alone, else far from the rest."""
    spots, habitat = rows("places.txt")["spot"], table()[1][kind].habitat
    x0, x1, y0, y1 = map(float, spots.get(f"{scene.place}-{habitat}", spots[habitat])[0])
    rng = Random(f"{scene.seed} {kind} {len(things)}")
    if not things:
        return min(x1, max(x0, rng.uniform(0.38, 0.62))), rng.uniform(y0, y1)
    taken = [(t.x, t.y - (t.size / 2 if t.y > 0.5 else 0)) for t in things]
    tries = [(rng.uniform(x0, x1), rng.uniform(y0, y1)) for _ in range(16)]
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
