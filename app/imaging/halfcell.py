"""Half cells: two pixels in each cell, as an upper half block with two colours."""

from __future__ import annotations

BLOCK = "▀"
Pair = tuple[bytes, bytes]


def half_rows(cells: bytes, columns: int) -> tuple[str, ...]:
    """One escape string for each cell row of RGB pixels (columns wide, two pixel rows a cell)."""
    step = columns * 6
    return tuple(half_row(pairs(cells, columns, at // step)) for at in range(0, len(cells), step))


def pairs(cells: bytes, columns: int, row: int) -> list[Pair]:
    """The upper and the lower colour (3 bytes each) of every cell of one row."""
    top = row * columns * 6
    bottom = top + columns * 3
    return [
        (cells[top + at : top + at + 3], cells[bottom + at : bottom + at + 3])
        for at in range(0, columns * 3, 3)
    ]


def half_row(row: list[Pair]) -> str:
    """The escape string of one row: colours only where they change, one reset at the end."""
    parts: list[str] = []
    last_top, last_bottom = b"", b""
    for top, bottom in row:
        codes = []
        if top != last_top:
            codes.append(f"38;2;{top[0]};{top[1]};{top[2]}")
        if bottom != last_bottom:
            codes.append(f"48;2;{bottom[0]};{bottom[1]};{bottom[2]}")
        if codes:
            parts.append(f"\x1b[{';'.join(codes)}m")
        parts.append(BLOCK)
        last_top, last_bottom = top, bottom
    return "".join(parts) + "\x1b[0m"
