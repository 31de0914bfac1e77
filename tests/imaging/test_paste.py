"""Pasted text that names pictures, in every form that terminals and file managers drop it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from app.imaging.inputs import paths_in_paste
from tests.imaging.pictures import encoded, plain


@pytest.fixture
def fox(tmp_path: Path) -> Path:
    path = tmp_path / "a red fox's den.png"
    path.write_bytes(encoded(plain(2, 2)))
    return path


@pytest.fixture
def owl(tmp_path: Path) -> Path:
    path = tmp_path / "owl.jpg"
    path.write_bytes(encoded(plain(2, 2), "JPEG"))
    return path


def escaped(path: Path) -> str:
    return str(path).replace(" ", "\\ ").replace("'", "\\'")


@pytest.mark.parametrize(
    "form",
    [
        str,
        lambda path: f"  {path}\n",
        lambda path: f'"{path}"',
        lambda path: "'" + str(path).replace("'", "'\\''") + "'",
        escaped,
        lambda path: f"file://{quote(str(path))}",
        lambda path: f"file://localhost{quote(str(path))}\r\n",
    ],
)
def test_one_path(fox: Path, form: Callable[[Path], str]) -> None:
    assert paths_in_paste(form(fox)) == [fox]


@pytest.mark.parametrize("between", [" ", "\n", "\r\n", "  \n"])
def test_several_paths(fox: Path, owl: Path, between: str) -> None:
    assert paths_in_paste(f"'{owl}'{between}{escaped(fox)}") == [owl, fox]


def test_lines_need_no_quotes(fox: Path, owl: Path) -> None:
    plain_fox = fox.with_name("a plain fox.png")
    plain_fox.write_bytes(fox.read_bytes())
    assert paths_in_paste(f"{owl}\n{plain_fox}\n") == [owl, plain_fox]


def test_home_is_known(owl: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(owl.parent))
    assert paths_in_paste("~/owl.jpg") == [owl]


def test_what_is_not_only_pictures_stays_text(owl: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.png"
    words.write_text("not a picture")
    for text in (
        "",
        "   ",
        "a gray tabby cat",
        "it's an open 'quote",
        f"look at {owl}",
        f"{owl} {tmp_path / 'missing.png'}",
        str(tmp_path),
        str(words),
        "file://elsewhere/owl.jpg",
        "file://[broken",
        "~nobody-here/owl.jpg",
        "\0",
        f"{owl}\0",
        "/" * 30_000,
        "\\",
    ):
        expected = [owl] if text == f"{owl}\0" else []
        assert paths_in_paste(text) == expected, text
