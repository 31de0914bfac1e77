"""Theme files: what ships is readable, what a person adds is checked and never fatal."""

from __future__ import annotations

import os
from itertools import product
from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from app.domain.options import Options
from app.ui.screens.dialogs import Confirm
from app.ui.screens.options import OptionsScreen
from app.ui.theme_file import OWN_VARIABLES, READABLE, contrast
from app.ui.theming import DEFAULT_THEME, MAX_PROBLEMS, default_variables, load_themes
from tests.ui.stage import Stage

BUNDLED = load_themes(None)[0]
FIXED = [theme for theme in BUNDLED if not theme.ansi]
GOOD = """
name = "mine"
[colors]
primary = "#4488cc"
foreground = "#eee"
background = "black"
"""


def values(theme: Theme) -> dict[str, str]:
    """All variables as a style sheet gets them."""
    return {**theme.to_color_system().generate(), **theme.variables}


def write(folder: Path, name: str, content: str | bytes) -> None:
    """A theme file of the person."""
    path = folder / f"{name}.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def test_the_bundled_themes_load_without_a_word() -> None:
    themes, problems = load_themes(None)
    assert problems == []
    names = {theme.name for theme in themes}
    assert names >= {DEFAULT_THEME, "sfumato-light", "high-contrast", "terminal"}
    assert all(set(OWN_VARIABLES) <= set(theme.variables) for theme in themes)


@pytest.mark.parametrize("theme", FIXED, ids=lambda theme: theme.name)
def test_words_can_be_read_on_every_ground(theme: Theme) -> None:
    known = values(theme)
    inks = ("foreground", "changed", "accent", "success", "warning", "error")
    for ink, ground in product((*inks, "muted"), ("background", "surface", "panel", "card")):
        least = 4 if ink == "muted" else 4.5
        found = contrast(Color.parse(known[ink]), Color.parse(known[ground]))
        assert found >= least, f"{ink} on {ground} has {found:.2f}"


@pytest.mark.parametrize("theme", FIXED, ids=lambda theme: theme.name)
def test_the_prompt_border_tells_the_actions_apart(theme: Theme) -> None:
    known = values(theme)
    borders = [known[f"action-{action}"] for action in ("auto", "generate", "edit")]
    assert len(set(borders)) == 3
    for border in borders:
        assert contrast(Color.parse(border), Color.parse(known["background"])) >= 3


def test_the_contrast_is_counted_as_wcag_says() -> None:
    black, white, grey = Color.parse("black"), Color.parse("white"), Color.parse("#777")
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(white, white) == 1
    assert contrast(grey, white) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", BUNDLED, ids=lambda theme: theme.name)
async def test_every_theme_draws_our_screens(theme: Theme) -> None:
    stage = Stage(OptionsScreen(Options()), theme=theme.name)
    async with stage.run_test() as pilot:
        await stage.push_screen(Confirm("Quit?"))
        await pilot.pause()
        assert "Quit?" in stage.page()


def test_the_terminal_theme_leaves_the_ground_to_the_terminal() -> None:
    theme = next(theme for theme in BUNDLED if theme.name == "terminal")
    assert theme.ansi
    assert theme.background == "ansi_default"
    assert "#" not in "".join(theme.variables.values())


def test_a_theme_of_three_colours_is_enough(tmp_path: Path) -> None:
    write(tmp_path, "mine", GOOD)
    themes, problems = load_themes(tmp_path)
    assert problems == []
    known = values(themes[-1])
    assert themes[-1].name == "mine"
    assert known["action-generate"] == "#4488cc"
    muted, ground = Color.parse(known["muted"]), Color.parse(known["background"])
    assert contrast(muted, ground) >= READABLE


async def test_a_theme_of_three_colours_draws_our_screens(tmp_path: Path) -> None:
    more = 'ansi = true\n[variables]\nscrollbar = "ansi_cyan 40%"\nlink-style = "bold not dim"\n'
    write(tmp_path, "mine", GOOD.replace('"mine"', f'"mine"\n{more}', 1))
    theme = load_themes(tmp_path)[0][-1]
    async with Stage(OptionsScreen(Options()), theme=theme).run_test() as pilot:
        await pilot.pause()


def test_a_theme_of_the_person_takes_the_place_of_a_bundled_one(tmp_path: Path) -> None:
    write(tmp_path, "mine", GOOD.replace("mine", DEFAULT_THEME))
    themes, problems = load_themes(tmp_path)
    assert problems == []
    assert [theme.primary for theme in themes if theme.name == DEFAULT_THEME] == ["#4488cc"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("name = ", "not valid TOML"),
        (b"name = '\xff'", "not UTF-8"),
        ("a = " + "[" * 20_000, "not valid TOML"),
        ("#" * 70_000, "larger than 64 KB"),
        (GOOD + 'glow = "#fff"', "no colour 'glow'"),
        ("shape = 1\n" + GOOD, "no key 'shape'"),
        ("dark = 1\n" + GOOD, "dark must be true or false"),
        ("colors = 1\nname = 'x'", "colors must be a table"),
        (GOOD.replace("mine", "No Name!"), "needs a name"),
        (GOOD.replace('name = "mine"', ""), "needs a name"),
        (GOOD.replace('"black"', "0"), "background in [colors] must be text"),
        (GOOD.replace('"black"', '"blakc"'), "'blakc' for background is not a colour"),
        (GOOD.replace('"black"', '"auto"'), "'auto' for background is not a colour"),
        (GOOD.replace('"black"', '"#fff; } * { display: none"'), "is not a colour"),
        (GOOD.replace('"black"', '"transparent"'), "background must be opaque"),
        (GOOD.replace('"black"', '"ansi_cyan"'), "needs ansi = true"),
        (GOOD.replace("background", "surface"), "the colour background is missing"),
        (GOOD + '[variables]\nmutde = "red"', "no variable 'mutde'"),
        (GOOD + '[variables]\nmuted = "auto 60%"', "'auto 60%' for muted is not a colour"),
        (GOOD + '[variables]\nlink-style = "wavy"', "not a text style"),
        (GOOD + '[variables]\n"a\\u001b[31m" = "red"', "there is no variable"),
    ],
)
def test_a_bad_theme_is_skipped_with_one_sentence(
    tmp_path: Path, content: str | bytes, reason: str
) -> None:
    write(tmp_path, "bad", content)
    write(tmp_path, "good", GOOD)
    themes, problems = load_themes(tmp_path)
    assert [theme.name for theme in themes] == [*(theme.name for theme in BUNDLED), "mine"]
    (sentence,) = problems
    assert sentence.startswith("The theme bad.toml was skipped: ")
    assert reason in sentence
    assert sentence.isprintable()
    assert len(sentence) < 240


def test_pipes_folders_and_doubles_do_no_harm(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "gone.toml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("not a theme")
    write(tmp_path, "one", GOOD)
    write(tmp_path, "two", GOOD)
    themes, problems = load_themes(tmp_path)
    assert themes[-1].name == "mine"
    assert len(problems) == 4
    assert problems[-1].endswith("one.toml already has a theme named mine.")


def test_a_folder_that_is_missing_or_a_file_has_no_themes(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "nowhere", tmp_path / "file"):
        assert load_themes(folder) == (BUNDLED, [])


def test_a_flood_of_bad_themes_is_told_shortly(tmp_path: Path) -> None:
    for number in range(150):
        write(tmp_path, f"{number:03}", "?")
    themes, problems = load_themes(tmp_path)
    assert themes == BUNDLED
    assert len(problems) == MAX_PROBLEMS + 1
    assert "150" in problems[0]


def test_our_variables_follow_any_theme() -> None:
    default = next(theme for theme in BUNDLED if theme.name == DEFAULT_THEME)
    assert default_variables() == {name: default.variables[name] for name in OWN_VARIABLES}
    for theme in BUILTIN_THEMES.values():
        found = default_variables(theme)
        assert set(found) == set(OWN_VARIABLES)
        assert all(Color.parse(value) for value in found.values())
