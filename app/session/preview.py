"""Keeps the newest preview of a running turn on the disk, without holding up the stream."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.domain.errors import DiskTrouble
from app.imaging.headers import probe
from app.session.board import Board


class PreviewKeeper:
    """Writes one preview at a time; of those that come meanwhile only the newest is written."""

    def __init__(self, board: Board, turn_id: str) -> None:
        self._board = board
        self._turn_id = turn_id
        self._next: bytes | None = None
        self._work: asyncio.Task[None] | None = None

    def offer(self, data: bytes) -> None:
        """Takes a preview to be kept; returns at once."""
        self._next = data
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._write())

    async def settle(self) -> None:
        """Waits until the newest preview is kept, or cannot be."""
        if self._work is not None:
            # Not awaited itself: a program that ends cancels every task, and this one with them.
            await asyncio.wait({self._work})

    async def _write(self) -> None:
        while self._next is not None:
            data, self._next = self._next, None
            try:
                path = await asyncio.to_thread(self._keep, data)
                self._board.advance(self._turn_id, partial=path)
            except DiskTrouble:
                # A preview is a convenience: a full disk is reported when the picture comes.
                return

    def _keep(self, data: bytes) -> Path:
        return self._board.library.keep_partial(self._turn_id, data, probe(data).format)
