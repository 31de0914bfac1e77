"""What the screens work with; put together by the command line, opened after the first frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.options import Options

if TYPE_CHECKING:
    from app.domain.generation import ImageGateway
    from app.imaging.detection import Graphics
    from app.storage.library import Library

LATEST = "latest"
"""Stands for the last conversation where one is named by its id."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """The parts of a running chat."""

    open_library: Callable[[], Library]
    """Opens the library; slow enough to be called in a thread. Raises DiskTrouble."""
    gateway: ImageGateway
    graphics: Graphics
    options: Options
    instructions: str = ""
    retries: int = 3
    demo: bool = False
    flags: Mapping[str, str] = field(default_factory=dict)
    """Options given on the command line, by command: they win over a conversation's own."""
    resume: str | None = None
    """The conversation to open: its id, LATEST, or None for a new one."""
    theme: str = ""
    settings_file: Path | None = None
    """Where choices such as the theme are remembered."""
    themes_folder: Path | None = None
    """The person's own themes."""
    log_folder: Path | None = None
    """Where an unforeseen error is written down."""
    problems: tuple[str, ...] = ()
    """What was wrong in the settings, in sentences to show once."""
    cache_bytes: int = 192 * 1024 * 1024
    """Memory for prepared pictures."""
    animate: bool = True
    """Whether animations play in place."""
    scroll_regions: bool = True
    """Whether the terminal may be told to move rows that are on screen already."""
