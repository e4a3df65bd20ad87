"""A directory of this machine in the place of a remote server."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from recupero.durable import effect
from recupero.errors import FileMoved, RemoteRefused, RemoteUnavailable
from recupero.exchange.remote import (
    LISTING_ENTRIES_MAX,
    Described,
    RemoteFile,
    SmallFiles,
    path_bytes,
    shown,
)

CHUNK_BYTES = 1 << 20

_REFUSALS = {errno.ELOOP, errno.EISDIR, errno.ENAMETOOLONG, errno.EROFS}


class FolderRemote:
    """The same behaviour as SFTP, on a mounted share or in a test."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def list(self, folder: str) -> list[RemoteFile]:
        with effect("folder.list"), _asking(folder, ""):
            entries = os.listdir(self._path(folder))
            if len(entries) > LISTING_ENTRIES_MAX:
                raise RemoteRefused(f"holds more than {LISTING_ENTRIES_MAX} entries", folder)
            names = sorted(os.fsdecode(entry) for entry in entries)
            return [found for name in names if (found := self.stat(folder, name)) is not None]

    def stat(self, folder: str, name: str) -> RemoteFile | None:
        with _asking(folder, name):
            try:
                return _described(name, os.lstat(self._path(folder, name)))
            except FileNotFoundError:
                return None

    def read(self, folder: str, name: str, seen: RemoteFile | None = None) -> Iterator[bytes]:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        with effect("folder.read"), _asking(folder, name):
            try:
                descriptor = os.open(self._path(folder, name), flags)
            except FileNotFoundError:
                raise FileMoved("went before it was read", shown(folder, name)) from None
            try:
                yield from self._chunks(descriptor, folder, name, seen)
            finally:
                os.close(descriptor)

    def read_small(self, folder: str, files: Sequence[RemoteFile]) -> SmallFiles:
        return [self._read_whole(folder, file) for file in files]

    def stat_each(self, folder: str, names: Sequence[str]) -> Described:
        return [self.stat(folder, name) for name in names]

    def write(self, folder: str, name: str, content: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with effect("folder.write"), _asking(folder, name):
            descriptor = os.open(self._path(folder, name), flags, 0o640)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())

    def rename(self, folder: str, name: str, to_folder: str, to_name: str) -> None:
        with effect("folder.rename"), _asking(folder, name):
            source, target = self._path(folder, name), self._path(to_folder, to_name)
            if os.path.lexists(target):
                raise RemoteRefused("exists already", shown(to_folder, to_name))
            os.rename(source, target)

    def remove(self, folder: str, name: str) -> None:
        with effect("folder.remove"), _asking(folder, name):
            os.unlink(self._path(folder, name))

    def close(self) -> None:
        """Nothing is held open between calls."""

    def _read_whole(self, folder: str, file: RemoteFile) -> bytes | FileMoved | RemoteRefused:
        try:
            return b"".join(self.read(folder, file.name, file))
        except (FileMoved, RemoteRefused) as error:
            return error

    def _chunks(
        self, descriptor: int, folder: str, name: str, seen: RemoteFile | None
    ) -> Iterator[bytes]:
        opened = _described(name, os.fstat(descriptor))
        if not opened.regular:
            raise RemoteRefused("is not a regular file", shown(folder, name))
        if seen is not None and not opened.same_version(seen):
            raise FileMoved("is not the file that was listed", shown(folder, name))
        missing = opened.size or 0
        while missing:
            chunk = os.read(descriptor, min(missing, CHUNK_BYTES))
            if not chunk:
                raise FileMoved("shrank while it was read", shown(folder, name))
            missing -= len(chunk)
            yield chunk
        held = _described(name, os.fstat(descriptor))
        if not opened == held == self.stat(folder, name):
            raise FileMoved("changed while it was read", shown(folder, name))

    def _path(self, folder: str, name: str | None = None) -> bytes:
        return os.path.join(os.fsencode(self.root), path_bytes(folder, name).lstrip(b"/"))


def _described(name: str, status: os.stat_result) -> RemoteFile:
    return RemoteFile(name, status.st_size, int(status.st_mtime), stat.S_ISREG(status.st_mode))


@contextmanager
def _asking(folder: str, name: str) -> Iterator[None]:
    """The operating system's answers as ours; a full or failing disk may recover."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise RemoteRefused("there is no such file or folder", shown(folder, name)) from None
    except PermissionError:
        raise RemoteRefused("permission denied", shown(folder, name)) from None
    except OSError as error:
        if error.errno in _REFUSALS:
            raise RemoteRefused(os.strerror(error.errno), shown(folder, name)) from None
        reason = os.strerror(error.errno) if error.errno else "failed"
        raise RemoteUnavailable(reason, shown(folder, name)) from None
