"""Small files read together, given one by one as if each were read when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from recupero.errors import FileMoved, RemoteRefused
from recupero.exchange.remote import SMALL_BYTES, Readable, Remote, RemoteFile

#: So many files together: a server may not let many more be open at once.
GROUP_FILES = 16


@dataclass(frozen=True)
class ReadAhead:
    """What was read of a folder ahead, by name; the rest is read from ``remote``."""

    remote: Readable
    found: dict[str, bytes | FileMoved]

    def read(self, folder: str, name: str, seen: RemoteFile | None = None) -> Iterator[bytes]:
        found = self.found.get(name)
        if found is None:
            yield from self.remote.read(folder, name, seen)
        elif isinstance(found, bytes):
            yield found
        else:
            raise found


def read_ahead(remote: Remote, folder: str, files: Iterable[RemoteFile]) -> ReadAhead:
    """Read those of *files* that are small, as they were listed.

    One that is refused will be read again alone: a server that does not keep the order of what it
    is asked together must not make a file unreadable.
    """
    small = [file for file in files if file.size is not None and file.size <= SMALL_BYTES]
    found = zip(small, remote.read_small(folder, small) if small else [], strict=True)
    return ReadAhead(
        remote, {file.name: one for file, one in found if not isinstance(one, RemoteRefused)}
    )
