"""The list of conversations, titles, favourites, and the trash that gives back."""

from __future__ import annotations

from app.domain.conversation import (
    Conversation,
)
from app.storage.library import Library
from tests.storage.turns import drawn, saved


def test_the_list_is_newest_first_with_what_it_shows(library: Library) -> None:
    assert library.latest() is None
    library.save_head(Conversation())
    foxes = saved(library, drawn(library, "a fox"))
    cats = saved(library, drawn(library, "a cat"))
    foxes = saved(library, drawn(library, "at night", foxes.path()[-1]), to=foxes)

    listed = library.list()
    assert [item.id for item in listed] == [foxes.id, cats.id]
    assert library.latest() == foxes.id
    assert (listed[0].title, listed[0].first_prompt) == ("a fox", "a fox")
    assert (listed[0].turns, listed[0].pictures) == (2, 2)
    assert listed[0].updated == foxes.updated
    assert listed[0].last_picture == foxes.path()[-1].pictures[-1].path


def test_a_new_title_stays_whatever_another_window_saves(library: Library) -> None:
    conversation = saved(library, drawn(library, "a fox"))
    library.rename(conversation.id, "Foxes")
    saved(library, drawn(library, "at night", conversation.path()[-1]), to=conversation)

    assert library.load(conversation.id).title == library.list()[0].title == "Foxes"


def test_favourites_stay_until_they_are_changed(library: Library) -> None:
    turn = drawn(library, "a fox")
    conversation = saved(library, turn)
    library.set_favourite(turn.id, turn.pictures[0].sha256, True)
    library.save(conversation, turn)
    assert library.load(conversation.id).turns[turn.id].pictures[0].favourite

    library.set_favourite(turn.id, turn.pictures[0].sha256, False)
    assert library.load(conversation.id) == conversation


def test_the_trash_gives_a_conversation_back(library: Library) -> None:
    conversation = saved(library, drawn(library, "a fox"))
    library.trash(conversation.id)
    assert library.list() == []
    assert library.latest() is None
    assert [item.trashed for item in library.list(include_trashed=True)] == [True]
    assert library.load(conversation.id) == conversation

    library.restore(conversation.id)
    assert [item.id for item in library.list()] == [conversation.id]


def test_the_trash_gives_turns_back_with_what_went_with_them(library: Library) -> None:
    root = drawn(library, "a fox")
    left, right = drawn(library, "left", root), drawn(library, "right", root)
    leaf, twig = drawn(library, "leaf", right), drawn(library, "twig", right)
    whole = saved(library, root, left, right, leaf, twig)

    library.trash_turn(whole.id, twig.id)
    library.trash_turn(whole.id, right.id)
    assert set(library.load(whole.id).turns) == {root.id, left.id}
    assert library.load(whole.id).head == root.id
    assert library.list()[0].turns == 2

    library.restore_turn(whole.id, right.id)
    assert set(library.load(whole.id).turns) == {root.id, left.id, right.id, leaf.id}

    library.trash_turn(whole.id, root.id)
    assert library.list() == []
    library.restore_turn(whole.id, twig.id)
    assert set(library.load(whole.id).turns) == {root.id, right.id, twig.id}
    assert all(picture.path.exists() for turn in whole.turns.values() for picture in turn.pictures)


def test_a_turn_is_not_trashed_in_the_name_of_another_conversation(library: Library) -> None:
    foxes, cats = saved(library, drawn(library, "fox")), saved(library, drawn(library, "cat"))
    library.trash_turn(cats.id, str(foxes.head))
    assert library.load(foxes.id) == foxes


def test_work_that_goes_on_brings_its_path_back(library: Library) -> None:
    first, other = drawn(library, "a fox"), drawn(library, "a cat")
    conversation = saved(library, other, first)
    library.trash_turn(conversation.id, first.id)
    library.trash(conversation.id)
    library.save(conversation, other)
    assert library.list() == []

    conversation = saved(library, drawn(library, "at night", first), to=conversation)
    assert library.load(conversation.id) == conversation
    assert library.list()[0].turns == 3
