"""The chat under textual-serve: the packets of its first frames, as a browser is sent them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Sfumato
from tests.cli.shell import command

PATIENCE = 30.0
COLOURED_HALF = re.compile(rb"\x1b\[[0-9;]*38;2;[0-9;]+m[^\x1b]*\xe2\x96[\x80-\x9f]")
"""A block element in a colour of its own."""


def packets(chat: subprocess.Popen[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Kind and payload of everything that the chat sends."""
    assert chat.stdout is not None
    assert chat.stdout.readline() == b"__GANGLION__\n"
    while kind := chat.stdout.read(1):
        yield kind, chat.stdout.read(int.from_bytes(chat.stdout.read(4), "big"))


def send(chat: subprocess.Popen[bytes], **meta: object) -> None:
    assert chat.stdin is not None
    payload = json.dumps(meta).encode()
    chat.stdin.write(b"M" + len(payload).to_bytes(4, "big") + payload)
    chat.stdin.flush()


@pytest.mark.slow
def test_a_browser_is_shown_pictures_in_colour(home: Path, sfumato: Sfumato) -> None:
    sfumato("draw", "--demo", "a red fox")
    chat = subprocess.Popen(
        command("--demo", "-c"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={
            **os.environ,
            "TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver",
            "TEXTUAL_COLOR_SYSTEM": "truecolor",
            "TERM": "dumb",
            "COLUMNS": "100",
            "ROWS": "40",
        },
    )
    stop = threading.Timer(PATIENCE, chat.kill)
    stop.start()
    shown = b""
    try:
        for kind, payload in packets(chat):
            if kind == b"D":
                shown += payload
            if COLOURED_HALF.search(shown) and b"Describe a picture" in shown:
                send(chat, type="quit")
                break
        for _ in packets_left(chat):
            pass
        assert chat.wait(PATIENCE) == 0
    finally:
        stop.cancel()
        chat.kill()
        _, complaints = chat.communicate()
    assert COLOURED_HALF.search(shown), complaints
    assert b"\x1b_G" not in shown
    assert complaints == b""


def packets_left(chat: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """What comes until the chat has left."""
    assert chat.stdout is not None
    while piece := chat.stdout.read(65536):
        yield piece
