"""A received file on its way into the vault: in memory while it is small, sealed on disk beyond.

On disk it has no name, so nothing of it outlives the process, and a key that is nowhere else, so
that no debtor's data lies there in the clear.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from recupero.exchange import seal
from recupero.exchange.room import writing_to

#: Up to here a file is held in memory.
MEMORY_BYTES = 1 << 20
#: Spools have a key each, so that their chunks need no place of their own to be bound to.
_PLACE = "0" * 64


class Spool:
    """The bytes of *pieces*, read once and given again as often as asked; close it after use.

    On disk it lies in *folder*, or in the system's own for such files, which may be memory. Raises
    what *pieces* raises, and DiskFull.
    """

    def __init__(self, pieces: Iterable[bytes], folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir())
        self._held: list[bytes] = []
        self._file: BinaryIO | None = None
        self._key = seal.new_key()
        self._fill(iter(pieces))

    def __iter__(self) -> Iterator[bytes]:
        if self._file is None:
            yield from self._held
            return
        self._file.seek(0)
        yield from seal.opened(self._file, self._key, _PLACE)

    def close(self) -> None:
        """Give memory and disk back."""
        self._held = []
        if self._file is not None:
            self._file.close()

    def _fill(self, pieces: Iterator[bytes]) -> None:
        size = 0
        for piece in pieces:
            self._held.append(piece)
            size += len(piece)
            if size > MEMORY_BYTES:
                break
        else:
            return
        held, self._held = self._held, []
        with writing_to(self._folder):
            self._seal(_both(held, pieces))

    def _seal(self, pieces: Iterator[bytes]) -> None:
        # No `with`: it is read again after this call, as often as asked, and close() ends it.
        self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115
        try:
            self._file.writelines(seal.sealed(pieces, self._key, _PLACE))
        except BaseException:
            self._file.close()
            raise


def _both(held: list[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    """What was read already, let go piece by piece, and then the rest."""
    held.reverse()
    while held:
        yield held.pop()
    yield from rest
