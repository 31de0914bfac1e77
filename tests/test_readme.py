"""The README's tables are those of the code, and what it names exists."""

from __future__ import annotations

import re

from tests.readme import README, written


def test_the_tables_are_made_from_the_code() -> None:
    text = README.read_text(encoding="utf-8")
    assert written(text) == text, "run: python -m tests.readme"


def test_the_pictures_and_files_that_it_links_exist() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (README.parent / link).exists()] == []
