"""A disk of ours that is full or of a wrong kind: one clear error, wherever it is noticed."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recupero.errors import DiskFull, SettingsError

_FULL = {errno.ENOSPC, errno.EDQUOT}
#: What file systems say to a link or a lock that they do not know; of a lock held, EAGAIN.
_UNKNOWN = {errno.EPERM, errno.ENOTSUP, errno.EXDEV, errno.ENOLCK, errno.ENOSYS}


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Raise DiskFull naming *folder* where the block finds no room there."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise DiskFull("the disk is full", str(folder), "make room and run it again") from None


@contextmanager
def needing(what: str, folder: Path) -> Iterator[None]:
    """Raise SettingsError where the file system of *folder* does not do *what* the block needs."""
    try:
        yield
    except OSError as error:
        if error.errno not in _UNKNOWN:
            raise
        raise SettingsError(
            f"its file system makes no {what} ({error.strerror})",
            str(folder),
            "use one with hard links and locks, as local disks and NFS 4 have them",
        ) from None
