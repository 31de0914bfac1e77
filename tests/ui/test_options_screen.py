"""The options screen: keys step through legal values, typed ones are checked."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from app.domain.options import SPECS, Action, Options, check
from app.ui.screens.option_row import OptionRow
from app.ui.screens.options import OptionsScreen, stepped
from tests.ui.stage import NOT_YET, Stage

LABELS = [spec.label for spec in SPECS]


def stage_with(options: Options) -> tuple[Stage, OptionsScreen]:
    """The screen on a stage, with these options."""
    screen = OptionsScreen(options)
    return Stage(screen), screen


async def go_to(pilot: Pilot[None], label: str) -> None:
    """Moves to a row by its label."""
    await pilot.press(*["down"] * LABELS.index(label))


def value_shown(screen: OptionsScreen, label: str) -> str:
    """The value of a row as it is written."""
    row = next(row for row in screen.query(OptionRow) if row.spec.label == label)
    return str(row.query_one(".value", Static).visual).strip(" ‹›")


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_every_option_has_a_row_with_its_value(size: tuple[int, int]) -> None:
    stage, screen = stage_with(Options(quality="high"))
    async with stage.run_test(size=size):
        page = stage.page()
        assert all(label in page for label in LABELS)
        assert value_shown(screen, "Quality") == "high"
        assert "‹ auto ›" in page
        assert "Esc done" in page
        assert SPECS[0].help in page


async def test_the_arrows_choose_rows_and_values_and_escape_keeps_them() -> None:
    stage, _ = stage_with(Options())
    async with stage.run_test(size=(80, 24)) as pilot:
        await pilot.press("right", "down", "right", "right", "down", "left")
        assert stage.answer is NOT_YET
        await pilot.press("escape")
        assert stage.answer == Options(action=Action.GENERATE, size="1536x1024", quality="max")


async def test_the_choice_stops_at_the_first_and_last_row() -> None:
    stage, screen = stage_with(Options())
    async with stage.run_test(size=(80, 24)) as pilot:
        await pilot.press("up")
        assert screen.spec.name == "action"
        await pilot.press(*["down"] * 20)
        assert screen.spec is SPECS[-1]


async def test_f2_closes_what_f2_opened() -> None:
    stage, _ = stage_with(Options(size="1024x1024"))
    async with stage.run_test(size=(80, 24)) as pilot:
        await pilot.press("f2")
        assert stage.answer == Options(size="1024x1024")


async def test_the_presets_of_the_chosen_model_are_listed() -> None:
    stage, screen = stage_with(Options(image_model="gpt-image-2"))
    async with stage.run_test(size=(80, 24)) as pilot:
        await pilot.press("down")
        assert "1024x1024  1536x1024" in stage.text(".choices")
        await pilot.press("down")
        assert stage.text(".choices") == "auto  low  medium  high"
        await pilot.press("left")
        assert screen.options.quality == "high"


async def test_a_value_that_clashes_is_passed_over_with_the_reason() -> None:
    stage, screen = stage_with(Options(format="jpeg", background="opaque"))
    async with stage.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, "Background")
        await pilot.press("right")
        assert screen.options.background == "auto"
        assert "transparent background is not possible as jpeg" in stage.page()
        await pilot.press("up")
        assert stage.text(".reason") == ""


async def test_a_row_with_one_value_says_so() -> None:
    stage, screen = stage_with(Options())
    async with stage.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, "Compression")
        await pilot.press("right")
        assert screen.options == Options()
        assert "can only be auto" in stage.text(".reason")
        assert "jpeg and webp only" in stage.text(".reason")


async def test_stepping_anywhere_never_leaves_what_is_legal() -> None:
    for start in (Options(), Options(format="jpeg", compression="80"), Options(partials="0")):
        options = start
        for spec in (*SPECS, *reversed(SPECS)):
            for by in (1, 1, -1, 1, 1, 1):
                options, _ = stepped(options, spec, by)
                check(options)


async def test_a_size_is_typed_over_the_row() -> None:
    stage, screen = stage_with(Options(size="1024x1024"))
    async with stage.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "enter")
        assert screen.query_one(Input).value == "1024x1024"
        assert "Enter accept" in stage.page()
        await pilot.press("ctrl+u", *"1280X720", "enter")
        assert screen.options.size == "1280x720"
        assert not screen.query(Input)
        assert value_shown(screen, "Size") == "1280x720"


async def test_a_bad_size_is_refused_with_the_rule_and_can_be_mended() -> None:
    stage, screen = stage_with(Options(size="1024x1024"))
    async with stage.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", *"1000x999", "enter")
        assert screen.options.size == "1024x1024"
        assert "multiples of 16" in stage.text(".reason")
        assert "nearest legal size is" in stage.text(".reason")
        assert screen.query_one(Input).value == "1000x999"
        await pilot.press("escape")
        assert not screen.query(Input)
        assert stage.answer is NOT_YET
        assert value_shown(screen, "Size") == "1024x1024"


async def test_a_model_is_typed_and_a_strange_one_is_refused_as_plain_text() -> None:
    stage, screen = stage_with(Options())
    async with stage.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, "Model")
        await pilot.press("enter", "ctrl+u", *"[red]no", "enter")
        assert "'[red]no' is not a model id" in stage.text(".reason")
        await pilot.press("ctrl+u", *"gpt-7-nova", "enter")
        assert screen.options.model == "gpt-7-nova"


async def test_moving_away_from_a_half_typed_value_keeps_the_old_one() -> None:
    stage, screen = stage_with(Options())
    async with stage.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", *"12", "down")
        assert screen.options == Options()
        assert not screen.query(Input)
        assert screen.spec.name == "quality"


async def test_r_puts_a_row_back() -> None:
    stage, screen = stage_with(Options(size="2048x2048", quality="low", format="webp"))
    async with stage.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "r", "down", "r")
        assert screen.options == Options(format="webp")


async def test_a_click_chooses_a_row() -> None:
    stage, screen = stage_with(Options())
    async with stage.run_test(size=(80, 24)) as pilot:
        await pilot.click(screen.query(OptionRow)[4])
        assert screen.spec.name == "compression"
