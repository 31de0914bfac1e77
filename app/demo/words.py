"""The words that the demo studio knows: a clause of a prompt to what it says."""

import re
from dataclasses import dataclass, replace
from functools import cache

from app.demo.subjects import rows, table


@dataclass(frozen=True, slots=True)
class Item:
    """A figure that a prompt names, with what the words around it say."""

    kind: str = ""
    colour: str = ""
    count: int = 1
    scale: float = 1.0
    bond: str = ""


@cache
def lexicon() -> dict[str, tuple[str, str]]:
    """What each known word is: its sort and its value."""
    known = dict[str, tuple[str, str]]()
    for sort, values in (rows("figures.txt") | rows("words.txt")).items():
        for value, (words, *_) in values.items():
            known |= dict.fromkeys((value, *words), (sort, value))
    return known | {word: ("colour", word) for word in table()[0] if len(word) > 1}


def read(prompt: str) -> tuple[dict[str, str], list[Item]]:
    """The values of each sort that one clause speaks of, and its figures.

    A clause with a colour or a scale but no figure has one item of no kind.
    """
    text = " ".join(re.findall(r"[^\W_]+", prompt.lower()))
    for words in (word for word in lexicon() if "_" in word):
        text = re.sub(rf"\b{words.replace('_', ' ')}(?=s?\b)", words, text)
    said, items, coming, last = dict[str, str](), list[Item](), Item(), ""
    for word in text.split():
        forms = (word, word.removesuffix("s"), word.removesuffix("es"), word[:-3] + "y")
        form = next((form for form in forms if form in lexicon()), "")
        sort, value = lexicon().get(form, ("", ""))
        if said.get("verb") == "add" and form in rows("figures.txt")["figure"]:
            sort, value = "figure", form
        if sort == "figure" and value != last:
            items, coming = [*items, replace(coming, kind=value)], Item()
        elif sort == "colour":
            coming = replace(coming, colour=value)
        elif sort == "scale":
            coming = replace(coming, scale=float(value))
        elif sort == "count" or word.isdecimal():
            coming = replace(coming, count=min(8, int(value or word[:3]) or 1))
        elif sort in ("bond", "link"):
            coming = replace(coming, bond=value if sort == "bond" else "")
        elif sort and sort != "figure":
            said.setdefault(sort, value)
        last = value
    if items:
        end, late = items[-1], coming
        items[-1] = replace(end, colour=end.colour or late.colour, scale=end.scale * late.scale)
    return said, items or [coming] * (coming != Item())
