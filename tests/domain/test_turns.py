"""The turns of a conversation know their families and branches, whatever is added or changed."""

from dataclasses import replace
from pathlib import Path

from app.domain.conversation import Conversation, Picture, Turn, Usage
from app.domain.turns import Turns


def turn(name: str, parent: str | None = None, tokens: int = 0, pictures: int = 0) -> Turn:
    shown = tuple(Picture(Path(f"{name}{number}.png"), name, "png") for number in range(pictures))
    usage = Usage(output_tokens=tokens)
    return Turn(id=name, parent=parent, prompt=name, pictures=shown, usage=usage)


def tree(*turns: Turn) -> Turns:
    return Turns({each.id: each for each in turns})


def test_families_are_in_order_of_creation() -> None:
    turns = tree(turn("a"), turn("b", "a"), turn("c", "a"), turn("d", "b"))
    assert turns.children("a") == ("b", "c")
    assert turns.children("d") == ()
    assert turns.children(None) == ("a",)


def test_a_new_turn_joins_its_family() -> None:
    before = tree(turn("a"), turn("b", "a"))
    assert before.children("a") == ("b",)
    after = before.with_turn(turn("c", "a"))
    assert after.children("a") == ("b", "c")
    assert before.children("a") == ("b",)
    assert "c" not in before


def test_a_branch_is_the_same_object_while_its_turns_only_advance() -> None:
    turns = tree(turn("a"), turn("b", "a"))
    branch = turns.branch("b")
    later = turns.with_turn(replace(turn("b", "a"), said="Hello"))
    assert branch == ("a", "b")
    assert later.branch("b") is branch
    assert later.branch("a") == ("a",)
    assert later.with_turn(turn("c", "b")).branch("c") == ("a", "b", "c")


def test_the_way_up_ends_at_a_turn_that_is_not_there_and_in_a_circle() -> None:
    assert [each.id for each in tree(turn("b", "gone")).upwards("b")] == ["b"]
    assert len(list(tree(turn("a", "b"), turn("b", "a")).upwards("a"))) == 2


def test_counts_follow_each_change() -> None:
    turns = tree(turn("a", tokens=5, pictures=1), turn("b", "a", tokens=7))
    assert (turns.pictures, turns.tokens) == (1, 12)
    turns = turns.with_turn(turn("b", "a", tokens=8, pictures=2))
    assert (turns.pictures, turns.tokens) == (3, 13)
    turns = turns.with_turn(turn("c", "b", tokens=1))
    assert (turns.pictures, turns.tokens) == (3, 14)
    left = Conversation(turns=turns).without("b")
    assert (left.turns.pictures, left.turns.tokens) == (1, 5)


def test_the_same_turns_are_equal() -> None:
    assert tree(turn("a")).keys() == {"a"}
    one = turn("a")
    assert tree(one) == tree(one)
    assert tree(one) != tree(replace(one, said="Hello"))
