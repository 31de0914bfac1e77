"""Writes the README's tables from the tables in the code: ``python -m tests.readme``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from app.domain.options import SPECS, Options, legal_values
from app.session.commands import COMMANDS
from app.ui.keys import by_place

README = Path(__file__).parent.parent / "README.md"


def keys() -> str:
    """Every key, by place."""
    parts = []
    for place, table in by_place():
        rows = "\n".join(f"| {key.name} | {key.help} |" for key in table)
        parts.append(f"| {place} | |\n|---|---|\n{rows}")
    return "\n\n".join(parts)


def options() -> str:
    """Every option with the values that the default models take."""
    rows = []
    for spec in SPECS:
        values = legal_values(spec, Options(format="webp"))
        shown = ", ".join(f"`{value}`" for value in values)
        typed = {"size": ", or any legal size", "model": ", or any other id"}.get(spec.kind, "")
        rows.append(f"| `{spec.command}` | {spec.help} | {shown}{typed} |")
    return "| option | what | values |\n|---|---|---|\n" + "\n".join(rows)


def commands() -> str:
    """The slash commands that are no options."""
    rows = [
        f"| `{command.usage}` | {command.help} |"
        for command in COMMANDS.values()
        if command.verb != "option"
    ]
    return "| command | does |\n|---|---|\n" + "\n".join(rows)


SECTIONS: Mapping[str, Callable[[], str]] = {"keys": keys, "options": options, "commands": commands}


def written(text: str) -> str:
    """``text`` with every marked section made anew."""
    for name, make in SECTIONS.items():
        pattern = re.compile(rf"(<!-- {name}:[^\n]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
        body = make().replace("\\", r"\\")
        text = pattern.sub(rf"\g<1>{body}\n\g<2>", text)
    return text


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
