"""The benchmark's parts on tiny input: that they run and fill every figure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.benchmarks import page, pictures, tables, terminal, turns, viewers
from tests.benchmarks.figures import OURS, Aim, Figures
from tests.benchmarks.queries import answers
from tests.long import build

KITTY = viewers.MODES[0]


@pytest.fixture
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few steps, and soon settled: here it only matters that something is measured."""
    monkeypatch.setattr(terminal, "SETTLED", 0.02)
    monkeypatch.setattr(pictures, "PERIOD", 3)
    monkeypatch.setattr(pictures, "SHOWN", 2)


def test_ratio_is_taken_round_by_round() -> None:
    figures = Figures()
    for ours, other in ((1.0, 2.0), (30.0, 30.0), (2.0, 4.0)):
        figures.add(OURS, "time", "here", ours)
        figures.add("chafa", "time", "here", other)
    assert figures.ratio("chafa", "time", "here") == 0.5
    assert figures.spread(OURS, "time", "here") == (1.0, 30.0)
    assert figures.ratio("timg", "time", "here") is None


@pytest.mark.parametrize(
    ("value", "limit", "said"),
    [
        (1.5, 2.0, "1.50x (≤ 2.0x met)"),
        (2.5, 2.0, "2.50x (≤ 2.0x not met)"),
        (1 / 60, 1 / 30, "1/60 (≤ 1/30 met)"),
        (None, 2.0, "–"),
    ],
)
def test_ratio_says_whether_its_aim_is_met(value: float | None, limit: float, said: str) -> None:
    assert tables.ratio(value, limit) == said


def test_what_was_not_measured_meets_no_aim() -> None:
    assert Aim("time", None, 1.0).met == "not measured"


@pytest.mark.parametrize(
    ("asked", "protocol", "said"),
    [
        (b"\x1b[c", "sixel", b"\x1b[?62;4;22c"),
        (b"\x1b[c", "", b"\x1b[?62;22c"),
        (b"\x1b_Gi=7,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\", "kitty", b"\x1b_Gi=7;OK\x1b\\"),
        (b"\x1b_Gi=7,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\", "sixel", b""),
        (b"\x1b_Ga=T,i=7;AAAA\x1b\\ and text", "kitty", b""),
        (b"\x1b]11;?\x1b\\", "", b"\x1b]11;rgb:0000/0000/0000\x1b\\"),
        (b"\x1b[16t\x1b[>0q", "kitty", b"\x1b[6;20;10t\x1bP>|kitty(0.41.1)\x1b\\"),
    ],
)
def test_terminal_answers_as_the_real_one(asked: bytes, protocol: str, said: bytes) -> None:
    assert answers(asked, protocol) == said


@pytest.mark.slow
@pytest.mark.usefixtures("_hasty")
def test_pictures_arrive_and_scroll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SIZES", ((64, 48),))
    figures = pictures.measure(1, [(64, 48)], [KITTY])
    assert all(figures.middle(who, "bytes", "kitty 64x48") for who in (OURS, pictures.PLAIN))
    assert (figures.middle(OURS, "time", "kitty 64x48") or 0) > 0
    assert all(figures.of(OURS, f"bytes by {lines}", "kitty") for lines in (1, 3))
    assert "| kitty" in page.report({"pictures": figures}, 1)


@pytest.mark.slow
@pytest.mark.usefixtures("_hasty")
def test_long_conversations_open_and_scroll(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "TURNS", (3, 5))
    figures = Figures()
    turns.openings(figures, str(tmp_path), 1, {3: build(tmp_path, 3), 5: build(tmp_path, 5)})
    assert all(figures.of(OURS, what, "5") for what in ("opening", "jump", "processor"))
    assert re.search(r"\| 5 +\| ", page.report({"long": figures}, 1))


def test_page_names_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "FILE", tmp_path / "page.md")
    page.write({}, 1)
    text = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert str(Path.home()) not in text
    assert "cores, Python" in text
