"""A conversation is an immutable tree with one cursor."""

from pathlib import Path

import pytest

from app.domain.context import Chain, Replay, plan, replay
from app.domain.conversation import Conversation, Picture, Status, Turn, title_from
from app.domain.options import Options


def turn(
    name: str, parent: str | None = None, status: Status = Status.DONE, **more: object
) -> Turn:
    given = {"response_id": f"resp_{name}", **more}
    return Turn(id=name, parent=parent, prompt=f"prompt {name}", status=status, **given)  # type: ignore[arg-type]


def picture(name: str) -> Picture:
    return Picture(path=Path(f"/library/{name}.png"), sha256=name * 8, format="png")


def tree(*turns: Turn) -> Conversation:
    conversation = Conversation()
    for each in turns:
        conversation = conversation.with_turn(each, move=True)
    return conversation


def test_the_path_runs_from_the_first_turn_to_the_head() -> None:
    conversation = tree(turn("a"), turn("b", "a"), turn("c", "b"))
    assert [each.id for each in conversation.path()] == ["a", "b", "c"]
    assert [each.id for each in conversation.at("b").path()] == ["a", "b"]


def test_a_retry_is_a_sibling_and_nothing_is_overwritten() -> None:
    conversation = tree(turn("a"), turn("b", "a"), turn("b2", "a"))
    assert [each.id for each in conversation.siblings("b")] == ["b", "b2"]
    assert [each.id for each in conversation.path()] == ["a", "b2"]
    assert "b" in conversation.turns


def test_changes_answer_a_new_conversation() -> None:
    before = tree(turn("a"))
    after = before.with_turn(turn("b", "a"), move=True)
    assert list(before.turns) == ["a"]
    assert list(after.turns) == ["a", "b"]


def test_an_unknown_turn_cannot_be_the_head() -> None:
    with pytest.raises(KeyError):
        tree(turn("a")).at("nowhere")


def test_deleting_takes_the_subtree_and_moves_the_head_up() -> None:
    conversation = tree(turn("a"), turn("b", "a"), turn("c", "b"), turn("d", "a")).at("c")
    left = conversation.without("b")
    assert list(left.turns) == ["a", "d"]
    assert left.head == "a"


def test_the_tip_of_a_branch_is_its_newest_leaf() -> None:
    conversation = tree(turn("a"), turn("b", "a"), turn("c", "a"), turn("d", "b"))
    assert conversation.tip("a").id == "d"
    assert conversation.tip("c").id == "c"


def test_the_title_is_the_first_prompt_on_one_line() -> None:
    assert title_from("  a red\n fox ") == "a red fox"
    assert len(title_from("word " * 40)) <= 60
    assert tree(turn("a"), turn("b", "a")).title == "prompt a"


def test_a_done_turn_is_continued_on_the_server() -> None:
    assert plan(tree(turn("a"), turn("b", "a")), "b") == Chain("resp_b")


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED, Status.INTERRUPTED])
def test_a_turn_that_did_not_end_well_is_never_named_to_the_server(status: Status) -> None:
    assert plan(tree(turn("a"), turn("b", "a", status)), "b") == Chain("resp_a")
    assert plan(tree(turn("a", None, status)), "a") == Chain()


def test_a_picture_of_an_interrupted_turn_is_sent_from_the_copy_kept_here() -> None:
    cut = turn("b", "a", Status.INTERRUPTED, pictures=(picture("b"),))
    planned = plan(tree(turn("a", pictures=(picture("a"),)), cut), "b")
    assert isinstance(planned, Replay)
    assert [each.sha256 for each in planned.pictures] == ["b" * 8]
    assert "prompt a" in planned.recap
    assert "prompt b" in planned.recap


def test_a_replay_without_pictures_recalls_the_words() -> None:
    planned = replay(tree(turn("a")), "a")
    assert planned.pictures == ()
    assert "1. prompt a" in planned.recap


def test_a_turn_is_not_tied_to_later_option_changes() -> None:
    options = Options(size="1536x1024")
    assert turn("a", options=options).options is options
