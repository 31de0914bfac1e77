"""The report: on the screen, and as the page that is kept."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks import tables, viewers
from tests.benchmarks.figures import Figures

FILE = Path(__file__).with_name("PICTURES.md")
PACKAGES = ("textual", "textual-image", "pillow", "chafa.py")
HOW = """
Each program is a process of its own in a pseudo-terminal of 110x50 cells of 10x20 pixels that
answers queries as kitty, foot or a terminal without pictures does. The reader takes what is
written as fast as it comes, so both writers of textual-image count. A screen has settled when
nothing came for 150 ms and the event loop is free to answer. The pictures are PNGs with the grain
of a photograph, at most 60x30 cells large. A small picture is shown first, so imports are no part
of a figure. Programs take turns within each round: a slow minute of the machine slows all of
them. Figures are medians of the rounds with the least and the most in brackets; a ratio is ours
divided by the other's, and the median of the ratios of all rounds. Absolute figures belong to
this machine; ratios are what to compare.

- **Arriving**: from the base64 text that a server sends to the last byte on the terminal. Ours is
  the chat's own picture widget on a bare page, textual-image's widget stands on the same page with
  its size given. chafa and timg are whole processes that read the decoded file: beside them, ours
  counts from the decoded bytes on, too (they pay for the start of a process, we for the screen
  around the picture). The floor is base64, PNG, one LANCZOS resize with
  a reducing gap, and base64 of the raw pixels, with no terminal and no screen around it.
- **Stall**: the longest time that a coroutine which wants to run every millisecond could not,
  decoding of base64 included, as the chat does it; beside it what remains without that.
- **Scrolling**: the chat's own transcript beside a scroller of textual-image widgets with the same
  words, two pictures of 60x30 cells in view; as many steps as lead from one picture to the next,
  all of which were shown before. The processor's time is that of the process for one step of one
  line, drawing included; stalls are those of steps of three lines.
- **Long conversations**: opening is from Enter in the list of conversations to the last byte of
  the settled screen, in a chat that has opened another one before; a step is one line; memory is
  what the process holds above the same chat with nothing open, after paging at both ends.
- **Sextants** have nothing to compare with in textual-image and timg.
"""


def report(found: Mapping[str, Figures], rounds: int) -> str:
    """All tables of the parts that were measured."""
    lines = []
    if "start" in found:
        lines += tables.start_tables(found["start"])
    if "pictures" in found:
        lines += tables.arrival_tables(found["pictures"])
        lines += tables.scroll_tables(found["pictures"])
        absent = ", ".join(viewers.missing())
        lines += [f"Not compared: {absent}.", ""] if absent else []
    if "long" in found:
        lines += tables.turn_tables(found["long"])
    return "\n".join([f"Rounds: {rounds}.", "", *lines])


def machine() -> str:
    """What the figures were taken on, without names of people and places."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"Taken on {date.today().isoformat()}: {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages}."
    )


def write(found: Mapping[str, Figures], rounds: int) -> None:
    """Writes the page."""
    text = ["# Pictures: how fast, how smooth, how little", "", machine(), "", "## Figures", ""]
    text += [report(found, rounds).strip(), "", "## How it is measured", "", HOW.strip(), ""]
    FILE.write_text("\n".join(text), encoding="utf-8")
