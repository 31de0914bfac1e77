"""The revised prompt of a demo picture: a scene told in English."""

from app.demo.subjects import table
from app.demo.things import Scene
from app.demo.words import lexicon

CLOSING = (
    "Low light rakes across the scene and draws long, soft shadows.",
    "A restrained palette and generous empty space keep the eye on the subject.",
    "Layers fade into the distance, with fine grain over smooth gradients.",
    "The composition is calm and balanced, with a warm rim of light on every edge.",
)


def describe(scene: Scene) -> str:
    """The revised prompt: the scene in one to three sentences, 100 to 350 characters."""
    told = lexicon()[1]
    closing = CLOSING[scene.seed % len(CLOSING)]
    text = ""
    for most in (6, 4, 3, 2, 1):
        subjects = _named(scene, most)
        where = " ".join(p for p in (told.get(scene.place, ""), told.get(scene.time, "")) if p)
        first = f"{told[scene.style]} {subjects}{' ' if where else ''}{where}."
        text = " ".join(p for p in (first, told.get(scene.weather, ""), closing) if p)
        if len(text) <= 350:
            break
    return text


def _named(scene: Scene, most: int) -> str:
    """The things of a scene as a phrase of at most so many parts."""
    phrases: list[str] = [] if scene.place else ["the given picture"]
    things = [t for t in scene.things if table()[1][t.kind].habitat != "light"]
    link = ""
    for key in dict.fromkeys((t.kind, t.colour, t.wears) for t in things):
        kind, colour, wears = key
        same = [t for t in things if (t.kind, t.colour, t.wears) == key]
        noun = " ".join((colour, kind.replace("aerostat", "hot air balloon"))).strip()
        worn = [f"{c} {k}".strip() for k, c in wears if k not in ("hug", "leg")]
        phrase = _counted(noun, len(same)) + (
            f" in {_counted(' and '.join(worn), 1)}" if worn else ""
        )
        if link:
            phrases[-1] += link + phrase
        else:
            phrases.append(phrase)
        link = " hugging " if "hug" in dict(wears) else " riding " if same[0].dy else ""
    phrases = phrases[:most] or ["a wide and quiet view"]
    return ", ".join(phrases[:-1]) + (" and " if phrases[1:] else "") + phrases[-1]


def _counted(noun: str, count: int) -> str:
    numbers = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
    if count > 1:
        plural = {"person": "people", "sheep": "sheep", "fish": "fish", "deer": "deer"}
        *head, last = noun.split()
        many = plural.get(last, last + ("es" if last.endswith(("x", "h")) else "s"))
        return " ".join((numbers[count] if count < 9 else "many", *head, many))
    return ("an " if noun[0] in "aeiou" else "a ") + noun
