"""Files that are written once: whole or not at all, in a local folder or at any fsspec address."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from recupero.durable import effect
from recupero.errors import SettingsError
from recupero.exchange.keys import sync_folder
from recupero.exchange.room import writing_to


class Objects(Protocol):
    """Paths are relative, with ``/`` between names."""

    def create(self, path: str, pieces: Iterable[bytes]) -> bool:
        """Write a new file; ``False``, and nothing written, where there is one."""

    def open(self, path: str) -> BinaryIO:
        """The file for reading; FileNotFoundError where there is none."""

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder."""

    def remove(self, path: str) -> None:
        """Delete the file, if it is there."""

    def names(self, path: str) -> list[str]:
        """What the folder holds, sorted; nothing where there is no folder."""


def objects_at(url: str) -> Objects:
    """The store behind a path or an fsspec address (``s3://bucket/vault``, ``memory://vault``).

    Other than local ones must write whole objects, as object storage does.
    """
    if "://" not in url:
        return LocalObjects(Path(url))
    import fsspec  # late: a local vault needs none of it

    try:
        filesystem, root = fsspec.core.url_to_fs(url)
    except (ValueError, ImportError) as error:
        raise SettingsError(f"cannot be used as a vault: {error}", url) from None
    local = "file" in filesystem.protocol or filesystem.protocol == "file"
    return LocalObjects(Path(root)) if local else UrlObjects(filesystem, root)


class LocalObjects:
    """A folder of ours alone: files 0600, folders 0700, synced before they are seen."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    def create(self, path: str, pieces: Iterable[bytes]) -> bool:
        target = self.root / path
        with writing_to(self.root):
            return self._create(target, pieces)

    def _create(self, target: Path, pieces: Iterable[bytes]) -> bool:
        _make_folder(target.parent)
        # One fixed temporary name: what a killed run left is written over, not collected.
        temporary = target.with_name(f".{target.name}.part")
        with _alone(temporary) as descriptor:
            if target.exists():
                temporary.unlink(missing_ok=True)
                return False
            os.ftruncate(descriptor, 0)
            try:
                with os.fdopen(os.dup(descriptor), "wb") as file:
                    file.writelines(pieces)
                    file.flush()
                    os.fsync(file.fileno())
            except BaseException:
                os.ftruncate(descriptor, 0)  # on a full disk somebody else needs the room
                raise
            with effect("vault.rename"):
                os.rename(temporary, target)
                sync_folder(target.parent)
        return True

    def open(self, path: str) -> BinaryIO:
        return (self.root / path).open("rb")

    def exists(self, path: str) -> bool:
        return (self.root / path).exists()

    def remove(self, path: str) -> None:
        target = self.root / path
        with effect("vault.remove"), suppress(FileNotFoundError):  # removed before is removed
            target.unlink()
            sync_folder(target.parent)

    def names(self, path: str) -> list[str]:
        try:
            return sorted(os.listdir(self.root / path))
        except FileNotFoundError:
            return []


class UrlObjects:
    """Any other fsspec file system."""

    def __init__(self, filesystem: Any, root: str) -> None:
        self._filesystem = filesystem
        self._root = root.rstrip("/")

    def create(self, path: str, pieces: Iterable[bytes]) -> bool:
        address = self._at(path)
        if self._filesystem.exists(address):
            return False
        with effect("vault.write"):
            try:
                self._filesystem.makedirs(address.rpartition("/")[0], exist_ok=True)
                self._filesystem.pipe_file(address, b"".join(pieces), mode="create")
            except FileExistsError:
                return False
        return True

    def open(self, path: str) -> BinaryIO:
        return cast("BinaryIO", self._filesystem.open(self._at(path), "rb"))

    def exists(self, path: str) -> bool:
        return bool(self._filesystem.exists(self._at(path)))

    def remove(self, path: str) -> None:
        with effect("vault.remove"), suppress(FileNotFoundError):  # removed before is removed
            self._filesystem.rm_file(self._at(path))

    def names(self, path: str) -> list[str]:
        self._filesystem.invalidate_cache()
        try:
            found = self._filesystem.ls(self._at(path), detail=False)
        except FileNotFoundError:
            return []
        return sorted(str(name).rstrip("/").rpartition("/")[2] for name in found)

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"


def _make_folder(folder: Path) -> None:
    """Create missing folders one by one, 0700 each, and make them survive a power cut."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with suppress(FileExistsError):  # another process made it meanwhile
        folder.mkdir(mode=0o700)
    sync_folder(folder.parent)


@contextmanager
def _alone(temporary: Path) -> Iterator[int]:
    """Hold the temporary file against every other process; a dead one lets go by itself.

    Who waited may hold a file that was renamed meanwhile: it must look for the target again.
    """
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
