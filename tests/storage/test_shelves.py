"""Files of the library: exact bytes, readable names, and nothing read from elsewhere."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.conversation import Picture, Turn, new_id
from app.domain.errors import DiskTrouble
from app.storage.library import DATABASE, Library
from tests.storage.turns import drawn, kept, saved

FOX = Turn(new_id(), None, "a fox")


def test_a_picture_keeps_its_exact_bytes_under_a_readable_name(
    library: Library, folder: Path
) -> None:
    data = os.urandom(100_000)
    cat = kept(library, data, Turn(new_id(), None, "A gray tabby cat"))

    assert re.fullmatch(
        r"pictures/\d{4}-\d{2}/gray-tabby-cat-[0-9a-f]{6}\.png", str(cat.path.relative_to(folder))
    )
    assert cat.sha256 == hashlib.sha256(data).hexdigest()
    assert cat.path.read_bytes() == library.read(cat.path) == data


@pytest.mark.parametrize(
    ("picture_format", "suffix"),
    [("png", ".png"), ("jpeg", ".jpg"), ("svg", ".svg"), ("", ".bin"), ("../x", ".bin")],
)
def test_the_extension_is_that_of_the_content(
    library: Library, picture_format: str, suffix: str
) -> None:
    assert kept(library, b"x", FOX, picture_format).path.suffix == suffix
    assert library.keep_partial("t1", b"x", picture_format).suffix == suffix


def test_the_same_picture_is_kept_once_and_others_are_never_replaced(library: Library) -> None:
    first = kept(library, b"one", FOX).path
    written = first.stat().st_mtime_ns
    assert kept(library, b"one", FOX).path == first
    assert first.stat().st_mtime_ns == written

    first.write_bytes(b"somebody changed it")
    second = kept(library, b"one", FOX).path
    assert second != first
    assert first.read_bytes() == b"somebody changed it"
    assert second.read_bytes() == b"one"


def test_an_input_is_kept_once_whatever_its_name_and_month(library: Library, folder: Path) -> None:
    first, sha256 = library.keep_input(b"one", "C:\\art\\My Cat.PNG", "image/png")
    assert re.fullmatch(r"my-cat-[0-9a-f]{16}\.png", first.name)
    earlier = folder / "inputs" / "2020-01"
    first.parent.rename(earlier)

    assert library.keep_input(b"one", "other.png", "image/png") == (earlier / first.name, sha256)
    other, _ = library.keep_input(b"two", "../../My Cat.PNG", "image/png")
    assert other.read_bytes() == b"two"
    assert len(list((folder / "inputs").glob("*/*"))) == 2


def test_a_preview_replaces_the_one_before(library: Library, folder: Path) -> None:
    library.keep_partial("0123456789ab", b"one", "png")
    library.keep_partial("0123456789ab", b"two", "png")
    last = library.keep_partial("0123456789ab", b"three", "webp")
    library.keep_partial("ba9876543210", b"other", "png")

    names = sorted(path.name for path in (folder / "partials").iterdir())
    assert names == ["0123456789ab.webp", "ba9876543210.png"]
    assert library.read(last) == b"three"

    library.drop_partial("0123456789ab")
    library.drop_partial("0123456789ab")
    assert not last.exists()


@pytest.mark.parametrize("turn_id", ["", "..", "../x", "a/b", "*", "a.b", "x" * 65, "a\x00"])
def test_an_id_that_is_no_file_name_is_refused(library: Library, turn_id: str) -> None:
    with pytest.raises(DiskTrouble, match="not the id of a turn"):
        library.keep_partial(turn_id, b"x", "png")


def test_only_the_librarys_own_files_are_read(
    library: Library, folder: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    link = folder / "pictures" / "link.png"
    link.symlink_to(secret)
    for path in (
        secret,
        link,
        folder / "pictures" / ".." / ".." / "secret.png",
        Path("../secret.png"),
        folder / DATABASE,
        folder,
        folder / "pictures",
    ):
        with pytest.raises(DiskTrouble, match=r"not in the library|should be"):
            library.read(path)
    with pytest.raises(DiskTrouble, match=r"no such file or folder: .*gone\.png"):
        library.read(folder / "pictures" / "gone.png")


def test_pictures_may_lie_on_another_disk(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "big").mkdir()
    folder.mkdir()
    (folder / "pictures").symlink_to(tmp_path / "big")
    with closing(Library(folder)) as library:
        conversation = saved(library, drawn(library, "a fox"))
        [picture] = next(iter(library.load(conversation.id).turns.values())).pictures
        assert library.read(picture.path) == b"picture of a fox"


def test_a_picture_from_elsewhere_is_not_saved(library: Library, tmp_path: Path) -> None:
    stranger = Picture(tmp_path / "fox.png", "0" * 64, "png")
    with pytest.raises(DiskTrouble, match=r"not in the library: .*fox\.png"):
        saved(library, replace(drawn(library, "a fox"), pictures=(stranger,)))
    assert library.list() == []
