"""Speed and memory as ratios to other programs in the same run: ``make bench``.

Parts: start (beside a bare Textual app), pictures (beside textual-image, chafa, timg and the
floor), long (20, 200 and 2,000 turns). All by default, about six minutes on two cores.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from tests.benchmarks import page, pictures, start, turns
from tests.benchmarks.figures import Figures

PARTS: dict[str, Callable[[int], Figures]] = {
    "start": lambda rounds: start.measure(rounds + 4),
    "pictures": pictures.measure,
    "long": turns.measure,
}


def main() -> None:
    """Measures the parts that were asked for and prints their tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of: {', '.join(PARTS)}")
    parser.add_argument("--rounds", type=int, default=5, help="of each measurement (5)")
    parser.add_argument("--write", action="store_true", help="keep the tables as a page")
    given = parser.parse_args()
    for unknown in set(given.parts) - set(PARTS):
        parser.error(f"there is no part {unknown}")
    found = {
        name: part(given.rounds)
        for name, part in PARTS.items()
        if not given.parts or name in given.parts
    }
    sys.stdout.write(page.report(found, given.rounds))
    if given.write:
        page.write(found, given.rounds)


if __name__ == "__main__":
    main()
