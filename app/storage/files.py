"""Where files live, how they are written so that none is ever torn, and disk errors in words."""

from __future__ import annotations

import errno
import os
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import platformdirs

from app.domain.errors import DiskTrouble

APP_NAME = "sfumato"
HOME_VARIABLE = "SFUMATO_HOME"
SLUG_LENGTH = 48
SLUG_BYTES = 120
"""So that a name fits everywhere: some encrypted folders allow 143 bytes."""
HASH_DIGITS = 6
ARTICLES = frozenset({"a", "an", "the"})
EXTENSIONS: Mapping[str, str] = {
    "png": "png",
    "jpeg": "jpg",
    "webp": "webp",
    "gif": "gif",
    "svg": "svg",
}
"""Format by content → file name extension; any other format becomes UNKNOWN_EXTENSION."""
UNKNOWN_EXTENSION = "bin"

TROUBLES: Mapping[int, tuple[str, str]] = {
    errno.ENOSPC: ("The disk is full", "Free some space, then try again."),
    errno.EDQUOT: ("Your disk quota is used up", "Free some space, then try again."),
    errno.EROFS: ("The disk is read-only", "Choose another folder with SFUMATO_HOME."),
    errno.EACCES: ("Permission was denied", "Check who owns the folder and may write there."),
    errno.EPERM: ("Permission was denied", "Check who owns the folder and may write there."),
    errno.ENOENT: ("There is no such file or folder", "Check the path."),
    errno.EEXIST: ("Something else is in the way", "Move it aside, or choose another folder."),
    errno.ENOTDIR: ("A file is where a folder should be", "Move it aside, or choose another."),
    errno.EISDIR: ("A folder is where a file should be", "Move it aside, or choose another."),
    errno.ENAMETOOLONG: ("The name is too long", "Choose a folder with a shorter path."),
    errno.EMFILE: ("Too many files are open", "Close some programs, then try again."),
    errno.EIO: ("The disk reports an error", "Check the disk; copy what matters elsewhere."),
}
"""errno → what happened, and what to do about it."""
NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP})
"""What file systems answer that cannot flush a folder."""


@dataclass(frozen=True, slots=True)
class Places:
    """The four folders of the app; none of them need exist yet."""

    config: Path
    data: Path
    state: Path
    cache: Path


def places(environ: Mapping[str, str] = os.environ) -> Places:
    """Where settings, library, logs and caches belong. Touches nothing.

    ``SFUMATO_HOME=DIR`` moves all four under DIR; an empty value is as none.
    """
    home = environ.get(HOME_VARIABLE, "")
    if home:
        base = Path(os.path.abspath(os.path.expanduser(home)))  # noqa: PTH100, PTH111 - never raises
        return Places(base / "config", base / "data", base / "state", base / "cache")
    return Places(
        config=platformdirs.user_config_path(APP_NAME, appauthor=False),
        data=platformdirs.user_data_path(APP_NAME, appauthor=False),
        state=platformdirs.user_state_path(APP_NAME, appauthor=False),
        cache=platformdirs.user_cache_path(APP_NAME, appauthor=False),
    )


def shown(path: Path) -> str:
    """``path`` as text that can always be printed and stored, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "replace")


def trouble(error: OSError, path: Path) -> DiskTrouble:
    """``error`` as a sentence that names ``path``."""
    said, hint = TROUBLES.get(error.errno or 0, (error.strerror or "The disk failed", None))
    return DiskTrouble(f"{said}: {shown(path)}", hint=hint)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turns an OSError of the block into DiskTrouble that names ``path``."""
    try:
        yield
    except OSError as error:
        raise trouble(error, path) from error


def sync_folder(folder: Path) -> None:
    """Flushes a folder's own entries, so that a rename in it survives a power cut (POSIX)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in NO_FOLDER_SYNC:
            raise
    finally:
        os.close(descriptor)


def make_private(folder: Path) -> Path:
    """Makes ``folder`` and its missing parents, for their owner alone (0700); answers ``folder``.

    One that exists is closed to others; parents that exist are left alone. Raises DiskTrouble.
    """
    with disk_errors(folder):
        missing = []
        at = folder
        while not at.exists():
            missing.append(at)
            at = at.parent
        for new in reversed(missing):
            new.mkdir(mode=0o700, exist_ok=True)
            sync_folder(new.parent)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        close_to_others(folder, 0o700)
    return folder


def close_to_others(path: Path, mode: int) -> None:
    """Sets ``mode`` where it differs, as far as the owner and the file system allow it."""
    if path.stat().st_mode & 0o777 != mode:
        with suppress(PermissionError):
            path.chmod(mode)


def write_atomic(path: Path, data: bytes, *, mark: str = "") -> None:
    """Writes ``path`` whole or not at all, for its owner alone (0600); replaces what is there.

    The bytes go to a hidden temporary file beside it, are flushed, and then take the name. On
    failure nothing is left behind and an older file stays as it was; only a killed process leaves
    its temporary file, whose name begins with ``.`` and ``mark``. Raises DiskTrouble.
    """
    import tempfile  # brings hashlib and more, which no first frame needs

    with disk_errors(path):
        descriptor, name = tempfile.mkstemp(prefix=f".{mark}-", suffix=".tmp", dir=path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        sync_folder(path.parent)


def extension_of(picture_format: str) -> str:
    """The extension for a format found by content, without the dot; unknown ones get ``bin``."""
    return EXTENSIONS.get(picture_format, UNKNOWN_EXTENSION)


def readable_name(prompt: str, sha256: str, extension: str, *, digits: int = HASH_DIGITS) -> str:
    """A file name that says what is in it: ``gray-tabby-cat-3fa2c1.png``.

    The prompt's words in lower case, accents off Latin letters, other scripts kept, at most 48
    characters and 120 bytes, then ``digits`` hex digits of the hash. Only letters, digits and
    single hyphens come before the extension, so no name leaves its folder, hides, or is reserved.
    """
    return f"{_slug(prompt) or 'picture'}-{sha256[:digits]}.{extension}"


def _slug(text: str) -> str:
    """The words of ``text`` joined by hyphens, whole words as far as the length allows."""
    kept = ""
    for word in _words(text):
        longer = f"{kept}-{word}" if kept else _cut(word)
        if longer != _cut(longer):
            break
        kept = longer
    return kept


def _cut(slug: str) -> str:
    """At most SLUG_LENGTH characters and SLUG_BYTES bytes of ``slug``."""
    return slug[:SLUG_LENGTH].encode()[:SLUG_BYTES].decode(errors="ignore")


def _words(text: str) -> Iterator[str]:
    """Words that may stand in a file name; articles are left out, as they say nothing."""
    plain = unicodedata.normalize("NFKC", text[:1000]).lower()
    # Folding can undo the composed form, in which file systems compare names.
    folded = unicodedata.normalize("NFC", _folded(plain))
    for inside, letters in groupby(folded, key=_is_word):
        word = "".join(letters)
        if inside and word not in ARTICLES and word[0].isalnum():
            yield word


def _folded(text: str) -> str:
    """Latin letters without their accents; every other character as it is."""
    kept = ""
    for letter in text:
        base = unicodedata.normalize("NFKD", letter)[0]
        if not (unicodedata.category(letter)[0] == "M" and kept[-1:].isascii()):
            kept += base if base.isascii() else letter
    return kept


def _is_word(letter: str) -> bool:
    """Letters, digits, and the marks that belong to letters."""
    return unicodedata.category(letter)[0] in "LNM"
