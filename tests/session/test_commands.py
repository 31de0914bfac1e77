"""Slash commands: what is one, what is none, and how a half-typed one goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.errors import BadOption
from app.domain.options import BY_COMMAND, Options
from app.session.commands import COMMANDS, complete, parse


def test_every_command_of_the_contract_is_there() -> None:
    assert set(COMMANDS) == {
        *("action", "size", "quality", "format", "compression", "background", "partials"),
        *("model", "image-model", "attach", "detach", "mask", "retry", "new", "export", "help"),
    }
    assert {name for name, command in COMMANDS.items() if command.verb == "option"} == set(
        BY_COMMAND
    )
    assert all(command.help for command in COMMANDS.values())
    assert COMMANDS["attach"].usage == "/attach PATH"
    assert COMMANDS["new"].usage == "/new"


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("/action edit", "action", "edit"),
        ("  /Size   1536x1024 ", "size", "1536x1024"),
        ("/image-model gpt-image-2", "image-model", "gpt-image-2"),
        ("/retry", "retry", ""),
        ("/attach /no/such dir/fox.png", "attach", "/no/such dir/fox.png"),
        ("/attach '/no/such dir/fox.png'", "attach", "/no/such dir/fox.png"),
        (r"/attach /no/such\ dir/fox\(1\).png", "attach", "/no/such dir/fox(1).png"),
        ("/mask file:///no/such%20dir/fox.png", "mask", "/no/such dir/fox.png"),
        ("/export ~/foxes", "export", str(Path("~/foxes").expanduser())),
        ('/export "~/my foxes"', "export", str(Path("~/my foxes").expanduser())),
    ],
)
def test_a_command_is_read(text: str, name: str, argument: str) -> None:
    found = parse(text)
    assert found is not None
    assert (found.command.name, found.argument) == (name, argument)


@pytest.mark.parametrize(
    "text", ["a fox", "", "//size of a house", "a / b", "16/9, a fox", "\n//\n"]
)
def test_a_prompt_is_no_command(text: str) -> None:
    assert parse(text) is None
    assert complete(text, Options()) == []


def test_a_path_of_a_file_is_no_command(tmp_path: Path) -> None:
    picture = tmp_path / "a fox.png"
    picture.write_bytes(b"")
    assert parse(str(picture)) is None
    assert parse(str(picture).replace(" ", r"\ ")) is None
    plain = tmp_path / "fox.png"
    plain.write_bytes(b"")
    assert parse(f"{plain} make it blue") is None


@pytest.mark.parametrize(
    ("text", "sentence", "hint"),
    [
        ("/sise 1024x1024", "There is no command /sise.", "/size"),
        ("/xyzzy", "There is no command /xyzzy.", "//"),
        ("/", "There is no command after the slash.", "/help"),
        ("/size", "/size needs a value.", "/size 1024x1024"),
        ("/attach  ", "/attach needs a value.", "/attach PATH"),
        ("/new york at night", "/new takes no value.", "//"),
        ("/\x00" + "x" * 5000, "There is no command", "/help"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_way_out(text: str, sentence: str, hint: str) -> None:
    with pytest.raises(BadOption) as refused:
        parse(text)
    assert refused.value.sentence.startswith(sentence)
    assert hint in refused.value.hint


def completed(text: str, options: Options | None = None) -> list[str]:
    return [found.text for found in complete(text, options or Options())]


def test_names_are_completed() -> None:
    assert completed("/m") == ["/model ", "/mask "]
    assert completed("/RE") == ["/retry"]
    assert len(completed("/")) == len(COMMANDS)
    assert completed("/xyz") == []


def test_values_are_the_legal_ones() -> None:
    assert completed("/action ") == ["/action auto", "/action generate", "/action edit"]
    assert completed("/action g") == ["/action generate"]
    assert "/size 1536x1024" in completed("/size 15")
    assert completed("/compression ") == ["/compression auto"]
    assert completed("/compression 6", Options(format="jpeg")) == ["/compression 60"]
    assert completed("/new ") == []
    assert completed("/sise 10") == []
    assert completed("/action edit\nplease") == []


def test_paths_are_completed_from_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my foxes").mkdir()
    (tmp_path / ".hidden.png").write_bytes(b"")
    for name in ("fox.png", "Fox 2.JPG", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    at = f"/attach {tmp_path}/"
    assert completed(at) == [f"{at}Fox 2.JPG", f"{at}fox.png", f"{at}my foxes/"]
    assert completed(f"{at}fox.") == [f"{at}fox.png"]
    assert completed(f"{at}.h") == [f"{at}.hidden.png"]
    assert completed(f"/export {tmp_path}/") == [f"/export {tmp_path}/my foxes/"]
    assert completed(f'/mask "{tmp_path}/fo') == [
        f'/mask "{tmp_path}/Fox 2.JPG"',
        f'/mask "{tmp_path}/fox.png"',
    ]
    assert completed(f"{at}nowhere/") == []
    monkeypatch.chdir(tmp_path)
    assert completed("/attach f") == ["/attach Fox 2.JPG", "/attach fox.png"]
    monkeypatch.setenv("HOME", str(tmp_path))
    assert completed("/attach ~") == ["/attach ~/"]
    assert completed("/attach ~/fox.") == ["/attach ~/fox.png"]


def test_a_completed_path_reads_back_as_that_path(tmp_path: Path) -> None:
    (tmp_path / "a 'fox' (1).png").write_bytes(b"")
    for typed in (f"/attach {tmp_path}/a", f'/attach "{tmp_path}/a'):
        (line,) = completed(typed)
        found = parse(line)
        assert found is not None
        assert Path(found.argument) == tmp_path / "a 'fox' (1).png"
