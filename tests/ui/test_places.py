"""Where cards stand: known for all of them, measured or not."""

from __future__ import annotations

from app.ui.widgets.places import Places

HEIGHTS = {"a": 3, "b": 5, "c": 2, "d": 4}


def places(*keys: str, asked: list[str] | None = None) -> Places:
    """Places of cards that are guessed right; ``asked`` notes each guess."""

    def guess(key: str) -> int:
        (asked if asked is not None else []).append(key)
        return HEIGHTS[key]

    made = Places(guess)
    made.set_keys(keys)
    return made


def test_cards_follow_each_other_with_a_gap() -> None:
    made = places("a", "b", "c")
    assert [made.top(key) for key in made.keys] == [1, 5, 11]
    assert made.bottom == 14
    assert places().bottom == 1


def test_the_cards_between_two_rows() -> None:
    made = places("a", "b", "c")
    assert made.between(0, 1) == ()
    assert made.between(4, 5) == ("a",)
    assert made.between(4, 6) == ("a", "b")
    assert made.between(5, 100) == ("b", "c")
    assert made.between(-9, 12) == ("a", "b", "c")


def test_a_measured_card_moves_those_below() -> None:
    made = places("a", "b", "c")
    assert made.measure("b", 9, keep=True)
    assert [made.top(key) for key in made.keys] == [1, 5, 15]
    assert not made.measure("b", 9, keep=True)


def test_a_card_more_at_the_end_costs_one_guess() -> None:
    asked: list[str] = []
    made = places("a", "b", "c", asked=asked)
    asked.clear()
    made.set_keys(("a", "b", "c", "d"))
    assert asked == ["d"]
    assert made.top("d") == 14


def test_another_branch_finds_the_measured_heights_again() -> None:
    made = places("a", "b", "c")
    made.measure("a", 8, keep=True)
    made.set_keys(("a", "d"))
    assert made.height("a") == 8
    assert "b" not in made


def test_heights_are_remembered_for_each_room() -> None:
    made = places("a", "b")
    made.set_room("wide", ())
    made.measure("a", 8, keep=True)
    made.set_room("narrow", ())
    assert made.height("a") == 3
    made.set_room("wide", ())
    assert made.height("a") == 8


def test_a_mounted_card_keeps_its_height_until_it_is_measured_in_the_new_room() -> None:
    made = places("a", "b")
    made.measure("a", 8, keep=False)
    made.set_room("narrow", ("a",))
    assert made.height("a") == 8


def test_a_forgotten_card_is_guessed_again() -> None:
    made = places("a", "b")
    made.measure("a", 8, keep=True)
    made.forget("a")
    assert made.height("a") == 3
    assert made.top("b") == 5
