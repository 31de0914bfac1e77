"""What the system knows of the terminal's window."""

from __future__ import annotations

import sys


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
