"""The shadow of a terminal's rows: what it writes is little, and right whatever came before."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.ui.display_rows import Move, Row, Shadow, best_move, overlaid, wild
from tests.terminal.model import TerminalModel

SIZE = (12, 7)
NO_WRAP = "\x1b[?7l"
FLAG = "\N{WAVING BLACK FLAG}\ufe0f\N{ZERO WIDTH JOINER}\N{RAINBOW}"
"""Two cells to Textual; four, or two, or three to terminals."""


def row(*pieces: str) -> Row:
    """A row of pieces, each as wide as it has characters; a joined flag counts as two cells."""
    chops, x = [], 0
    for piece in pieces:
        end = x + len(piece.replace(FLAG, "##"))
        chops.append((x, end, piece))
        x = end
    return tuple(chops)


def page(*letters: str) -> dict[int, Row]:
    """Rows of distinct words with a scrollbar's cell at their right."""
    return {y: row(letter * (SIZE[0] - 1), "|") for y, letter in enumerate(letters)}


def shown(written: str) -> str:
    """What a terminal shows after it was told this."""
    model = TerminalModel(*SIZE)
    model.feed(NO_WRAP + written)
    assert model.check() == []
    return model.text


def test_what_is_shown_already_is_not_written() -> None:
    shadow = Shadow()
    first = shadow.show(SIZE, page(*"abcdefg"), moves=True)
    assert shown(first).split() == [letter * 11 + "|" for letter in "abcdefg"]
    assert shadow.show(SIZE, page(*"abcdefg"), moves=True) == ""
    assert shadow.show(SIZE, {3: row("ddddddddddd", "#")}, moves=True) == "\x1b[4;12H#"


def test_what_was_forgotten_or_has_another_size_is_written_whole() -> None:
    shadow = Shadow()
    first = shadow.show(SIZE, page(*"abcdefg"), moves=True)
    shadow.forget()
    assert shadow.show(SIZE, page(*"abcdefg"), moves=True) == first
    assert shadow.show((13, 7), page(*"abcdefg"), moves=True) == first


def test_rows_that_moved_are_moved_by_the_terminal() -> None:
    shadow = Shadow()
    first = shadow.show(SIZE, page(*"Tabcdef"), moves=True)
    up = shadow.show(SIZE, page(*"Tbcdefg"), moves=True)
    assert up == "\x1b[2;7r\x1b[1S\x1b[r\x1b[7;1Hggggggggggg|"
    down = shadow.show(SIZE, page(*"TyzbcdF"), moves=True)
    assert down.startswith("\x1b[2;6r\x1b[2T\x1b[r")
    assert shown(first + up + down).split() == [letter * 11 + "|" for letter in "TyzbcdF"]


def test_where_the_terminal_cannot_move_rows_the_changed_ones_are_written() -> None:
    shadow = Shadow()
    first = shadow.show(SIZE, page(*"Tabcdef"), moves=False)
    up = shadow.show(SIZE, page(*"Tbcdefg"), moves=False)
    assert "r" not in up
    assert "|" not in up
    assert shown(first + up).split() == [letter * 11 + "|" for letter in "Tbcdefg"]


def test_few_bytes_are_not_worth_a_move() -> None:
    short = [row("a" * 3), row("b" * 3), row("c" * 3)]
    assert best_move(short, [short[1], short[2], row("ddd")], 3) is None


def test_rows_with_unknown_cells_are_not_moved() -> None:
    before = list(page(*"Tabcdefg").values())
    after = [*before[:1], *before[2:], row("h" * 11, "|")]
    assert best_move(before, after, 12) == Move(1, 8, -1)
    hidden = (before[3][1],)
    assert best_move(before, [*after[:2], hidden, *after[3:]], 12) == Move(3, 8, -1)
    assert best_move(before, [*after[:7], hidden], 12) is None


def test_blank_rows_do_not_say_where_the_others_went() -> None:
    shadow = Shadow()
    shadow.show(SIZE, page(*"abcd   "), moves=True)
    assert "\x1b[2T" in shadow.show(SIZE, page(*"  abcd "), moves=True)


def test_what_a_piece_cuts_through_is_no_longer_known() -> None:
    before = row("aaaa", "bbbb", "cccc")
    assert overlaid(before, ((6, 8, "xx"),), 12) == (before[0], (6, 8, "xx"), before[2])
    assert overlaid(before, row("dddddddddddd"), 12) == row("dddddddddddd")


def test_neighbours_of_what_may_be_wider_than_it_is_are_written_again() -> None:
    shadow = Shadow()
    first = shadow.show(SIZE, {0: row("name", "next", "last")}, moves=True)
    second = shadow.show(SIZE, {0: row("n" + FLAG + "m", "next", "last")}, moves=True)
    assert second.endswith("\x1b[1;5Hnext\x1b[1;9Hlast")
    assert shown(first + second).rstrip().endswith("nextlast")
    assert shadow.show(SIZE, {0: row("n" + FLAG + "m", "next", "LAST")}, moves=True).count("H") == 1


def test_pictures_and_plain_signs_are_as_wide_everywhere() -> None:
    assert not wild("\x1b[38;2;1;2;3m\U0010eeee\u0305\u0305\U0010eeee\x1b[0m")
    assert not wild("▀▄█ ┌─┐ ● … – “é” Привет → \U0001fb00 \U0001cd00")
    assert all(wild(text) for text in ("画", "🦊", "e\u0301", "✅", "สวัสดี", "❤\ufe0f"))


def test_what_came_in_at_the_edge_is_not_known() -> None:
    rows = [row("a"), row("b"), row("c"), row("d")]
    assert Move(1, 4, -1).carry_out(rows) == [rows[0], rows[2], rows[3], ()]
    assert Move(0, 3, 2).carry_out(rows) == [(), (), rows[0], rows[3]]
    assert Move(0, 2, 5).carry_out(rows) == [(), (), *rows[2:]]


WORDS = ["....", "aaaa", "abcd", "\x1b[41mrrrr\x1b[0m", "画画", f"a{FLAG}b", f"{FLAG}{FLAG}"]
pieces = st.sampled_from(WORDS)
ROWS = st.one_of(
    st.tuples(pieces, pieces, pieces),
    st.tuples(
        st.sampled_from(["......", "aaaaaa", "abcdef"]), st.sampled_from(["======", "画画画"])
    ),
    st.sampled_from([(str(n) * 11, bar) for n in range(9) for bar in "|#"]),
)
ACTS = st.tuples(
    st.sampled_from(["scroll", "scroll", "put", "touch", "cut", "forget"]),
    st.integers(0, SIZE[1] - 2),
    st.integers(2, SIZE[1]),
    st.integers(-3, 3),
    st.lists(ROWS, min_size=3, max_size=3),
)


def measured(words: tuple[str, ...]) -> Row:
    """A row of words at the places that Textual gives them: each as wide as the others."""
    share = SIZE[0] // len(words)
    if len(words) == 2 and len(words[1]) == 1:
        return row(*words)
    return tuple((at * share, (at + 1) * share, word) for at, word in enumerate(words))


def act(rows: list[Row], kind: str, top: int, size: int, by: int, fresh: list[Row]) -> set[int]:
    """Changes some rows of a page; the numbers of those that an update would carry."""
    bottom = min(top + size, SIZE[1])
    if kind == "put":
        rows[top] = fresh[0]
        return {top}
    if kind == "scroll":
        part = rows[top:bottom]
        by = max(-len(part), min(by, len(part)))
        rows[top:bottom] = (
            fresh[:by] + part[: len(part) - by] if by > 0 else part[-by:] + fresh[: min(-by, 3)]
        )
        return set(range(top, bottom))
    return set()


@settings(max_examples=150, deadline=None)
@given(st.lists(ACTS, min_size=1, max_size=12), st.booleans())
def test_the_terminal_shows_what_a_whole_repaint_would(
    acts: list[tuple[str, int, int, int, list[tuple[str, ...]]]], moves: bool
) -> None:
    shadow, model = Shadow(), TerminalModel(*SIZE)
    rows = list(page(*"abcdefg").values())
    model.feed(NO_WRAP + shadow.show(SIZE, dict(enumerate(rows)), moves=moves))
    for kind, top, size, by, words in acts:
        if kind == "forget":
            shadow.forget()
            changed = {y: rows[y] for y in range(SIZE[1])}
        elif kind == "touch":
            start, end, _ = rows[top][0]
            text = "T" * (end - start)
            changed = {top: ((start, end, text),)}
            rows[top] = (*changed[top], *rows[top][1:])
        elif kind == "cut":
            text = "".join(piece for *_, piece in rows[top])
            plain = len(text) == SIZE[0] and text.isascii()
            changed = {top: ((3, 6, "cut"),)} if plain else {}
            if plain:
                rows[top] = (0, 3, text[:3]), *changed[top], (6, 12, text[6:])
        else:
            fresh = [measured(found) for found in words]
            changed = {y: rows[y] for y in act(rows, kind, top, size, by, fresh)}
        model.feed(shadow.show(SIZE, changed, moves=moves))
        fresh_model = TerminalModel(*SIZE)
        fresh_model.feed(NO_WRAP + Shadow().show(SIZE, dict(enumerate(rows)), moves=False))
        assert model.snapshot() == fresh_model.snapshot()


def test_rows_that_come_in_are_on_the_papers_colour() -> None:
    assert Move(0, 4, -1).sequence("<paper>") == "\x1b[1;4r<paper>\x1b[1S\x1b[49m\x1b[r"
    assert Move(0, 4, 1).sequence() == "\x1b[1;4r\x1b[1T\x1b[r"
