"""The library's files: pictures and inputs by month under readable names, and the last previews."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath

from app.domain.errors import DiskTrouble
from app.storage.files import (
    HASH_DIGITS,
    disk_errors,
    extension_of,
    make_private,
    readable_name,
    shown,
    sync_folder,
    write_atomic,
)

PICTURES, INPUTS, PARTIALS = "pictures", "inputs", "partials"
SHELVES = (PICTURES, INPUTS, PARTIALS)
INPUT_DIGITS = 16
"""Digits of the hash by which an input is found again."""
TURN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
FORMATS: Mapping[str, str] = {
    "image/png": "png",
    "image/jpeg": "jpeg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/svg+xml": "svg",
}
"""MIME type → format."""


class Shelves:
    """The files below one library folder. Every method may raise DiskTrouble."""

    def __init__(self, folder: Path, mark: str) -> None:
        """``mark`` names temporary files, so that ``sweep`` finds those of a killed process."""
        self.folder = folder
        self._mark = mark
        self._folders: dict[str, Path] = {}
        """Folders whose names were checked, as the database has them: there is one a month."""
        for name in SHELVES:
            make_private(folder / name)

    def keep(
        self,
        data: bytes,
        prompt: str,
        picture_format: str,
        announce: Callable[[Path, str], None],
    ) -> tuple[Path, str]:
        """Keeps a picture's exact bytes; answers its path and sha256. See ``Library.keep``.

        ``announce`` is told both before the file is written, again for each name that is tried.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        folder = self._month(PICTURES)
        extension = extension_of(picture_format)
        for digits in range(HASH_DIGITS, len(sha256) + 1):
            path = folder / readable_name(prompt, sha256, extension, digits=digits)
            announce(path, sha256)
            if self._put(path, data, sha256):
                return path, sha256
        raise DiskTrouble(f"Other files have all names of this picture: {shown(folder)}")

    def keep_input(self, data: bytes, name: str, mime: str) -> tuple[Path, str]:
        """Keeps the bytes of an attachment once, whatever name and month it comes with."""
        sha256 = hashlib.sha256(data).hexdigest()
        extension = extension_of(FORMATS.get(mime, ""))
        with disk_errors(self.folder / INPUTS):
            same = f"*/*-{sha256[:INPUT_DIGITS]}.{extension}"
            for path in sorted((self.folder / INPUTS).glob(same)):
                if _holds(path, sha256):
                    return path, sha256
        title = PurePosixPath(name.replace("\\", "/")).stem
        folder = self._month(INPUTS)
        for digits in range(INPUT_DIGITS, len(sha256) + 1):
            path = folder / readable_name(title, sha256, extension, digits=digits)
            if self._put(path, data, sha256):
                return path, sha256
        raise DiskTrouble(f"Other files have all names of this attachment: {shown(folder)}")

    def keep_partial(self, turn_id: str, data: bytes, picture_format: str) -> Path:
        """Keeps the newest preview of a turn in place of the one before."""
        path = self._partial(turn_id, extension_of(picture_format))
        write_atomic(path, data, mark=self._mark)
        for older in self._partials(turn_id):
            if older != path:
                _remove(older)
        return path

    def drop_partial(self, turn_id: str) -> None:
        """Removes the preview of a turn, if there is one."""
        for path in self._partials(turn_id):
            _remove(path)

    def last_partial(self, turn_id: str) -> tuple[Path, datetime] | None:
        """The last preview of a turn and when it came."""
        with disk_errors(self.folder / PARTIALS):
            found = [(path, path.stat().st_mtime) for path in self._partials(turn_id)]
        if not found:
            return None
        path, seconds = max(found, key=lambda pair: pair[1])
        return path, datetime.fromtimestamp(seconds).astimezone()

    def read(self, path: Path) -> bytes:
        """The bytes of a picture, input or preview; ``path`` may be relative to the library.

        A shelf itself may be a link to another disk; nothing on it may lead out of it.
        """
        inside = self._inside(path)
        shelf = self.folder / inside.relative_to(self.folder).parts[0]
        with disk_errors(inside):
            if not inside.resolve().is_relative_to(shelf.resolve()):
                raise _stranger(path)
            return inside.read_bytes()

    def has(self, path: Path, sha256: str) -> bool:
        """Whether a file is there with exactly the bytes of that hash."""
        return _holds(self._inside(path), sha256)

    def relative(self, path: Path) -> str:
        """``path`` as the database keeps it: relative, with forward slashes."""
        return self._inside(path).relative_to(self.folder).as_posix()

    def absolute(self, text: str) -> Path:
        """The path that ``relative`` made ``text`` of."""
        folder, _, name = text.rpartition("/")
        if name in ("", ".", "..") or "\\" in name or ":" in name:
            return self._inside(Path(text))
        if folder not in self._folders:
            self._folders[folder] = self._inside(Path(folder) / "x").parent
        return self._folders[folder] / name

    def sweep(self, marks: Iterable[str]) -> None:
        """Removes the temporary files that killed processes left, by their marks."""
        for mark in marks:
            for shelf in SHELVES:
                for path in (self.folder / shelf).rglob(f".{mark}-*.tmp"):
                    with suppress(OSError):
                        path.unlink()

    def _inside(self, path: Path) -> Path:
        """The absolute path of a file on a shelf, by its words alone. Raises DiskTrouble."""
        inside = self.folder / path
        if inside.is_relative_to(self.folder) and ".." not in inside.parts:
            parts = inside.relative_to(self.folder).parts
            if len(parts) > 1 and parts[0] in SHELVES:
                return inside
        raise _stranger(path)

    def _month(self, shelf: str) -> Path:
        """The shelf's folder of this month, as the person's clock has it."""
        return make_private(self.folder / shelf / f"{datetime.now().astimezone():%Y-%m}")

    def _put(self, path: Path, data: bytes, sha256: str) -> bool:
        """Writes a file unless other bytes have its name; whether it holds ``data`` now."""
        with disk_errors(path):
            if os.path.lexists(path):
                same = _holds(path, sha256)
                if same:
                    sync_folder(path.parent)
                return same
        write_atomic(path, data, mark=self._mark)
        return True

    def _partial(self, turn_id: str, extension: str) -> Path:
        """Where a preview of a turn lies. Raises DiskTrouble for an id that is no file name."""
        if not TURN_ID.fullmatch(turn_id):
            raise DiskTrouble(f"This is not the id of a turn: {turn_id!r}")
        return self.folder / PARTIALS / f"{turn_id}.{extension}"

    def _partials(self, turn_id: str) -> Iterator[Path]:
        """All previews of a turn."""
        any_of_them = self._partial(turn_id, "*")
        return any_of_them.parent.glob(any_of_them.name)


def _holds(path: Path, sha256: str) -> bool:
    """Whether a regular file has exactly the bytes of that hash. Raises DiskTrouble."""
    with disk_errors(path):
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def _remove(path: Path) -> None:
    """Removes a file, if it is there. Raises DiskTrouble."""
    with disk_errors(path):
        path.unlink(missing_ok=True)


def _stranger(path: Path) -> DiskTrouble:
    return DiskTrouble(f"This file is not in the library: {shown(path)}")
