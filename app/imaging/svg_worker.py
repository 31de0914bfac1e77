"""Draws one SVG: a program that ``svg`` runs by its path, with the SVG on stdin and PNG on stdout.

Arguments: the width in pixels, "fonts" when the picture has text, and the folder that resvg_py is
in, as the program is run without the person's own folders of packages. It is killed by what it sets
for itself: seconds of work and bytes of memory, where the system has such limits.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import Any

MISSING = 3
"""The exit status where resvg_py is not installed or does not run."""
SECONDS = 6
MEMORY = 2**30
FAMILIES = {
    "serif_family": "serif",
    "sans_serif_family": "sans-serif",
    "monospace_family": "monospace",
}
"""resvg's names of the general families, and fontconfig's."""


def main() -> int:
    """Draws; answers 1 for what cannot be drawn, MISSING where nothing can be."""
    limit()
    sys.path.append(sys.argv[3])
    try:
        from resvg_py import svg_to_bytes
    except ImportError:
        return MISSING

    with_text = sys.argv[2] == "fonts"
    try:
        drawn = svg_to_bytes(
            svg_string=sys.stdin.buffer.read().decode(),
            width=int(sys.argv[1]),
            skip_system_fonts=not with_text,
            **(families() if with_text else {}),
        )
    except (ValueError, OSError):
        return 1
    sys.stdout.buffer.write(drawn)
    return 0


def families() -> dict[str, Any]:
    """Fonts that there are, where those that resvg takes for granted (Arial and such) are not."""
    found: dict[str, str] = {}
    for name, general in FAMILIES.items() if sys.platform == "linux" else ():
        with contextlib.suppress(OSError, subprocess.SubprocessError, UnicodeDecodeError):
            said = subprocess.run(
                ["fc-match", "-f", "%{family}", general],
                capture_output=True,
                text=True,
                timeout=2,
                check=True,
            )
            found[name] = said.stdout.partition(",")[0]
    return {name: family for name, family in found.items() if family}


def limit() -> None:
    """Sets the limits; a crash leaves no core file."""
    if sys.platform == "win32":
        return
    import resource

    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEMORY),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    sys.exit(main())
