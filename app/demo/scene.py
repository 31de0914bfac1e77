"""Scenes from words: a new one for a prompt, and an edit that leaves the rest in place."""

import re
from collections.abc import Callable
from dataclasses import replace
from math import hypot
from random import Random
from zlib import crc32

from app.demo.subjects import table
from app.demo.telling import describe
from app.demo.things import MOST_THINGS, Scene, Thing, from_json, to_json
from app.demo.words import Item, Reading, read

__all__ = ["Scene", "Thing", "blank", "change", "describe", "from_json", "imagine", "to_json"]

# Where things go: x from, x to, y from, y to in parts of the picture; a place may have its own.
SPOTS = {
    "ground": (0.2, 0.8, 0.85, 0.89),
    "far": (0.2, 0.8, 0.76, 0.79),
    "water": (0.24, 0.76, 0.7, 0.76),
    "sky": (0.16, 0.84, 0.2, 0.4),
    "deep": (0.2, 0.8, 0.35, 0.68),
    "table": (0.26, 0.74, 0.84, 0.87),
    "wear": (0.3, 0.7, 0.84, 0.87),
    "light": (0.2, 0.8, 0.17, 0.28),
    "cliff far": (0.24, 0.34, 0.6, 0.62),
    "cliff ground": (0.14, 0.4, 0.62, 0.64),
}
STEPS = {"left": (-0.2, 0.0), "right": (0.2, 0.0), "up": (0.0, -0.14), "down": (0.0, 0.14)}


def blank() -> Scene:
    """Nothing: a scene for a picture that is not one of ours, which stays as it is."""
    return Scene(seed=0)


def imagine(prompt: str) -> Scene:
    """A new scene from the words of a prompt; the same words always give the same scene."""
    seed = crc32(" ".join(prompt.lower().split()).encode())
    rng, reading = Random(seed), read(prompt)
    homes = [table()[1][item.kind].home for item in reading.items]
    unknown = rng.choice(("dream", "dream", "dream", "mountains", "sea", "desert", "meadow"))
    place = reading.said.get("place") or next(iter(homes), unknown)
    night = place == "space" or any(i.kind in ("moon", "star", "ufo") for i in reading.items)
    times: tuple[str, ...] = ("day", "day", "dawn", "sunset", "sunset")
    if place == "city" or reading.said.get("style") == "neon":
        times = ("dusk", "night")
    elif place == "dream":
        times = ("dawn", "day", "sunset", "dusk", "night")
    times = ("night",) if night else times
    scene = Scene(
        seed,
        place,
        reading.said.get("time") or rng.choice(times),
        reading.said.get("weather", ""),
        reading.said.get("style", "none"),
        rng.randint(-9, 9) if homes or "place" in reading.said else rng.randint(-70, 70),
    )
    for index, item in enumerate(reading.items):
        far = table()[1][item.kind].habitat == "far"
        alone = not index and item.count == 1 and len(reading.items) < 4
        hero = (1.1 if far else 1.3) if alone else 1.0
        scene = _add(scene, replace(item, scale=item.scale * hero))
    lights = {table()[1][t.kind].habitat for t in scene.things}
    if "light" not in lights and scene.place not in ("room", "studio", "underwater", "space"):
        scene = _add(scene, Item("moon" if scene.time == "night" else "sun"))
    return scene


def change(scene: Scene, prompt: str) -> Scene:
    """The scene after an edit in words; what they do not speak of stays in place."""
    before, verb = scene, ""
    for clause in re.split(r"[,;.!]|\band\b|\bthen\b|\bbut\b", prompt):
        reading = read(clause)
        verb = reading.said.get("verb", verb)
        scene = _without(scene, reading) if verb == "remove" else _edit(scene, reading, verb)
    if scene == before:
        scene = replace(
            scene, tone=(scene.tone + 30 + crc32(prompt.encode()) % 90 + 180) % 360 - 180
        )
    return scene


def _without(scene: Scene, reading: Reading) -> Scene:
    gone = {item.kind for item in reading.items}
    things = tuple(
        replace(t, wears=tuple(w for w in t.wears if w[0] not in gone))
        for t in scene.things
        if t.kind not in gone
    )
    weather = "clear" if "weather" in reading.said else scene.weather
    style = "none" if "style" in reading.said else scene.style
    return replace(scene, things=things, weather=weather, style=style)


def _edit(scene: Scene, reading: Reading, verb: str) -> Scene:
    said = {k: reading.said[k] for k in ("place", "time", "weather", "style") if k in reading.said}
    scene = replace(scene, **said)  # type: ignore[arg-type]
    if "time" in said:
        light = "moon" if scene.time == "night" else "sun"
        lights = {"sun": light, "moon": light}
        scene = _each(scene, lambda t: replace(t, kind=lights.get(t.kind, t.kind)))
    items, way = reading.items, reading.said.get("way", "")
    if verb == "swap" and len(items) > 1:
        old, new = items[0].kind, items[1]
        return _each(
            scene, lambda t: replace(t, kind=new.kind, colour=new.colour) if t.kind == old else t
        )
    if not items and scene.things and (reading.colour or reading.scale != 1 or verb == "move"):
        items = [Item(scene.things[0].kind, reading.colour, scale=reading.scale)]
    for item in items:
        names = {name for t in scene.things for name in (t.kind, *(w for w, _ in t.wears))}
        if item.kind in names and (verb != "add" or way):
            scene = _each(scene, lambda t, i=item: _altered(t, i, way))  # type: ignore[misc]
        else:
            scene = _add(scene, item, way)
    return scene


def _each(scene: Scene, alter: Callable[[Thing], Thing]) -> Scene:
    return replace(scene, things=tuple(alter(t) for t in scene.things))


def _altered(thing: Thing, item: Item, way: str) -> Thing:
    """The thing in the item's colour and scale, moved, if it is (or wears) what the item names."""
    wears = tuple((k, item.colour or c) if k == item.kind else (k, c) for k, c in thing.wears)
    if thing.kind != item.kind:
        return replace(thing, wears=wears)
    dx, dy = STEPS.get(way, (0.0, 0.0))
    return replace(
        thing,
        colour=item.colour or thing.colour,
        size=min(1.6, max(0.03, thing.size * item.scale)),
        x=min(0.94, max(0.06, thing.x + dx)),
        y=min(0.97, max(0.08, thing.y + dy)),
    )


def _add(scene: Scene, item: Item, way: str = "") -> Scene:
    """The scene with the item's figures in free spots, or worn by, on or beside the one before."""
    figure, things = table()[1][item.kind], list(scene.things)
    hosts = [i for i, t in enumerate(things) if table()[1][t.kind].head]
    if figure.habitat == "wear" and hosts:
        host = things[hosts[-1]]
        others = tuple(w for w in host.wears if w[0] != item.kind)
        things[hosts[-1]] = replace(host, wears=(*others, (item.kind, item.colour)))
        return replace(scene, things=tuple(things))
    for index in range(min(item.count, MOST_THINGS - len(things))):
        x, y = _spot(scene, item.kind, things)
        dx, dy = STEPS.get(way, (0.0, 0.0))
        size = figure.size * item.scale * item.count**-0.3 * (1 - 0.1 * (index % 3))
        size = min(size, y - 0.07) if figure.habitat in ("far", "ground") else size
        x = 0.5 + dx * 1.4 if dx else x
        things.append(Thing(item.kind, item.colour, x, y + dy, round(size, 4), flip=x > 0.55))
    if item.bond and len(things) > item.count and figure.habitat != "light":
        things[-2:] = _bound(things[-2], things[-1], item.bond)
    return replace(scene, things=tuple(things))


def _spot(scene: Scene, kind: str, things: list[Thing]) -> tuple[float, float]:
    """A spot for a figure: near a third of the picture when it is alone, else far from the rest."""
    habitat, rng = table()[1][kind].habitat, Random(f"{scene.seed} {kind} {len(things)}")
    x0, x1, y0, y1 = SPOTS.get(f"{scene.place} {habitat}", SPOTS[habitat])
    third = rng.choice((0.4, 0.5, 0.6))
    tries = [(round(rng.uniform(x0, x1), 4), round(rng.uniform(y0, y1), 4)) for _ in range(16)]
    apart = [(t.x, t.y - (t.size / 2 if t.y > 0.5 else 0)) for t in things]
    return max(
        tries,
        key=lambda p: min(
            (hypot(p[0] - x, (p[1] - y) / 2) for x, y in apart), default=-abs(p[0] - third)
        ),
    )


def _bound(first: Thing, second: Thing, bond: str) -> tuple[Thing, Thing]:
    """The first figure riding or hugging the second."""
    figure, x, y = table()[1][second.kind], first.x, first.y
    if bond == "hug":
        size = max(first.size, second.size)
        first = replace(first, y=round(y + 0.002, 4), dx=round(size * 0.27, 4), flip=False)
        if table()[1][first.kind].head:
            first = replace(first, wears=(*first.wears, ("hug", first.colour)))
        return first, replace(second, x=x, y=y, size=size, dx=round(-size * 0.27, 4), flip=True)
    rider = replace(first, size=round(second.size * 0.9, 4), x=x, flip=False)
    second = replace(second, x=x, size=round(second.size * 1.2, 4), flip=False)
    if not figure.head:
        above = 0.001 if figure.habitat == "table" else -0.001
        return replace(rider, y=second.y + above, dy=round(second.size * 0.3, 4)), second
    dy = round(second.size * 0.52 - rider.size * 0.3, 4)
    second = replace(
        second, wears=(*second.wears, ("leg", rider.colour or table()[1][rider.kind].colour))
    )
    return replace(rider, y=second.y - 0.001, dy=dy), second
