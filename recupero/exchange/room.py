"""A disk of ours that is full: one clear error, wherever it is noticed."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recupero.errors import DiskFull

_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Raise DiskFull naming *folder* where the block finds no room there."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise DiskFull("the disk is full", str(folder), "make room and run it again") from None
