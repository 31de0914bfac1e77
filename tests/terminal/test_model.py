"""The terminal of the tests itself: what it must show and what it must mind."""

from __future__ import annotations

import random
from unicodedata import normalize

import pyte
import pytest

from app.imaging import kitty, sixel
from tests.imaging.pictures import BLUE, GREEN, RED, halves, near, plain
from tests.terminal.drawing import drawn
from tests.terminal.model import TerminalModel
from tests.terminal.shown import KittyCell, SixelCell, TextCell

ID = 3 << 24 | 7


def upload(columns: int = 4, rows: int = 2, *, tmux: bool = False, compress: bool = False) -> str:
    """A picture of two halves for so many cells."""
    image = halves(columns * 10, rows * 20)
    return "".join(kitty.upload(image, ID, columns, rows, tmux=tmux, compress=compress))


def placed(columns: int = 4, rows: int = 2, x: int = 1, y: int = 1) -> str:
    """The placeholders of that picture."""
    lines = [kitty.placeholders(ID, row, 0, columns) for row in range(rows)]
    return "".join(f"\x1b[{y + row};{x}H{line}" for row, line in enumerate(lines))


def painted(columns: int = 3, rows: int = 1, colour: tuple[int, int, int] = RED) -> str:
    """A sixel of one colour on so many cells."""
    (row,) = sixel.encode_rows(plain(columns * 10, rows * 20, colour), rows * 20)
    return row


def test_text_wraps_only_where_it_may() -> None:
    model = TerminalModel(6, 3)
    model.feed("abcdefgh\x1b[3;1H\x1b[?7labcdefgh")
    assert model.text.split("\n") == ["abcdef", "gh", "abcdeh"]
    assert model.check() == []


def test_a_wide_character_takes_two_cells_and_dies_as_one() -> None:
    model = TerminalModel(6, 1)
    model.feed("a\u6f22b")
    assert [getattr(model.cell(x, 0), "text", "?") for x in range(4)] == ["a", "\u6f22", "", "b"]
    model.feed("\x1b[1;3Hx")
    assert model.text == "a xb"


def test_a_sequence_may_come_in_pieces() -> None:
    model = TerminalModel(6, 1)
    for piece in ("a\x1b", "[3", "1mb\x1b]0;ti", "tle\x1b", "\\c"):
        model.feed(piece)
    assert model.text == "abc"
    assert model.title == "title"
    assert model.cell(1, 0) == TextCell("b", 1, None)
    model.feed("\x1b[1")
    assert model.check() == ["an unfinished sequence: '\\x1b[1'"]


def test_rows_move_inside_the_margins_only() -> None:
    model = TerminalModel(3, 5)
    model.feed("\r\n".join("abcde") + "\x1b[2;4r")
    assert (model.grid.x, model.grid.y) == (0, 0)
    model.feed("\x1b[44m\x1b[S")
    assert model.text.split("\n") == ["a", "c", "d", "", "e"]
    assert model.cell(2, 3) == TextCell(" ", None, 4)
    model.feed("\x1b[2T")
    assert model.text.split("\n") == ["a", "", "", "c", "e"]
    model.feed("\x1b[r\x1b[S")
    assert model.text.split("\n") == ["", "", "c", "e", ""]
    assert model.check() == []


def test_a_screen_that_scrolls_by_itself_is_a_fault() -> None:
    model = TerminalModel(3, 2)
    model.feed("a\r\nb\r\nc")
    assert model.check() == ["the screen scrolled by itself at '\\n'"]


def test_a_row_that_is_not_there_is_a_fault() -> None:
    model = TerminalModel(3, 2)
    model.feed("\x1b[3;1Ha")
    assert model.check() == ["row 3, column 1 of 2 rows"]


def test_the_alternate_screen_leaves_nothing_behind() -> None:
    model = TerminalModel(6, 2)
    model.feed("shell\x1b[?1049h")
    assert model.text.strip() == ""
    model.feed("app\x1b[?1049l")
    assert model.text.strip() == "shell"


def test_what_a_resize_leaves_is_rubbish() -> None:
    model = TerminalModel(6, 2)
    model.feed("old")
    model.resize(8, 3, (9, 18))
    assert model.size == (8, 3)
    assert "old" not in model.text


@pytest.mark.parametrize("tmux", [False, True])
@pytest.mark.parametrize("compress", [False, True])
def test_kitty_shows_a_picture_in_its_cells(tmux: bool, compress: bool) -> None:
    model = TerminalModel(10, 4)
    model.feed(upload(tmux=tmux, compress=compress) + placed(x=3, y=2))
    assert model.cell(2, 1) == KittyCell(ID, 0, 0)
    assert model.cell(5, 2) == KittyCell(ID, 3, 1)
    assert model.cell(6, 2) == TextCell(" ", None, None)
    sheet = drawn(model)
    assert near(sheet.getpixel((25, 25)), RED)
    assert near(sheet.getpixel((55, 55)), BLUE)
    assert near(sheet.getpixel((65, 55)), (0, 0, 0))
    assert model.check() == []
    model.feed(kitty.delete(ID, tmux=tmux))
    assert model.kitty_images == {}
    assert len(model.check()) == 8


def test_a_placeholder_follows_only_a_neighbour_of_its_picture() -> None:
    model = TerminalModel(6, 2)
    model.feed(upload() + placed() + "\x1b[1;2Hx")
    assert model.cell(2, 0) == KittyCell(7, 0, 0)
    assert model.cell(3, 0) == KittyCell(7, 1, 0)
    assert model.check() == [f"cell {x},0 shows picture 7, which is not there" for x in (2, 3)]


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ("\x1b_Gq=2,m=0;AAAA\x1b\\", "no upload goes before"),
        ("\x1b_Ga=T,U=1,q=2,i=1,c=1,r=1,f=24,s=1,v=1,m=1;AAAA\x1b\\" + upload(), "unfinished"),
        ("\x1b_Ga=T,U=1,q=2,i=1,c=1,r=1,f=24,s=9,v=9,m=0;AAAA\x1b\\", "3 bytes for 9x9"),
        ("\x1b_Ga=T,U=1,q=2,i=1,c=1,r=1,f=100,m=0;AAAA\x1b\\", "damaged"),
        ("\x1b_Ga=T,U=1,q=2,i=1,c=1,r=1,f=100,t=f,m=0;AAAA\x1b\\", "a file of this machine"),
        ("\x1b_Ga=T,q=2,i=1,c=1,r=1,f=24,s=1,v=1,m=0;AAAA\x1b\\", "at the cursor"),
        ("\x1b_Ga=T,U=1,i=1,c=1,r=1,f=24,s=1,v=1,m=0;AAAA\x1b\\", "would answer"),
        ("\x1b_Ga=T,U=1,q=2,i=1,c=1,r=1,f=24,s=99,v=99,m=1;" + "A" * 5000 + "\x1b\\", "5000"),
        ("\x1b_Ga=d,d=I,i=9,q=2\x1b\\", "never sent"),
        ("\x1b_Ga=d,d=i,i=9,q=2\x1b\\", "frees no memory"),
        (upload(4, 2) + placed(5, 3), "outside of its picture"),
    ],
)
def test_what_kitty_would_mind_is_a_fault(wrong: str, fault: str) -> None:
    model = TerminalModel(10, 4)
    model.feed(wrong)
    assert any(fault in found for found in model.check()), model.check()


def test_an_upload_that_is_given_up_leaves_nothing() -> None:
    model = TerminalModel(10, 4)
    chunks = kitty.upload(plain(80, 80), ID, 8, 4, tmux=False, compress=False)
    model.feed(chunks[0] + "text between" + chunks[1])
    assert model.kitty.busy
    model.feed(kitty.abort() + kitty.delete(ID))
    assert not model.kitty.busy
    assert model.kitty_images == {}
    assert model.check() == []


def test_a_sixel_stands_where_the_cursor_was_and_text_erases_it() -> None:
    model = TerminalModel(8, 5)
    model.feed(f"\x1b[2;3H\x1b7{painted()}\x1b8\x1b[3C|")
    shown = model.cell(2, 1)
    assert isinstance(shown, SixelCell)
    assert near(shown.average, RED)
    assert [model.cell(x, 1).kind for x in range(8)] == ["text"] * 2 + ["sixel"] * 3 + ["text"] * 3
    assert {cell.kind for cell in model.line(2)} == {"text"}
    assert model.cell(5, 1) == TextCell("|", None, None)
    model.feed("\x1b[2;4Hx")
    assert [cell.kind for cell in model.line(1)].count("sixel") == 2
    assert model.check() == []


def test_pixels_move_with_their_rows_and_can_be_painted_over() -> None:
    model = TerminalModel(8, 5)
    model.feed(f"{painted()}\x1b[T\x1b[2;2H{painted(1, 1, GREEN)}")
    assert {cell.kind for cell in model.line(0)} == {"text"}
    sheet = drawn(model)
    assert near(sheet.getpixel((5, 39)), RED)
    assert near(sheet.getpixel((15, 30)), GREEN)
    model.feed("\x1b[2;1H\x1b[K")
    assert {cell.kind for cell in model.line(1)} == {"text"}


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (f"\x1b[5;1H{painted()}", "reaches the last row"),
        (f"\x1b[4;1H{painted()}", "reaches the last row"),
        (f"\x1b[1;7H{painted()}", "beyond the last column"),
        ('\x1bP0;1;0q"1;1;4;6#1;2;90;0;0!4~\x1b\\', "before a colour was selected"),
        ('\x1bP0;1;0q"1;1;4;6#1!4~\x1b\\', "before it is defined"),
        ('\x1bP0;0;0q"1;1;4;6#1;2;90;0;0#1!4~\x1b\\', "black"),
        ('\x1bP0;1;0q"1;1;4;6#1;2;90;0;0#1!5~\x1b\\', "column 5 of 4"),
        ('\x1bP0;1;0q"1;1;4;3#1;2;90;0;0#1!4~\x1b\\', "6 rows of 3"),
    ],
)
def test_what_a_sixel_terminal_would_mind_is_a_fault(wrong: str, fault: str) -> None:
    model = TerminalModel(8, 5)
    model.feed(wrong)
    assert any(fault in found for found in model.check()), model.check()


def test_blocks_are_drawn_in_their_two_colours() -> None:
    model = TerminalModel(4, 1, (8, 16))
    model.feed("\x1b[38;2;220;40;30;48;2;30;60;200m▀▗\U0001cd00\U0001fb00")
    sheet = drawn(model)
    assert [near(sheet.getpixel((2, y)), RED) for y in (2, 10)] == [True, False]
    assert [near(sheet.getpixel((x, 12)), RED) for x in (10, 14)] == [False, True]
    assert [near(sheet.getpixel((18, y)), RED) for y in (2, 6, 10, 14)] == [0, 1, 0, 0]
    assert [near(sheet.getpixel((26, y)), RED) for y in (2, 8, 14)] == [1, 0, 0]


@pytest.mark.parametrize("seed", range(4))
def test_text_and_cursor_agree_with_another_terminal(seed: int) -> None:
    """Random output, replayed by pyte as well where pyte is right."""
    chance = random.Random(seed)
    pieces = ["abc", "e\u0301", "\r\n", "\x1b[31m", "\x1bM", "\b", "\x1b[2;5r", "\x1b[1;8r"]
    pieces += [f"\x1b[{what}" for what in ("2K", "1K", "J", "3P", "2@", "L", "2M", "5X")]
    written = ""
    for _ in range(300):
        written += chance.choice(pieces)
        if chance.random() < 0.3:
            written += f"\x1b[{chance.randint(1, 8)};{chance.randint(1, 18)}H"
    model, screen = TerminalModel(20, 8), pyte.Screen(20, 8)
    model.feed(written)
    pyte.Stream(screen).feed(written)
    assert [line.rstrip() for line in screen.display] == normalize("NFC", model.text).split("\n")
    assert (screen.cursor.x, screen.cursor.y) == (model.grid.x, model.grid.y)
