"""The words that the demo studio knows: a clause of a prompt to what it says."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.demo.subjects import table


@dataclass(slots=True)
class Item:
    """A figure that a prompt names, with what the words around it say."""

    kind: str
    colour: str = ""
    count: int = 1
    scale: float = 1.0
    bond: str = ""


@dataclass(slots=True)
class Reading:
    """What a clause of a prompt says: `said` holds time, place, weather, style, verb and way."""

    said: dict[str, str]
    items: list[Item]
    colour: str = ""
    scale: float = 1.0


@cache
def lexicon() -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """What each known word is (its sort and its value), and how the values are told."""
    known = dict[str, tuple[str, str]]()
    for kind, figure in ((k, f) for k, f in table()[1].items() if f.habitat != "limb"):
        known |= dict.fromkeys((kind, *figure.words), ("figure", kind))
    known |= {word: ("colour", word) for word in table()[0] if len(word) > 1}
    told = {}
    for row in Path(__file__).with_name("words.txt").read_text("utf-8").splitlines()[1:]:
        head, words, *phrase = (part.strip() for part in row.split("|"))
        sort, value = head.split()
        known |= dict.fromkeys((value, *words.split()), (sort, value))
        told[value] = "".join(phrase)
    return known, told


def read(prompt: str) -> Reading:
    """What the known words of one clause say."""
    known = lexicon()[0]
    text = " ".join(re.findall(r"[^\W_]+", prompt.lower()))
    for words in (w for w in known if "_" in w):
        text = re.sub(rf"\b{words.replace('_', ' ')}(?=s?\b)", words, text)
    reading, count, bond, before = Reading({}, []), 1, "", ("", "")
    for word in text.split():
        forms = (word, word.removesuffix("s"), word.removesuffix("es"), word[:-3] + "y")
        form = next((f for f in forms if f in known), "")
        sort, value = known.get(form, ("", ""))
        if reading.said.get("verb") == "add" and form in table()[1] and sort != "bond":
            sort, value = "figure", form
        if sort == "figure" and before == ("figure", value):
            continue
        before = sort, value
        if sort == "figure":
            reading.items.append(Item(value, reading.colour, count, reading.scale, bond))
            reading.colour, reading.scale, count, bond = "", 1.0, 1, ""
        elif sort == "colour":
            reading.colour = value
        elif sort == "scale":
            reading.scale = float(value)
        elif sort == "count" or word.isdecimal():
            count = min(8, int(value or word[:3]) or 1)
        elif sort:
            bond = value if sort == "bond" else ""
            if value == "swap" or sort != "verb" or "verb" not in reading.said:
                reading.said[sort] = value
    if reading.items:
        last = reading.items[-1]
        last.colour, last.scale = last.colour or reading.colour, last.scale * reading.scale
    return reading
