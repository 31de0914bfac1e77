"""Settings: what wins over what, and what is told when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.options import Action, Options
from app.storage.settings import Settings, load

EVERYTHING = """
# mine
theme = "paper"
graphics = "sixel"
symbols = "sextant"
scroll-regions = false
animate = false
picture_memory = 512
instructions = "Be bold.\\nUse colour."
base-url = "http://127.0.0.1:8080/v1"
retries = 5
action = "edit"
model = "gpt-6-luna"
image_model = "gpt-image-2.6-flare"
size = "1536x1024"
quality = "high"
compression = 80
format = "webp"
background = "opaque"
partials = 3
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def written(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_nothing_set_means_the_defaults(path: Path) -> None:
    assert load(path, {}) == (Settings(), [])
    assert not path.parent.exists()


def test_every_setting_can_be_set(path: Path) -> None:
    settings, problems = load(
        written(
            path,
            EVERYTHING,
        ),
        {},
    )

    assert problems == []
    assert settings == Settings(
        options=Options(
            action=Action.EDIT,
            model="gpt-6-luna",
            image_model="gpt-image-2.6-flare",
            size="1536x1024",
            quality="high",
            format="webp",
            compression="80",
            background="opaque",
            partials="3",
        ),
        theme="paper",
        graphics="sixel",
        symbols="sextant",
        scroll_regions=False,
        animate=False,
        picture_memory=512,
        instructions="Be bold.\nUse colour.",
        base_url="http://127.0.0.1:8080/v1",
        retries=5,
    )


def test_the_environment_wins_over_the_file(path: Path) -> None:
    written(path, 'theme = "paper"\nmodel = "gpt-6-luna"\nimage-model = "auto"\nretries = 1')

    settings, problems = load(
        path,
        {
            "SFUMATO_THEME": "night",
            "SFUMATO_GRAPHICS": "kitty",
            "SFUMATO_MODEL": "gpt-5.5",
            "SFUMATO_IMAGE_MODEL": "gpt-image-2.6-flare",
        },
    )

    assert problems == []
    assert (settings.theme, settings.graphics, settings.retries) == ("night", "kitty", 1)
    assert settings.options.model == "gpt-5.5"
    assert settings.options.image_model == "gpt-image-2.6-flare"


def test_a_wrong_environment_leaves_what_the_file_says(path: Path) -> None:
    written(path, 'graphics = "sixel"\nmodel = "gpt-6-luna"')

    settings, problems = load(path, {"SFUMATO_GRAPHICS": "lamps", "SFUMATO_MODEL": "no good"})

    assert settings.graphics == "sixel"
    assert settings.options.model == "gpt-6-luna"
    assert "SFUMATO_GRAPHICS: graphics must be one of auto, kitty, sixel" in problems[0]
    assert "SFUMATO_MODEL: 'no good' is not a model id" in problems[1]


def test_an_empty_variable_is_no_variable(path: Path) -> None:
    assert load(path, {"SFUMATO_THEME": " ", "SFUMATO_MODEL": ""}) == (Settings(), [])


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("colour = 1", "settings.toml: there is no setting 'colour'."),
        ('api_key = "sk-secret"', "there is no setting 'api-key'."),
        ("[theme]\nname = 1", "theme must be a name"),
        ("theme = 3", "theme must be a name"),
        ('theme = "a\\u001bb"', "theme must be a name"),
        ('graphics = "lamps"', "graphics must be one of auto, kitty, sixel, halfcell, text."),
        ("graphics = []", "graphics must be one of"),
        ('symbols = "dots"', "symbols must be one of auto, half, quadrant, sextant, octant."),
        ("symbols = {}", "symbols must be one of"),
        ('animate = "no"', "animate must be true or false."),
        ("scroll-regions = 1", "scroll-regions must be true or false."),
        ("picture-memory = 15", "picture-memory must be a whole number from 16 to 4096."),
        ("picture-memory = 4097", "picture-memory must be a whole number"),
        ("picture-memory = true", "picture-memory must be a whole number"),
        ("picture-memory = 64.0", "picture-memory must be a whole number"),
        ("instructions = true", "instructions must be text."),
        ('base-url = "ftp://x"', "base-url must be an address that begins with http://"),
        ('base-url = "http://"', "base-url must be an address"),
        ('base-url = "http://[x"', "base-url must be an address"),
        ('base-url = "http://x:y/"', "base-url must be an address"),
        ("base-url = 1", "base-url must be text."),
        ("retries = 11", "retries must be a whole number from 0 to 10."),
        ("retries = true", "retries must be a whole number"),
        ("retries = 1.5", "retries must be a whole number"),
        ('quality = "finest"', "Quality cannot be 'finest'. Choose one of: auto"),
        ("quality = 1979-05-27", "quality must be text or a whole number."),
        ("partials = false", "partials must be text or a whole number."),
        ("partials = 9", "Partials cannot be '9'"),
        ('size = "1x1"', "The nearest legal size is"),
        ("compression = 50", "Compression does not apply to png."),
        ('model = ""', "is not a model id"),
        ("theme = ", "is not valid TOML"),
        (b"theme = '\xff'", "is not UTF-8 text"),
        ("retries = " + "9" * 5000, "is not valid TOML"),
        ("a = " + "[" * 100_000, "is not valid TOML"),
        ("#" + "x" * 300_000, "is too large"),
    ],
)
def test_what_is_wrong_is_told_and_the_defaults_stay(
    path: Path, line: str | bytes, words: str
) -> None:
    settings, problems = load(written(path, line), {})

    assert settings == Settings()
    assert len(problems) == 1
    assert words in problems[0]


def test_problems_never_show_what_may_be_secret(path: Path) -> None:
    written(path, 'api_key = "sk-secret"\nbase-url = "ftp://me:sk-secret@host"')
    assert "sk-secret" not in " ".join(load(path, {})[1])


def test_one_wrong_line_does_not_spoil_the_others(path: Path) -> None:
    settings, problems = load(
        written(path, 'quality = "finest"\nsize = "1024x1024"\nretries = -1\ntheme = "paper"'), {}
    )

    assert settings == Settings(options=Options(size="1024x1024"), theme="paper")
    assert len(problems) == 2


def test_values_that_need_each_other_may_come_in_any_order(path: Path) -> None:
    lines = ["compression = 80", 'format = "jpeg"']
    for text in ("\n".join(lines), "\n".join(reversed(lines))):
        settings, problems = load(written(path, text), {})
        assert problems == []
        assert settings.options == Options(format="jpeg", compression="80")


def test_values_that_exclude_each_other_are_told(path: Path) -> None:
    settings, problems = load(
        written(path, 'background = "transparent"\nformat = "jpeg"\nquality = "low"'), {}
    )

    assert settings.options == Options(background="transparent", quality="low")
    assert "transparent background is not possible as jpeg" in problems[0]


def test_a_folder_in_place_of_the_file_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    settings, problems = load(path, {})
    assert settings == Settings()
    assert "this is not a file" in problems[0]


@pytest.mark.skipif("os.geteuid() == 0", reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(path: Path) -> None:
    written(path, 'theme = "paper"').chmod(0)
    settings, problems = load(path, {})
    assert settings == Settings()
    assert "Permission was denied" in problems[0]


def test_a_file_from_notepad_is_read(path: Path) -> None:
    written(path, b'\xef\xbb\xbftheme = "paper"\r\nretries = 1\r\n')
    assert load(path, {}) == (Settings(theme="paper", retries=1), [])
