"""Programs in pseudo-terminals that answer as real terminals do; counts and stamps what comes."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.queries import CELL, answers

DEADLINE = 60.0
SETTLED = 0.15
"""Seconds without a byte after which a screen counts as finished."""
PIPES = "SFUMATO_BENCH_PIPES"
"""Names the pipes that commands come from and answers go to, for programs that are driven."""


@dataclass
class Answer:
    """What a driven program said to a command, and what it wrote meanwhile."""

    said: dict[str, Any]
    written: int
    """Bytes, of all its writers together."""
    last: float
    """When the last of them was read, on the system's monotonic clock; 0 without any."""


@dataclass
class Program:
    """A program in a pseudo-terminal."""

    process: subprocess.Popen[bytes]
    terminal: int
    started: float
    commands: int
    replies: int
    protocol: str = ""
    last: float = 0.0
    """When the last byte was read."""
    answering: bool = True
    """Queries come while a program starts; afterwards only pictures do, fast."""
    _unread: bytes = b""
    _asked: bytes = b""
    _words: bytes = b""
    """The last bytes, for an error that has to be told."""

    def take(self) -> bytes:
        """What the program has written; answers the queries in it. b"" at its end."""
        try:
            came = os.read(self.terminal, 65536)
        except OSError:
            return b""
        self.last = time.monotonic()
        self._words = (self._words + came)[-600:]
        if self.answering:
            self._asked = self._asked[-64:] + came
            said = answers(self._asked, self.protocol)
            if said:
                self._asked = b""
                os.write(self.terminal, said)
        return came

    def read_until(self, mark: bytes, deadline: float = DEADLINE) -> float:
        """Reads until ``mark`` is shown; answers the seconds since the start."""
        seen = b""
        until = time.monotonic() + deadline
        while mark not in seen:
            if time.monotonic() > until:
                raise TimeoutError(f"{mark!r} was not shown; last came {seen[-300:]!r}")
            if select.select([self.terminal], [], [], 0.05)[0]:
                seen += self.take()
        return time.monotonic() - self.started

    def drain(self, seconds: float) -> int:
        """Reads and drops whatever comes; answers how many bytes came."""
        count = 0
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if select.select([self.terminal], [], [], left)[0]:
                count += len(self.take())
        return count

    def to_the_end(self) -> tuple[float, int]:
        """Seconds from the start to the last byte of a program that ends by itself, and bytes."""
        count = 0
        while came := self.take():
            count += len(came)
        if self.process.wait(DEADLINE):
            raise RuntimeError(f"{self.process.args!r} ended with {self.process.returncode}")
        return self.last - self.started, count

    def ask(self, verb: str, **given: Any) -> Answer:
        """Has a driven program do something, and reads until its answer and a settled screen.

        Settled means: nothing for a while, and then an event loop that is free to answer.
        """
        self.last, count = 0.0, 0
        self._send(verb, given)
        said, pinged = None, 0.0
        until = time.monotonic() + DEADLINE
        while time.monotonic() < until:
            ready = select.select([self.terminal, self.replies], [], [], 0.01)[0]
            if self.terminal in ready:
                count += len(self.take())
            if self.replies in ready:
                reply = self._reply()
                if said is None:
                    said, answered = reply, time.monotonic()
                elif self.last <= pinged:
                    self.answering = False
                    return Answer(said, count, self.last)
                else:
                    pinged = 0.0
            quiet = time.monotonic() - SETTLED
            if said is not None and not pinged and max(self.last, answered) < quiet:
                pinged = time.monotonic()
                self._send("ping", {})
        raise TimeoutError(f"{verb} was not answered by {self.process.args!r}")

    def _send(self, verb: str, given: Mapping[str, Any]) -> None:
        os.write(self.commands, json.dumps({"verb": verb, **given}).encode() + b"\n")

    def _reply(self) -> dict[str, Any]:
        """One line of the program's answers."""
        while b"\n" not in self._unread:
            came = os.read(self.replies, 65536)
            if not came:
                self.drain(0.1)
                raise RuntimeError(f"{self.process.args!r} has ended: {self._words!r}")
            self._unread += came
        line, _, self._unread = self._unread.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        if "error" in found:
            raise RuntimeError(found["error"])
        return found

    def memory(self) -> float:
        """Resident MB of the program and its children; 0 where the system does not tell."""
        return sum(_resident(each) for each in family(self.process.pid))

    def processor(self) -> float:
        """Seconds of processor time so far, its children included; 0 if the system is silent."""
        return sum(_spent(each) for each in family(self.process.pid))


def family(parent: int) -> list[int]:
    """A process and all below it."""
    found = [parent]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, task.read_text().split())
    return found


def _resident(process: int) -> float:
    with suppress(OSError):
        for row in Path(f"/proc/{process}/status").read_text().splitlines():
            if row.startswith("VmRSS"):
                return int(row.split()[1]) / 1024
    return 0.0


def _spent(process: int) -> float:
    with suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def environment(home: str) -> dict[str, str]:
    """A terminal with all colours, and nothing outside ``home``."""
    # Installed packages are compiled; so must the app be in a checkout.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **kept,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "SFUMATO_HOME": home,
        "SFUMATO_DEMO_DELAY": "0",
    }


@contextmanager
def running(
    command: Sequence[str],
    home: str,
    size: tuple[int, int] = (40, 120),
    *,
    protocol: str = "",
    driven: bool = False,
) -> Iterator[Program]:
    """Runs ``command`` in a terminal of ``size`` rows and columns; ``driven`` ones hear ``ask``."""
    ours, theirs = pty.openpty()
    pixels = (size[1] * CELL[0], size[0] * CELL[1])
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, *pixels))
    heard, commands = os.pipe()
    replies, said = os.pipe()
    pipes = {PIPES: f"{heard} {said}"} if driven else {}
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environment(home), **pipes},
        start_new_session=True,
        pass_fds=(heard, said) if driven else (),
    )
    for end in (theirs, heard, said):
        os.close(end)
    try:
        yield Program(process, ours, started, commands, replies, protocol)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        for end in (ours, commands, replies):
            os.close(end)
