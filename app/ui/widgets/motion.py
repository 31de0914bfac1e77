"""Plays an animation on a widget: which frame is due, and a timer only while it plays."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget

from app.imaging.animation import Animation
from app.imaging.raster import Prepared


class Motion:
    """The place in an animation. It advances while ``allowed`` says so, and stays otherwise.

    A frame is put off while the terminal is ``busy`` with what it got before.
    """

    def __init__(
        self, widget: Widget, allowed: Callable[[], bool], busy: Callable[[], bool]
    ) -> None:
        self._widget = widget
        self._allowed = allowed
        self._busy = busy
        self._animation = Animation()
        self._at = 0
        self._played = 0
        self._timer: Timer | None = None

    @property
    def playing(self) -> bool:
        """Whether the next frame will come by itself."""
        return self._timer is not None

    @property
    def frame(self) -> Prepared | None:
        """The frame that is due now, None without an animation."""
        frames = self._animation.frames
        return frames[self._at] if frames else None

    def load(self, animation: Animation | None) -> None:
        """Another animation, or none, from its beginning; the one before is forgotten."""
        if animation is not self._animation:
            self._stop()
            self._animation = animation or Animation()
            self._at = self._played = 0

    def rouse(self) -> None:
        """Looks whether it may play now: goes on where it was, or stops."""
        if not self._may_go_on():
            self._stop()
        elif self._timer is None:
            seconds = self._animation.milliseconds[self._at] / 1000
            self._timer = self._widget.set_timer(seconds, self._advance)

    def _may_go_on(self) -> bool:
        animation = self._animation
        if not animation.frames:
            return False
        over = self._at + 1 == len(animation.frames) and 0 < animation.plays <= self._played + 1
        return not over and self._allowed()

    def _advance(self) -> None:
        self._timer = None
        if self._may_go_on() and not self._busy():
            self._at = (self._at + 1) % len(self._animation.frames)
            self._played += self._at == 0
            self._widget.refresh()
        self.rouse()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
