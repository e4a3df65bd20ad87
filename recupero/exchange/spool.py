"""Files under way: written once, nameless to everybody else until they are whole."""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from recupero.exchange.keys import make_folder
from recupero.exchange.room import needing, writing_to
from recupero.exchange.worker import this_machine

#: Up to here a file is held in memory until it is placed: most are small, and some are let go.
MEMORY_BYTES = 1 << 20
#: Nothing is written for so long: a transfer ends within the hour that its step has.
_LEFT_SECONDS = 24 * 3600


class Spools:
    """A folder of ours alone in which files rest while they are written.

    Each is locked by the process that writes it, so that what a killed one left is known. Over a
    network a lock may bind one machine alone: the names tell on which a file is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self) -> Spool:
        """A new file, empty; whoever began it closes it."""
        return Spool(self)

    def lay_down(self) -> tuple[Path, int]:
        """A new file on disk, open for writing and locked.

        Raises DiskFull, and SettingsError where the file system has no locks.
        """
        with writing_to(self._folder):
            make_folder(self._folder)
            while True:
                path = self._folder / f"{this_machine()}.{secrets.token_hex(16)}"
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
                descriptor = os.open(path, flags, 0o600)
                try:
                    _lock(path, descriptor, fcntl.LOCK_EX)
                except BaseException:
                    path.unlink(missing_ok=True)
                    os.close(descriptor)
                    raise
                if os.fstat(descriptor).st_nlink:
                    return path, descriptor
                os.close(descriptor)  # swept away before it was locked

    def sweep(self) -> None:
        """Remove what killed processes of this machine left, and what others did a day ago.

        What is no file of theirs is let lie.
        """
        if not self._folder.is_dir():
            return
        machine = this_machine()
        for name in sorted(os.listdir(self._folder)):
            with suppress(OSError):  # gone, or somebody's still; a folder, a link, a pipe
                if (machine and name.startswith(f"{machine}.")) or self._is_left(name):
                    _remove_unlocked(self._folder / name)

    def _is_left(self, name: str) -> bool:
        """Whether files came and went here a day after it was written, by the disk's own clock."""
        written = (self._folder / name).stat().st_mtime
        return self._folder.stat().st_mtime - written > _LEFT_SECONDS


class Spool:
    """A file under way, known to nobody else until it is placed; closing it is its end."""

    def __init__(self, spools: Spools) -> None:
        self._spools = spools
        self._held = bytearray()
        self._laid: tuple[Path, int] | None = None

    def write(self, piece: bytes) -> None:
        """Add *piece*, whole; raises DiskFull."""
        if self._laid is None and len(self._held) + len(piece) <= MEMORY_BYTES:
            self._held += piece
        else:
            self._append(self._lay_down(), piece)

    def file(self, *, synchronised: bool = False) -> Path:
        """Where all of it lies on disk, to survive a power cut if so wished; raises DiskFull."""
        path, descriptor = self._lay_down()
        if synchronised:
            with writing_to(path.parent):
                os.fsync(descriptor)
        return path

    def read(self) -> BinaryIO:
        """What was written, from its beginning."""
        return BytesIO(self._held) if self._laid is None else self._laid[0].open("rb")

    def close(self) -> None:
        """Give memory and disk back, but for what was placed; a second call does nothing."""
        self._held = bytearray()
        if self._laid is not None:
            path, descriptor = self._laid
            self._laid = None
            path.unlink(missing_ok=True)
            os.close(descriptor)

    def _lay_down(self) -> tuple[Path, int]:
        """Its file, which holds what was held in memory before."""
        if self._laid is None:
            self._laid = self._spools.lay_down()
            self._append(self._laid, self._held)
            self._held = bytearray()
        return self._laid

    def _append(self, laid: tuple[Path, int], piece: bytes | bytearray) -> None:
        path, descriptor = laid
        rest = memoryview(piece)
        with writing_to(path.parent):
            while rest:
                rest = rest[os.write(descriptor, rest) :]


def _remove_unlocked(path: Path) -> None:
    # Without waiting: a pipe in the place of a file would keep us for a reader.
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        _lock(path, descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    finally:
        os.close(descriptor)


def _lock(path: Path, descriptor: int, how: int) -> None:
    with needing("locks", path.parent):
        fcntl.flock(descriptor, how)
