"""What Recupero asks of the other side: a few folders of files, over any wire.

File names are data: the bytes the server sent, decoded as UTF-8 with ``surrogateescape``, so
that every name can be listed, shown and refused, and none can break a listing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from recupero.errors import ExchangeError, FileMoved, RemoteRefused

LISTING_ENTRIES_MAX = 100_000
#: Up to here a file is small: what one request may ask for, everywhere.
SMALL_BYTES = 32 * 1024
NAME_SHOWN_MAX = 200


@dataclass(frozen=True)
class RemoteFile:
    """One entry as the server describes it; links are described, never followed.

    ``size`` in bytes and ``mtime`` in whole seconds of a foreign clock: compare, do not
    subtract. Both are ``None`` where the server does not say.
    """

    name: str
    size: int | None
    mtime: int | None
    regular: bool

    def same_version(self, other: RemoteFile | None) -> bool:
        """Whether *other* is stated to be the same file, as far as size and time can tell."""
        if other is None or self.size is None or self.mtime is None:
            return False
        return (self.size, self.mtime, self.regular) == (other.size, other.mtime, other.regular)


#: Of files asked for together, in their order: the bytes, or why there are none.
SmallFiles = list[bytes | FileMoved | RemoteRefused]

#: Entries asked for by name, in the order asked; ``None`` where there is none.
Described = list[RemoteFile | None]


class Readable(Protocol):
    """Where files are read from."""

    def read(self, folder: str, name: str, seen: RemoteFile | None = None) -> Iterator[bytes]:
        """The file's bytes, exactly as many as it had when opened.

        They count only once the iterator has ended: FileMoved, also at the very end, says that
        the file is not the one *seen*, or changed, shrank, grew or went while it was read.
        """


class Remote(Readable, Protocol):
    """A session with one institution's folders; one thread at a time.

    Every call may raise RemoteUnavailable (the session is then of no further use: connect
    again) and RemoteRefused (the server answered no; the session goes on).
    """

    def list(self, folder: str) -> list[RemoteFile]:
        """The folder's entries sorted by name, without ``.`` and ``..``."""

    def stat(self, folder: str, name: str) -> RemoteFile | None:
        """The entry of that name, or ``None``."""

    def read_small(self, folder: str, files: Sequence[RemoteFile]) -> SmallFiles:
        """*files* as they were listed, none over SMALL_BYTES.

        What :meth:`read` would raise for one of them stands in its place.
        """

    def stat_each(self, folder: str, names: Sequence[str]) -> Described:
        """The entries of those names, or ``None``, in order; asked for together."""

    def write(self, folder: str, name: str, content: bytes) -> None:
        """Create or replace the file; not atomic, so only ever under a temporary name."""

    def rename(self, folder: str, name: str, to_folder: str, to_name: str) -> None:
        """Move the file; refused where the target exists."""

    def remove(self, folder: str, name: str) -> None:
        """Delete the file; refused where it does not exist."""

    def close(self) -> None:
        """End the session; a second call does nothing."""


def path_bytes(folder: str, name: str | None = None) -> bytes:
    """``folder/name`` as the bytes the server knows.

    Raises RemoteRefused for a name that is not one entry of a folder.
    """
    path = folder
    if name is not None:
        if name in ("", ".", "..") or "/" in name or "\0" in name:
            raise RemoteRefused("is not a file name", escape_name(name))
        path = f"{folder}/{name}"
    return path.encode("utf-8", "surrogateescape")


def shown(folder: str, name: str) -> str:
    """``folder/name`` for people: one line, printable whatever the name holds."""
    return f"{escape_name(folder)}/{escape_name(name)}"


@contextmanager
def unnamed(*folders: str) -> Iterator[None]:
    """Errors about a file in one of *folders* tell the folder alone: its name may be a debtor's."""
    try:
        yield
    except ExchangeError as error:
        for folder in folders:
            before, place, _name = error.where.partition(f"{escape_name(folder)}/")
            if place:
                error.where = before + place
        error.args = (error.what, error.where, error.mend)
        raise


def escape_name(name: str) -> str:
    """A name for people, for logs and for messages: printable, on one line, at most 200 long."""
    return "".join(map(_escape_character, name[:NAME_SHOWN_MAX]))


def _escape_character(character: str) -> str:
    if 0xDC80 <= ord(character) <= 0xDCFF:  # a byte that was not UTF-8
        return f"\\x{ord(character) - 0xDC00:02x}"
    if character != "\\" and character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")
