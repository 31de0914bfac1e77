"""What the system knows of the terminal's window."""

from __future__ import annotations

import sys

WIDTHS, HEIGHTS = (2, 200), (2, 400)
"""The least and the most pixels that a cell can truly have."""


def is_cell(width: int, height: int) -> bool:
    """Whether a cell can have so many pixels; what else a terminal says is a slip or nonsense."""
    return WIDTHS[0] <= width <= WIDTHS[1] and HEIGHTS[0] <= height <= HEIGHTS[1]


def cell_size() -> tuple[int, int]:
    """Width and height of a cell in pixels by the terminal's window size, (0, 0) when it is silent.

    Asks the system, not the terminal: it may be called at any time, also after a font zoom.
    """
    if sys.platform == "win32":
        return 0, 0
    import fcntl
    import struct
    import termios

    for stream in (sys.__stdout__, sys.__stderr__, sys.__stdin__):
        try:
            if stream is None or not stream.isatty():
                continue
            packed = fcntl.ioctl(stream.fileno(), termios.TIOCGWINSZ, bytes(8))
        except (OSError, ValueError):
            continue
        rows, columns, width, height = struct.unpack("HHHH", packed)
        if rows and columns and width and height:
            return width // columns, height // rows
    return 0, 0
