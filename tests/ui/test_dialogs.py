"""The small questions, asked and answered by keys."""

from __future__ import annotations

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Input

from app.ui.screens.dialogs import Ask, Confirm, PlainText
from tests.ui.stage import NOT_YET, Stage


@pytest.mark.parametrize(
    ("key", "answer"), [("y", True), ("enter", True), ("n", False), ("escape", False)]
)
async def test_a_question_is_answered_by_one_key(key: str, answer: bool) -> None:
    stage = Stage(Confirm("A picture is being drawn. [b]Quit[/b]?", "It is billed.", yes="Leave"))
    async with stage.run_test(size=(80, 24)) as pilot:
        page = stage.page()
        assert "A picture is being drawn. [b]Quit[/b]?" in page
        assert "It is billed." in page
        assert "Enter y Leave   Esc n Stay" in page
        await pilot.press("x")
        assert stage.answer is NOT_YET
        await pilot.press(key)
        assert stage.answer is answer


async def test_a_line_is_typed_and_accepted_without_blanks_around() -> None:
    stage = Stage(Ask("Rename [x]", "An otter", hint="Any words will do."))
    async with stage.run_test(size=(80, 24)) as pilot:
        assert "Rename [x]" in stage.page()
        assert "Any words will do." in stage.page()
        await pilot.press("space", *"in", "space", "enter")
        assert stage.answer == "An otter in"


async def test_an_empty_line_is_no_answer_and_escape_answers_none() -> None:
    stage = Stage(Ask("Rename", "Old", placeholder="New title"))
    async with stage.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+u", "enter")
        assert stage.answer is NOT_YET
        assert "New title" in stage.page()
        await pilot.press("escape")
        assert stage.answer is None


async def test_control_characters_are_shown_as_a_substitute() -> None:
    stage = Stage(Ask("Rename \x1b[31m", "a\x1b[31mred\u202etitle\nsecond"))
    async with stage.run_test(size=(80, 24)):
        assert stage.screen.query_one(Input).value == "a�[31mred�title second"
        assert "Rename �[31m" in stage.page()


async def test_a_long_text_scrolls_and_closes() -> None:
    text = "\n".join(f"line {number} of [b]a revised\x1b prompt" for number in range(99))
    stage = Stage(PlainText("Revised prompt", text))
    async with stage.run_test(size=(80, 24)) as pilot:
        assert "line 0 of [b]a revised� prompt" in stage.page()
        await pilot.press("j", "down", "pagedown")
        assert stage.screen.query_one(VerticalScroll).scroll_y > 10
        await pilot.press("G")
        assert "line 98" in stage.page()
        await pilot.press("g")
        assert "line 0 of" in stage.page()
        await pilot.press("q")
        assert stage.answer is None
