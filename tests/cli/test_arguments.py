"""Flags, help and version; flags may stand before or after the command."""

from __future__ import annotations

import pytest

from app import __version__
from app.cli.arguments import parse
from app.cli.choices import with_flags
from app.domain.errors import BadOption, Refused
from app.domain.options import SPECS, Options
from tests.cli.conftest import Sfumato


def test_version(sfumato: Sfumato) -> None:
    done = sfumato("--version")
    assert (done.status, done.out) == (0, f"sfumato {__version__}\n")


def test_help_names_commands_flags_and_keys(sfumato: Sfumato) -> None:
    done = sfumato("--help")
    words = "draw sessions export doctor demo-server --demo --continue --session --graphics F1"
    assert done.status == 0
    assert [word for word in words.split() if word not in done.out] == []
    assert "\x1b" not in done.out


def test_draw_help_has_every_option_with_its_values(sfumato: Sfumato) -> None:
    out = sfumato("draw", "--help").out
    assert [spec.command for spec in SPECS if f"--{spec.command}" not in out] == []
    assert "low, medium, high" in " ".join(out.split())


def test_a_wrong_word_is_one_line_and_2(sfumato: Sfumato) -> None:
    for words in (["paint"], ["--colour"], ["demo-server", "--port", "x"], ["export", "abc"]):
        done = sfumato(*words)
        assert done.status == 2
        assert done.complaint.endswith("--help.")


def test_flags_stand_before_or_after_the_command() -> None:
    before, after = parse(["--demo", "-c", "draw", "a fox"]), parse(["draw", "a fox", "--demo"])
    assert (before.demo, before.resume, before.command) == (True, True, "draw")
    assert (after.demo, after.resume) == (True, False)
    assert parse(["--model", "one", "draw", "a fox", "--size", "1024x1024"]).options == {
        "model": "one",
        "size": "1024x1024",
    }


def test_no_command_is_the_chat() -> None:
    chat = parse(["--session", "abc", "--graphics", "text", "--image-model", "gpt-image-2"])
    assert (chat.command, chat.session, chat.graphics) == (None, "abc", "text")
    assert chat.options == {"image-model": "gpt-image-2"}


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "soon"])
def test_a_delay_is_a_sensible_number(seconds: str) -> None:
    with pytest.raises(Refused):
        parse(["demo-server", "--delay", seconds])


def test_the_image_model_is_taken_before_what_depends_on_it() -> None:
    with pytest.raises(BadOption, match="gpt-image-1"):
        with_flags(Options(), {"size": "2048x2048", "image-model": "gpt-image-1.5"})


@pytest.mark.parametrize(
    ("settings", "flags", "name", "value"),
    [
        (Options(format="jpeg", compression="60"), {"format": "png"}, "compression", "auto"),
        (Options(background="transparent"), {"format": "jpeg"}, "background", "auto"),
        (Options(size="2048x2048"), {"image-model": "gpt-image-1.5"}, "size", "auto"),
    ],
)
def test_settings_give_way_to_flags_that_they_do_not_go_with(
    settings: Options, flags: dict[str, str], name: str, value: str
) -> None:
    assert getattr(with_flags(settings, flags), name) == value


def test_flags_that_do_not_go_together_are_refused() -> None:
    with pytest.raises(BadOption):
        with_flags(Options(), {"format": "png", "compression": "50"})
