"""Text from outside: shown without anything that steers a terminal."""

from __future__ import annotations

import pytest

from app.domain.text import encodable, one_line, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a fox, größer, 狐, 🦊", "a fox, größer, 狐, 🦊"),
        ("two\nlines", "two\nlines"),
        ("dos\r\nlines\u2028more", "dos\nlines\nmore"),
        ("\x1b[31mred", "�[31mred"),
        ("bell\x07 nul\x00 del\x7f", "bell� nul� del�"),
        ("csi \x9b31m", "csi �31m"),
        ("over\rwritten", "over�written"),
        ("abc\u202etxt.exe\u2066", "abc�txt.exe�"),
        ("lone \ud83d here", "lone � here"),
        ("a\tb", "a    b"),
        ("family 👨\u200d👩\u200d👧", "family 👨\u200d👩\u200d👧"),
    ],
)
def test_plain_replaces_what_could_steer_a_terminal(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_encodable_text_can_be_written_as_utf8_and_is_otherwise_unchanged() -> None:
    assert encodable("\x1b kept, \udcff not").encode() == "\x1b kept, � not".encode()
    assert encodable("half \ud83e, whole \ud83e\udd8a") == "half �, whole 🦊"


def test_one_line_is_cut_with_an_ellipsis() -> None:
    assert one_line(" two\n  lines\t") == "two lines"
    assert one_line("x" * 600) == "x" * 499 + "…"
    assert len(one_line("word " * 1000, 80)) <= 80
