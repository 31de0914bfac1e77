"""What is typed while the app opens: nothing is lost or swapped, however long that takes."""

from __future__ import annotations

import pytest
from textual import events
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers import linux_driver
from textual.widget import Widget

from app.ui import late_answers


class Opening(App[None]):
    """An app that opens when the test says so."""

    opened = False

    @property
    def focused(self) -> Widget | None:
        return Widget() if self.opened else None


class Sitting:
    """A person typing at a terminal, and the clock on the wall."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, typed: str = "") -> None:
        monkeypatch.setattr(linux_driver, "XTermParser", XTermParser)
        self.now = 0.0
        monkeypatch.setattr(late_answers, "monotonic", lambda: self.now)
        self.app = Opening()
        late_answers.expect(self.app, typed, late=False)
        self.parser = linux_driver.XTermParser(False)  # type: ignore[attr-defined]

    def type(self, text: str) -> str:
        """The keys that the app is told of when ``text`` is typed."""
        return self._keys(list(self.parser.feed(text)))

    def wait(self, seconds: float) -> str:
        """The keys that the app is told of after so many seconds."""
        self.now += seconds
        return self._keys(list(self.parser.tick()))

    def _keys(self, told: list[object]) -> str:
        return "".join(event.character or "" for event in told if isinstance(event, events.Key))


def test_keys_are_kept_in_order_until_a_slow_app_has_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sitting = Sitting(monkeypatch, "a re")
    assert sitting.type("d ") == ""
    assert sitting.wait(20) == ""
    assert sitting.type("f") == ""
    sitting.app.opened = True
    assert sitting.type("o") == "a red fo"
    assert sitting.wait(1) == ""
    assert sitting.type("x") == "x"


def test_keys_come_by_themselves_when_the_app_has_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    sitting = Sitting(monkeypatch, "a red fox")
    assert sitting.wait(10) == ""
    sitting.app.opened = True
    assert sitting.wait(0.1) == "a red fox"


def test_keys_are_let_go_when_nothing_ever_takes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    sitting = Sitting(monkeypatch, "q")
    assert sitting.wait(60) == "q"
