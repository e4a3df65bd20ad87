"""Files that are written once: whole or not at all, in a local folder or at any fsspec address."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from recupero.durable import effect
from recupero.errors import Refused, SettingsError
from recupero.exchange.keys import make_folder, sync_folder
from recupero.exchange.room import needing, writing_to
from recupero.exchange.spool import Spool, Spools

#: Beside the institutions, which have codes of other forms.
ARRIVING = "_arriving"
ROTATING = "_rotating"
MADE = "_master_key"


class Objects(Protocol):
    """Paths are relative, with ``/`` between names."""

    def begin(self) -> Spool:
        """A new file that has no place yet; whoever began it closes it."""

    def place(self, spool: Spool, path: str) -> bool:
        """Give the file its place, whole; ``False``, and nothing changed, where there is one."""

    def replace(self, spool: Spool, path: str) -> None:
        """Put the file, whole, in the place of the one there."""

    def sweep(self) -> None:
        """Remove files without a place whose processes were killed."""

    def rotating(self) -> AbstractContextManager[None]:
        """Be the only one to rotate keys here; Refused where another does.

        A machine's own lock: those that share an object store or a network's disk from several need
        one more (`recupero.steps.rotation`).
        """

    def open(self, path: str) -> BinaryIO:
        """The file for reading; FileNotFoundError where there is none."""

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder."""

    def remove(self, path: str) -> None:
        """Delete the file, if it is there; SettingsError where the store does not let us."""

    def names(self, path: str) -> list[str]:
        """What the folder holds, sorted; nothing where there is no folder."""


def objects_at(url: str, home: Path | None = None) -> Objects:
    """The store behind a path or an fsspec address (``s3://bucket/vault``, ``memory://vault``).

    Other than local ones must write whole objects, as object storage does; what goes to them rests
    under *home* until it is whole, or else under the system's folder for temporary files.
    """
    if "://" not in url:
        return LocalObjects(Path(url))
    import fsspec  # late: a local vault needs none of it

    try:
        filesystem, root = fsspec.core.url_to_fs(url)
    except (ValueError, ImportError) as error:
        raise SettingsError(f"cannot be used as a vault: {error}", url) from None
    if "file" in filesystem.protocol or filesystem.protocol == "file":
        return LocalObjects(Path(root))
    home = home or Path(tempfile.gettempdir()) / f"recupero-{os.geteuid()}"
    return UrlObjects(filesystem, root, home.absolute())


def create(objects: Objects, path: str, pieces: Iterable[bytes]) -> bool:
    """Write a new file; ``False``, and nothing written, where there is one."""
    with closing(objects.begin()) as spool:
        for piece in pieces:
            spool.write(piece)
        return objects.place(spool, path)


def replace(objects: Objects, path: str, pieces: Iterable[bytes]) -> None:
    """Write a file in the place of the one there; killed, one of the two is there whole."""
    with closing(objects.begin()) as spool:
        for piece in pieces:
            spool.write(piece)
        objects.replace(spool, path)


class LocalObjects:
    """A folder of ours alone: files 0600, folders 0700, synced before they are seen."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        spools = Spools(self.root / ARRIVING)
        self.begin, self.sweep = spools.begin, spools.sweep

    def place(self, spool: Spool, path: str) -> bool:
        target = self.root / path
        if target.exists():
            return False
        file = spool.file(synchronised=True)
        with writing_to(self.root):
            make_folder(target.parent)
            try:
                with effect("vault.place"), needing("hard links", self.root):
                    os.link(file, target)  # unlike a rename, refuses where there is one
                    sync_folder(target.parent)
            except FileExistsError:
                return False
        return True

    def replace(self, spool: Spool, path: str) -> None:
        target = self.root / path
        file = spool.file(synchronised=True)
        with effect("vault.replace"):
            os.replace(file, target)
            sync_folder(target.parent)

    def rotating(self) -> AbstractContextManager[None]:
        return _alone(self.root / ROTATING)

    def open(self, path: str) -> BinaryIO:
        return (self.root / path).open("rb")

    def exists(self, path: str) -> bool:
        return (self.root / path).exists()

    def remove(self, path: str) -> None:
        target = self.root / path
        with _removing(str(self.root)):
            target.unlink()
            sync_folder(target.parent)

    def names(self, path: str) -> list[str]:
        try:
            return sorted(os.listdir(self.root / path))
        except FileNotFoundError:
            return []


class UrlObjects:
    """Any other fsspec file system."""

    def __init__(self, filesystem: Any, root: str, home: Path) -> None:
        self._filesystem = filesystem
        self._root = root.rstrip("/")
        self._home = home
        spools = Spools(home / ARRIVING)
        self.begin, self.sweep = spools.begin, spools.sweep

    def place(self, spool: Spool, path: str) -> bool:
        """As :class:`Objects` says, where the backend knows conditional writes, as S3, GCS and
        Azure do (fsspec's ``mode="create"``).

        Others look first and write then: of two writers at once the later one would win.
        """
        address = self._at(path)
        if self._filesystem.exists(address):
            return False
        file = spool.file()
        try:
            with effect("vault.place"):
                self._filesystem.put_file(str(file), address, mode="create")
        except FileExistsError:
            return False
        except BaseException:
            self._remove_cut(address, file.stat().st_size)
            raise
        return True

    def replace(self, spool: Spool, path: str) -> None:
        with effect("vault.replace"):
            self._filesystem.put_file(str(spool.file()), self._at(path))

    def rotating(self) -> AbstractContextManager[None]:
        which = hashlib.sha256(self._root.encode()).hexdigest()[:16]  # there may be several
        return _alone(self._home / f"{ROTATING}-{which}")

    def open(self, path: str) -> BinaryIO:
        return cast("BinaryIO", self._filesystem.open(self._at(path), "rb"))

    def exists(self, path: str) -> bool:
        return bool(self._filesystem.exists(self._at(path)))

    def remove(self, path: str) -> None:
        with _removing(self._root):
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

    def _remove_cut(self, address: str, size_bytes: int) -> None:
        """Some backends keep the part that they had taken: it must not be taken for the object."""
        with suppress(Exception):  # whatever fails here, the error under way is the one to tell
            self._filesystem.invalidate_cache()
            if self._filesystem.size(address) != size_bytes:
                self._filesystem.rm_file(address)


@contextmanager
def _removing(root: str) -> Iterator[None]:
    try:
        with effect("vault.remove"), suppress(FileNotFoundError):  # removed before is removed
            yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        mend = "let our account delete there; what is left is destroyed by the next run"
        raise SettingsError(f"the vault does not let us delete: {why}", root, mend) from None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock at *path*, which a killed process lets go by itself."""
    try:
        with writing_to(path.parent):
            make_folder(path.parent)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        why = f"cannot be opened as a lock: {error.strerror}"
        mend = "nothing but a file of ours may lie there"
        raise SettingsError(why, str(path), mend) from None
    try:
        try:
            with needing("locks", path.parent):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("another rotation is under way", str(path.parent), "let it end") from None
        yield
    finally:
        os.close(descriptor)
