"""Places, private folders, atomic writes, readable names, and disk errors in words."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from app.domain.errors import DiskTrouble
from app.storage.files import make_private, places, readable_name, trouble, write_atomic

HASH = "3fa2c1" + "0" * 58


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_one_variable_moves_all_places(tmp_path: Path) -> None:
    found = places({"SFUMATO_HOME": str(tmp_path / "here")})

    assert found.config == tmp_path / "here" / "config"
    assert found.data == tmp_path / "here" / "data"
    assert found.state == tmp_path / "here" / "state"
    assert found.cache == tmp_path / "here" / "cache"
    assert not (tmp_path / "here").exists()


def test_home_and_relative_places_become_absolute() -> None:
    assert places({"SFUMATO_HOME": "~/art"}).data == Path.home() / "art" / "data"
    assert places({"SFUMATO_HOME": "art"}).data == Path.cwd() / "art" / "data"


def test_without_the_variable_the_places_are_the_platforms() -> None:
    for found in (places({}), places({"SFUMATO_HOME": ""})):
        assert all("sfumato" in str(path) for path in (found.config, found.data, found.state))


def test_private_folders_are_private_with_the_parents_they_need(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    made = make_private(tmp_path / "a" / "b" / "c")

    assert [mode(made), mode(made.parent), mode(made.parent.parent)] == [0o700] * 3
    assert mode(tmp_path) == 0o755


def test_an_open_folder_is_closed_to_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private(tmp_path)
    assert mode(tmp_path) == 0o700


def test_a_file_in_the_way_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"")
    for path in (tmp_path / "data", tmp_path / "data" / "pictures"):
        with pytest.raises(DiskTrouble, match=r"folder should be.*data"):
            make_private(path)


def test_a_write_is_whole_private_and_alone(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    previous = os.umask(0)
    try:
        write_atomic(path, b"old")
        write_atomic(path, b"new bytes")
    finally:
        os.umask(previous)

    assert path.read_bytes() == b"new bytes"
    assert mode(path) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["picture.png"]


def test_a_failed_write_leaves_nothing_but_what_was_there(tmp_path: Path) -> None:
    taken = tmp_path / "taken.png"
    taken.mkdir()
    (taken / "inside").write_bytes(b"old")

    with pytest.raises(DiskTrouble, match=r"taken\.png"):
        write_atomic(taken, b"new")

    assert [entry.name for entry in tmp_path.iterdir()] == ["taken.png"]
    assert (taken / "inside").read_bytes() == b"old"


def test_a_full_disk_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "picture.png"
    write_atomic(path, b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DiskTrouble, match=r"The disk is full: .*picture\.png"):
            write_atomic(path, b"new")

    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["picture.png"]


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DiskTrouble, match=r"no such file or folder: .*gone"):
        write_atomic(tmp_path / "gone" / "picture.png", b"")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "Permission"),
        (errno.EPERM, "Permission"),
        (errno.EIO, "disk reports an error"),
        (errno.EXDEV, os.strerror(errno.EXDEV)),
    ],
)
def test_disk_errors_name_what_happened_and_where(number: int, words: str) -> None:
    found = trouble(OSError(number, os.strerror(number)), Path("/library/fox.png"))

    assert words in found.sentence
    assert "/library/fox.png" in found.sentence
    assert found.hint


def test_a_path_that_is_no_text_can_still_be_told() -> None:
    sentence = trouble(OSError(errno.EIO, ""), Path(os.fsdecode(b"/library/\xff.png"))).sentence
    assert "/library/\ufffd.png" in sentence
    sentence.encode()


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("A gray tabby cat, hugging an otter!", "gray-tabby-cat-hugging-otter-3fa2c1.png"),
        ("Crème brûlée à la Ångström", "creme-brulee-la-angstrom-3fa2c1.png"),
        ("夕焼けの 海", "夕焼けの-海-3fa2c1.png"),
        ("Ёжик в тумане", "ёжик-в-тумане-3fa2c1.png"),
        ("नमस्ते दुनिया", "नमस्ते-दुनिया-3fa2c1.png"),
        ("", "picture-3fa2c1.png"),
        ("🦊🦊", "picture-3fa2c1.png"),
        ("../../etc/passwd", "etc-passwd-3fa2c1.png"),
        ("C:\\Windows\\con", "c-windows-con-3fa2c1.png"),
        ("con", "con-3fa2c1.png"),
        (".hidden --help", "hidden-help-3fa2c1.png"),
        ("a\x00b\x1b[31m\u202egnp.exe\n", "b-31m-gnp-exe-3fa2c1.png"),
        ("half \ud83e a pair", "half-pair-3fa2c1.png"),
        ("z\u0336\u0321a\u0334lgo", "zalgo-3fa2c1.png"),
        ("the the a", "picture-3fa2c1.png"),
    ],
)
def test_names_say_what_is_in_the_picture(prompt: str, name: str) -> None:
    assert readable_name(prompt, HASH, "png") == name


@pytest.mark.parametrize("prompt", ["word " * 100, "w" * 500, "夕" * 500, "𠀀" * 500, "fox𠀀" * 50])
def test_long_prompts_make_names_that_fit(prompt: str, tmp_path: Path) -> None:
    name = readable_name(prompt, HASH, "png")

    assert len(name) <= 48 + len("-3fa2c1.png")
    assert len(name.encode()) <= 143
    assert not name.startswith("-")
    assert "--" not in name
    write_atomic(tmp_path / name, b"")
