"""Ctrl+C and SIGTERM: before, during and after the event loop they end a command in good order."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stoppable() -> Iterator[None]:
    """Makes both signals raise KeyboardInterrupt while the block runs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.default_int_handler) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def cancel_on_signals() -> None:
    """Makes both signals cancel the running task, so that what it began is ended and stored."""
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    if task is None or threading.current_thread() is not threading.main_thread():
        return
    for number in SIGNALS:
        try:
            loop.add_signal_handler(number, task.cancel)
        except NotImplementedError:
            # Windows: there asyncio itself cancels on Ctrl+C.
            return
