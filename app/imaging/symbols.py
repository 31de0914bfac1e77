"""Block characters of the text form: how many pixels of a picture one cell stands for."""

from __future__ import annotations

PER_CELL = {"half": (1, 2), "quadrant": (2, 2), "sextant": (2, 3), "octant": (2, 4)}
"""Pixels across and down that one character of each family can tell apart."""
