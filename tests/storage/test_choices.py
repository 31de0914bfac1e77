"""Remembering a choice: one line of settings.toml changes, and nothing is ever spoiled."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from app.domain.errors import DiskTrouble
from app.storage.settings import load, save_choice


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def written(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_the_first_choice_makes_the_file(path: Path) -> None:
    save_choice(path, "theme", "night")

    assert path.read_text() == 'theme = "night"\n'
    assert path.stat().st_mode & 0o777 == 0o600
    assert load(path, {})[0].theme == "night"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '# mine\ntheme = "paper"  # warm\nretries = 1\n',
            '# mine\ntheme = "night"  # warm\nretries = 1\n',
        ),
        ("theme='paper'#warm", 'theme="night"#warm'),
        ("  theme = 3 \n", '  theme = "night" \n'),
        ('"theme" = "paper"\n', '"theme" = "night"\n'),
        ("retries = 1", 'retries = 1\ntheme = "night"\n'),
        ('size = "auto"\r\n', 'size = "auto"\r\ntheme = "night"\r\n'),
        ("[other]\ntheme = 1\n", 'theme = "night"\n[other]\ntheme = 1\n'),
        (
            'instructions = """\ntheme = "x"\n"""\ntheme = "paper"\n',
            'instructions = """\ntheme = "x"\n"""\ntheme = "night"\n',
        ),
        (
            'instructions = """\n[not a header]\n"""\n',
            'theme = "night"\ninstructions = """\n[not a header]\n"""\n',
        ),
        ("#theme = 1\n", '#theme = 1\ntheme = "night"\n'),
    ],
)
def test_a_choice_changes_one_line(path: Path, before: str, after: str) -> None:
    save_choice(written(path, before), "theme", "night")
    assert path.read_bytes().decode() == after


def test_a_choice_finds_the_other_spelling_of_its_key(path: Path) -> None:
    save_choice(written(path, 'image_model = "auto"\n'), "image-model", "gpt-image-2.6-flare")
    assert path.read_text() == 'image_model = "gpt-image-2.6-flare"\n'


@pytest.mark.parametrize("value", ['say "hi"', "back\\slash", "two\nlines", "🦊 \x7f \x01", 7])
def test_any_text_can_be_a_choice(path: Path, value: str | int) -> None:
    save_choice(path, "instructions", value)
    assert tomllib.loads(path.read_text()) == {"instructions": value}


@pytest.mark.parametrize("text", ["theme = ", b"theme = '\xff'\n", 'theme.x = "nested"\n'])
def test_a_file_that_cannot_be_changed_safely_stays(path: Path, text: str | bytes) -> None:
    before = written(path, text).read_bytes()
    with pytest.raises(DiskTrouble, match=r"not remembered.*settings\.toml"):
        save_choice(path, "theme", "night")
    assert path.read_bytes() == before


def test_half_a_surrogate_pair_is_refused_and_the_file_stays(path: Path) -> None:
    written(path, 'theme = "paper"\n')
    with pytest.raises(DiskTrouble):
        save_choice(path, "theme", "\ud83e")
    assert path.read_text() == 'theme = "paper"\n'


def test_a_linked_settings_file_stays_a_link(path: Path, tmp_path: Path) -> None:
    real = written(tmp_path / "dotfiles" / "mine.toml", "retries = 1\n")
    path.parent.mkdir()
    path.symlink_to(real)
    real.parent.chmod(0o755)

    save_choice(path, "theme", "night")

    assert path.is_symlink()
    assert real.parent.stat().st_mode & 0o777 == 0o755
    assert real.read_text() == 'retries = 1\ntheme = "night"\n'
