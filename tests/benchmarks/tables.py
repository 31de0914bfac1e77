"""The figures as tables, and whether the aims are met."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.benchmarks import start, turns
from tests.benchmarks.figures import OURS, Aim, Figures
from tests.benchmarks.pictures import FLOOR, PLAIN, SIZES
from tests.benchmarks.viewers import MODES

VIEWERS = ("chafa", "timg")
FLOORS = {"1024x1024": 2.0, "3840x2160": 1.5}
"""How much longer than the floor kitty pictures may take."""
STALL, LESS_SCROLL, EVEN, MEMORY = 20.0, 1 / 30, 1.2, 150.0
"""ms; bytes of a step compared with textual-image; between few turns and many; MB."""
NONE = "–"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table whose columns also line up in a terminal."""
    cells = [list(head), *map(list, rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:], ""]


def ratio(value: float | None, limit: float | None = None) -> str:
    """A ratio, with its aim if it has one; small ones as fractions."""
    if value is None:
        return NONE
    said = f"{value:.2f}x" if value >= 0.1 else f"1/{1 / value:.0f}" if value else "0"
    if limit is None:
        return said
    aim = f"{limit:.1f}x" if limit >= 0.1 else f"1/{1 / limit:.0f}"
    return f"{said} (≤ {aim} {Aim('', value, limit).met})"


def number(figures: Figures, who: str, what: str, where: str, places: int = 0) -> str:
    """The median with the least and the most of the rounds."""
    middle = figures.middle(who, what, where)
    if middle is None:
        return NONE
    least, most = figures.spread(who, what, where)
    return f"{middle:.{places}f} ({least:.{places}f}–{most:.{places}f})"


def kilobytes(value: float | None) -> str:
    """Bytes in thousands."""
    return NONE if value is None else f"{value / 1000:.1f} kB"


def places(figures: Figures) -> list[tuple[str, str]]:
    """Modes and sizes that were measured."""
    return [
        (mode.name, f"{width}x{height}")
        for mode in MODES
        for width, height in SIZES
        if figures.of(OURS, "time", f"{mode.name} {width}x{height}")
    ]


def arrival_tables(figures: Figures) -> list[str]:
    """Time, stalls and bytes of arriving pictures."""
    times, rest = [], []
    for mode, size in places(figures):
        where = f"{mode} {size}"
        chafa = 1.0 if size == "3840x2160" else None
        times.append(
            [
                mode,
                size,
                number(figures, OURS, "time", where),
                ratio(figures.ratio(PLAIN, "time", where)),
                ratio(figures.ratio(FLOOR, "time", where), FLOORS.get(size)),
                number(figures, OURS, "time from the file", where),
                ratio(figures.ratio("chafa", "time from the file", where), chafa),
                ratio(figures.ratio("timg", "time from the file", where)),
            ]
        )
        stall = Aim("", figures.middle(OURS, "stall", where), STALL)
        rest.append(
            [
                mode,
                size,
                f"{number(figures, OURS, 'stall', where)} {stall.met}",
                number(figures, OURS, "stall after decoding", where),
                number(figures, PLAIN, "stall", where),
                ratio(figures.ratio(PLAIN, "stall", where)),
                kilobytes(figures.middle(OURS, "bytes", where)),
                *(ratio(figures.ratio(each, "bytes", where)) for each in (PLAIN, *VIEWERS)),
            ]
        )
    others = [f"/ {each}" for each in (PLAIN, *VIEWERS)]
    beside = ["ours", others[0], "/ floor", "from the file", *others[1:]]
    stalls = [f"stall (≤ {STALL:.0f})", "after base64", f"stall {PLAIN}", "ratio"]
    return [
        "### Arriving: time to the last byte (ms)",
        "",
        *table(["mode", "picture", *beside], times),
        "### Arriving: longest stall of the event loop (ms) and bytes written",
        "",
        *table(["mode", "picture", *stalls, "bytes", *others], rest),
    ]


def scroll_tables(figures: Figures) -> list[str]:
    """Scrolling by steps, and the memory of the arrivals."""
    rows, memory = [], []
    for mode in MODES:
        where = mode.name
        if not figures.of(OURS, "bytes by 1", where):
            continue
        row = [where]
        for lines in (1, 3):
            what = f"bytes by {lines}"
            row.append(kilobytes(figures.middle(OURS, what, where)))
            row.append(ratio(figures.ratio(PLAIN, what, where), LESS_SCROLL))
        row += [number(figures, OURS, "processor", where, 1)]
        row += [ratio(figures.ratio(PLAIN, "processor", where))]
        row += [number(figures, OURS, "stall", where), number(figures, PLAIN, "stall", where)]
        rows.append(row)
        memory.append(
            [
                where,
                number(figures, OURS, "memory", where),
                number(figures, PLAIN, "memory", where),
                ratio(figures.ratio(PLAIN, "memory", where)),
            ]
        )
    head = ["mode", "1 line", f"/ {PLAIN}", "3 lines", f"/ {PLAIN}"]
    head += ["processor ms", f"/ {PLAIN}", "stall ms", f"stall {PLAIN}"]
    return [
        "### Scrolling: one step with two pictures in view",
        "",
        *table(head, rows),
        "### Memory after all arrivals (MB above the same app before them)",
        "",
        *table(["mode", "ours", PLAIN, "ratio"], memory),
    ]


def turn_tables(figures: Figures) -> list[str]:
    """Conversations of different lengths."""
    base, rows = f"{turns.TURNS[0]}", []
    for count in turns.TURNS:
        where = f"{count}"
        if not figures.of(OURS, "opening", where):
            continue
        limit = None if where == base else EVEN
        row = [f"{count:,}"]
        for what in ("opening", "processor", "jump"):
            row.append(number(figures, OURS, what, where, 1 if what == "processor" else 0))
            aim = limit if what != "jump" else None
            row.append(ratio(figures.against(what, where, base), aim))
        row.append(number(figures, OURS, "stall", where))
        row.append(kilobytes(figures.middle(OURS, "bytes", where)))
        memory = figures.middle(OURS, "memory", where)
        met = Aim("", memory, MEMORY).met
        row.append(NONE if memory is None else f"{memory:.0f} (≤ {MEMORY:.0f} {met})")
        rows.append(row)
    head = ["turns", "opening ms", f"/ {base}", "step ms", f"/ {base}", "to the first ms"]
    head += [f"/ {base}", "stall at opening ms", "step bytes", "memory MB"]
    return ["### Long conversations (kitty)", "", *table(head, rows)]


def start_tables(figures: Figures) -> list[str]:
    """Start-up and idling."""
    rows = []
    for name, what, where, digits in (
        ("start to first usable frame, s", "first frame", "start", 2),
        ("memory a second later, MB", "memory", "start", 0),
        (f"processor in {start.IDLE_SECONDS:.0f} s idle, s", "processor", "idle", 2),
        ("bytes written meanwhile", "bytes", "idle", 0),
    ):
        both = [number(figures, who, what, where, digits) for who in (OURS, start.BARE_NAME)]
        rows.append([name, *both, ratio(figures.ratio(start.BARE_NAME, what, where))])
    return ["### Start and rest", "", *table(["", "ours", start.BARE_NAME, "ratio"], rows)]
