"""The demo's painter: words to scenes, edits that leave the rest alone, pictures, files."""

import json
from io import BytesIO
from random import Random

import pytest
from PIL import Image, ImageChops

from app.demo.painter import encode, paint, preview, scene_in
from app.demo.scene import Scene, blank, change, describe, from_json, imagine, to_json
from app.demo.subjects import rows

PROMPTS = (
    "a red fox in a snowy forest at dusk",
    "a lighthouse on a cliff at sunset",
    "a teapot",
    "a gray tabby cat hugging an otter with an orange scarf",
    "an astronaut riding a horse",
    "a city street in the rain, neon",
    "three hot air balloons over mountains, watercolor",
    "a small boat on a lake",
    "fish under water in the deep sea",
    "a stormy sea with a ship, ink",
    "a castle in the fog",
    "a robot in a studio, noir",
    "quantum happiness",
    "zorp",
)
SMALL = (160, 120)


def kinds(scene: Scene) -> list[str]:
    return [thing.kind for thing in scene.things]


def changed(before: Image.Image, after: Image.Image) -> float:
    """The part of the pixels that differ visibly."""
    gray = ImageChops.difference(before.convert("RGB"), after.convert("RGB")).convert("L")
    return sum(gray.histogram()[12:]) / (gray.width * gray.height)


def test_words_name_time_weather_place_style_colour_and_count() -> None:
    scene = imagine("Three tiny red foxes in a snowy forest at midnight, pixel art")
    assert (scene.place, scene.time) == ("forest", "night")
    assert (scene.weather, scene.style) == ("snow", "pixel")
    assert kinds(scene) == ["fox", "fox", "fox", "moon"]
    assert {thing.colour for thing in scene.things[:3]} == {"red"}


def test_what_is_worn_hugged_and_ridden_belongs_together() -> None:
    cat, otter, *_ = imagine("a gray tabby cat hugging an otter with an orange scarf").things
    assert (cat.kind, cat.colour) == ("cat", "gray")
    assert (otter.kind, otter.wears) == ("otter", (("scarf", "orange"),))
    assert (cat.x, cat.dx) == (otter.x, -otter.dx)
    rider, horse, *_ = imagine("an astronaut riding a horse").things
    assert rider.x == horse.x
    assert rider.dy > 0


def test_an_edit_leaves_what_it_does_not_name() -> None:
    first = imagine("a small boat on a lake")
    night = change(first, "make it night")
    assert (night.time, night.place, night.seed) == ("night", "lake", first.seed)
    assert night.things[0] == first.things[0]
    balloon = change(night, "add a red balloon")
    assert balloon.things[:-1] == night.things
    assert (balloon.things[-1].kind, balloon.things[-1].colour) == ("balloon", "red")
    pixels = change(balloon, "as pixel art")
    assert (pixels.style, pixels.things) == ("pixel", balloon.things)
    assert "boat" not in kinds(change(pixels, "remove the boat"))


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ("make the fox blue", ["fox", "sun"]),
        ("two more birds", ["fox", "sun", "bird", "bird"]),
        ("replace the fox with an owl", ["sun", "owl"]),
        ("turn the fox into a cat and add a house", ["sun", "cat", "house"]),
        ("give it a hat", ["fox", "sun"]),
        ("remove the fox", ["sun"]),
    ],
)
def test_edits_of_figures(edit: str, expected: list[str]) -> None:
    assert kinds(change(imagine("a fox in a meadow by day"), edit)) == expected


def test_edits_of_colour_size_and_weather() -> None:
    scene = imagine("a fox in a meadow by day")
    assert change(scene, "make the fox blue").things[0].colour == "blue"
    assert change(scene, "make the fox bigger").things[0].size > scene.things[0].size
    assert change(scene, "give it a green hat").things[0].wears == (("hat", "green"),)
    assert change(scene, "in the rain").weather == "rain"
    assert change(change(scene, "in the rain"), "remove the rain").weather == "clear"


def test_an_edit_that_says_nothing_known_still_changes_something() -> None:
    scene = imagine("a fox")
    assert change(scene, "more pizzazz") != scene


def test_every_figure_can_be_asked_for_painted_and_kept() -> None:
    for kind in rows("figures.txt")["figure"]:
        scene = imagine(f"a green {kind}")
        assert from_json(to_json(scene)) == scene
        assert paint(scene, (64, 64), quality="low").size == (64, 64)


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_revised_prompt_has_a_decent_length(prompt: str) -> None:
    for scene in (imagine(prompt), change(imagine(prompt), "add an owl, a cat, a dog and a car")):
        assert 100 <= len(describe(scene)) <= 350


def test_the_same_prompt_gives_the_same_bytes_and_others_differ() -> None:
    pictures = [paint(imagine(prompt), SMALL).tobytes() for prompt in PROMPTS]
    assert pictures[0] == paint(imagine(PROMPTS[0]), SMALL).tobytes()
    assert len(set(pictures)) == len(PROMPTS)


def test_unknown_words_give_pictures_that_differ_clearly() -> None:
    first, second = (paint(imagine(prompt), SMALL) for prompt in ("quantum happiness", "zorp"))
    assert changed(first, second) > 0.5


def test_an_added_balloon_changes_only_its_surroundings() -> None:
    scene = imagine("a small boat on a lake")
    before, after = paint(scene, (256, 256)), paint(change(scene, "add a red balloon"), (256, 256))
    assert 0.002 < changed(before, after) < 0.2


@pytest.mark.parametrize("size", [(1, 1), (7, 90), (300, 40), (64, 64), (1536, 1024)])
def test_any_size(size: tuple[int, int]) -> None:
    picture = paint(imagine("a fox and a lighthouse by a lake at night"), size)
    assert (picture.size, picture.mode) == (size, "RGB")


@pytest.mark.parametrize("style", ["", "pixel art", "watercolor", "ink"])
def test_a_transparent_picture_is_only_its_figures(style: str) -> None:
    alpha = paint(imagine(f"a fox {style}"), (200, 200), transparent=True).getchannel("A")
    assert alpha.getpixel((2, 2)) == 0
    assert alpha.getextrema() == (0, 255)


def test_a_given_picture_stays_and_is_painted_on() -> None:
    photo = Image.new("RGB", (300, 200), (90, 140, 60))
    assert paint(blank(), (150, 100), base=photo).getcolors() == [(150 * 100, (90, 140, 60))]
    balloon = paint(change(blank(), "add a red balloon"), (150, 100), base=photo)
    assert 0.005 < changed(photo.resize((150, 100)), balloon) < 0.4
    night = paint(change(blank(), "make it night"), (150, 100), base=photo)
    assert sum(night.resize((1, 1)).getpixel((0, 0))) < 90 + 140 + 60  # type: ignore[arg-type]


def test_quality_draws_more_or_less() -> None:
    scene = imagine("rain over a lake")
    assert changed(paint(scene, SMALL, quality="low"), paint(scene, SMALL, quality="high")) > 0.01


def test_previews_sharpen() -> None:
    picture = paint(imagine("a castle in the mountains"), (256, 256))
    errors = [changed(picture, preview(picture, step, 3)) for step in range(3)]
    assert errors[0] > errors[1] > errors[2] > 0
    assert preview(picture, 0, 3).size == picture.size


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("clear", [False, True])
def test_the_scene_travels_in_the_file(form: str, clear: bool) -> None:
    scene = change(imagine(PROMPTS[3]), "add three birds")
    data = encode(paint(scene, SMALL, transparent=clear), scene, format=form, compression=70)
    with Image.open(BytesIO(data)) as image:
        assert (image.format or "").lower() == form
    assert scene_in(data) == scene


def test_compression_makes_files_smaller() -> None:
    scene = imagine("a fox")
    picture = paint(scene, SMALL)
    small, large = (encode(picture, scene, format="jpeg", compression=c) for c in (20, 95))
    assert len(small) < len(large)


def test_broken_files_hold_no_scene() -> None:
    scene, chance = imagine("a fox"), Random(4)
    plain = BytesIO()
    Image.new("RGB", (4, 4)).save(plain, "png")
    assert scene_in(b"") is scene_in(b"GIF89a") is scene_in(plain.getvalue()) is None
    for form in ("png", "jpeg", "webp"):
        data = encode(paint(scene, (32, 32)), scene, format=form)
        for _ in range(40):
            broken = bytearray(data[: chance.randrange(len(data))])
            for _ in range(min(8, len(broken))):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            assert scene_in(bytes(broken)) is None or isinstance(scene_in(bytes(broken)), Scene)


@pytest.mark.parametrize("text", ["", "[]", "null", "12", "{", '["a fox"]', '{"sfumato":[]}'])
def test_text_that_is_no_scene_is_refused(text: str) -> None:
    assert from_json(text) is None


@pytest.mark.parametrize(
    "words", [None, "fox", ["\ud800", "\0"], ["," * 15_000], ["fox"] * 3000, [1, None, {}]]
)
def test_strange_words_do_no_harm(words: object) -> None:
    assert from_json("[" * 5000) is from_json("1" * 5000) is None
    scene = from_json(json.dumps({"sfumato": words}))
    assert scene is None or paint(scene, (16, 16), quality="low")


def test_words_without_end_are_left_out_of_the_file() -> None:
    scene = imagine("a fox")
    for _ in range(30):
        scene = change(scene, "add a cat " * 100)
    assert len(scene.things) <= 24
    assert scene_in(encode(paint(scene, (16, 16)), scene, format="jpeg")) == blank()


def test_scenes_survive_json() -> None:
    for prompt in PROMPTS:
        assert from_json(to_json(imagine(prompt))) == imagine(prompt)
        edited = change(change(imagine(prompt), "make it night and add an owl"), "zorp " * 1000)
        assert from_json(to_json(edited)) == edited
