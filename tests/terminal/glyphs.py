"""Block characters as a raster: which parts of the cell are drawn in the text's colour."""

from __future__ import annotations

from functools import cache

Raster = tuple[int, int, int]
"""Columns and rows of a cell's raster, and its bits: row by row from the left, lowest first."""

_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
_OCTANTS_ELSEWHERE = {
    0x01: 0x1CEA8, 0x02: 0x1CEAB, 0x03: 0x1FB82, 0x14: 0x1FBE6, 0x28: 0x1FBE7, 0x3F: 0x1FB85,
    0x40: 0x1CEA3, 0x80: 0x1CEA0, 0xC0: 0x2582, 0xFC: 0x2586,
}  # fmt: skip


@cache
def rasters() -> dict[str, Raster]:
    """Every block character that is known."""
    found: dict[str, Raster] = {}
    for size in range(1, 9):
        found[chr(0x2580 + size)] = (1, 8, 0xFF << (8 - size) & 0xFF)
        found[chr(0x2590 - size)] = (8, 1, (1 << size) - 1)
    found["▔"], found["▕"] = (1, 8, 1), (8, 1, 0x80)
    octants = iter(range(0x1CD00, 0x1CDE6))
    doubled = {_twice(bits) for bits in range(16)}
    for bits in range(256):
        if bits not in doubled:
            code = _OCTANTS_ELSEWHERE.get(bits)
            found[chr(next(octants) if code is None else code)] = (2, 4, bits)
    sextants = iter(range(0x1FB00, 0x1FB3C))
    for bits in range(1, 63):
        if bits not in (0b010101, 0b101010):
            found[chr(next(sextants))] = (2, 3, bits)
    for bits, character in enumerate(_QUADRANTS):
        found[character] = (2, 2, bits)
    return found


def _twice(quadrants: int) -> int:
    """Four quadrants as eight octants."""
    upper, lower = quadrants & 3, quadrants >> 2
    return upper | upper << 2 | lower << 4 | lower << 6
