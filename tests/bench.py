"""Speed and memory as ratios against a bare Textual app in the same environment: ``make bench``.

Each program runs in a pseudo-terminal that answers the device attributes query as a real one does.
Runs of the two programs alternate, so that a slow minute of the machine slows both.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

RUNS = 9
IDLE_SECONDS = 10.0
DEADLINE = 30.0
BARE = """
from textual.app import App
from textual.widgets import Input
class Bare(App):
    def compose(self):
        yield Input(placeholder="Describe a picture")
Bare().run()
"""
READY = b"escribe a picture"
"""What both programs show in their first usable frame (the cursor stands on the first letter)."""
DEVICE_QUERY, DEVICE_ANSWER = b"\x1b[c", b"\x1b[?62;22c"


@dataclass
class Program:
    """A program in a pseudo-terminal."""

    process: subprocess.Popen[bytes]
    terminal: int
    started: float

    def read_until(self, mark: bytes, deadline: float = DEADLINE) -> float:
        """Reads until ``mark`` is shown; answers the seconds since the start."""
        seen = b""
        until = time.monotonic() + deadline
        while mark not in seen:
            if time.monotonic() > until:
                raise TimeoutError(f"{mark!r} was not shown; last came {seen[-300:]!r}")
            if select.select([self.terminal], [], [], 0.05)[0]:
                came = os.read(self.terminal, 65536)
                seen += came
                if DEVICE_QUERY in came:
                    os.write(self.terminal, DEVICE_ANSWER)
        return time.monotonic() - self.started

    def drain(self, seconds: float) -> int:
        """Reads and drops whatever comes; answers how many bytes came."""
        count = 0
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if select.select([self.terminal], [], [], left)[0]:
                count += len(os.read(self.terminal, 65536))
        return count

    def memory(self) -> float:
        """Resident memory in MB; 0 where the system does not tell."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return 0.0
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def processor(self) -> float:
        """Seconds of processor time so far; 0 where the system does not tell."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.exists():
            return 0.0
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(command: list[str], home: str, size: tuple[int, int] = (40, 120)) -> Iterator[Program]:
    """Runs ``command`` in a terminal of ``size`` rows and columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, size[1] * 10, size[0] * 20))
    environment = {
        **os.environ,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "SFUMATO_HOME": home,
        "SFUMATO_DEMO_DELAY": "0",
    }
    # Installed packages are compiled; so must the app be in a checkout.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.monotonic()
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    try:
        yield Program(process, ours, started)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        os.close(ours)


def start(command: list[str], home: str) -> tuple[float, float]:
    """Seconds to the first usable frame, and MB a second later."""
    with running(command, home) as program:
        seconds = program.read_until(READY)
        program.drain(1.0)
        return seconds, program.memory()


def idle(command: list[str], home: str, keys: bytes, mark: bytes) -> tuple[float, int]:
    """Processor seconds and bytes written in ten idle seconds, after ``keys`` led to ``mark``."""
    with running(command, home) as program:
        program.read_until(READY)
        program.drain(1.0)
        if keys:
            os.write(program.terminal, keys)
            program.read_until(mark)
        program.drain(3.0)
        before = program.processor()
        written = program.drain(IDLE_SECONDS)
        return program.processor() - before, written


def line(name: str, ours: float, bare: float, ratio: float, unit: str, more: str = "") -> str:
    """One row of the report."""
    figures = f"{ours:7.2f} {unit:<3} bare Textual {bare:7.2f} {unit:<3} ratio {ratio:5.2f}"
    return f"{name:<30}{figures}{more}"


def main() -> None:
    """Prints each figure with its ratio."""
    with tempfile.TemporaryDirectory() as home:
        ours = [sys.executable, "-m", "app", "--demo"]
        bare = [sys.executable, "-c", BARE]
        start(ours, home), start(bare, home)
        pairs = [(start(ours, home), start(bare, home)) for _ in range(RUNS)]
        for index, (name, unit) in enumerate(
            [("start to first usable frame", "s"), ("memory a second later", "MB")]
        ):
            figures = [(one[index], other[index]) for one, other in pairs]
            middle = [statistics.median(figure[side] for figure in figures) for side in (0, 1)]
            ratio = statistics.median(one / other for one, other in figures if other)
            print(line(name, middle[0], middle[1], ratio, unit))
        drawn, sent = idle(ours, home, b"a red fox\r", b"tokens")
        plain, _ = idle(bare, home, b"", b"")
        ratio = drawn / plain if plain else float("nan")
        more = f"   (a picture on screen, {sent} bytes written)"
        print(line("processor in 10 s idle", drawn, plain, ratio, "s", more))


if __name__ == "__main__":
    main()
