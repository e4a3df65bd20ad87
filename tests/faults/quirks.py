"""How servers out there differ: what each product is known for, for two servers of ours.

Names and paths are of the files as the client asks for them: ``outbox/paper.pdf``.
"""

from __future__ import annotations

import errno
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, fields
from pathlib import PurePosixPath
from typing import Any

import asyncssh
from paramiko import SFTPAttributes, SFTPHandle
from paramiko.sftp import SFTP_FAILURE, SFTP_OP_UNSUPPORTED, SFTP_PERMISSION_DENIED

from recupero.exchange.rooted import RootedFiles


@dataclass
class Quirks:
    """All as it should be, until a row says otherwise."""

    #: As MySecureShell and rclone: a rename replaces what is there.
    rename_overwrites: bool = False
    #: As MySecureShell: the message of OpenSSH's that renames over is not understood.
    no_posix_rename: bool = False
    #: As rclone: "only if it is new" and modes are taken and not kept.
    ignores_exclusive_and_mode: bool = False
    #: A rename is refused, whatever it is.
    refuses_rename: bool = False
    #: As MOVEit was seen to: yes to every write, nothing stored.
    stores_nothing: bool = False
    #: A drop box: what gets its final name is taken away at once.
    takes_at_once: bool = False
    #: Sizes and times are not stated.
    states_nothing: bool = False
    #: A listing ends after so many names.
    lists_at_most: int | None = None
    #: The disk takes so many bytes of a file.
    room_bytes: int | None = None
    #: This one is not for us.
    denied: str = ""
    #: This one stays where it is.
    fixed: str = ""

    def forget(self) -> None:
        """All as it should be again."""
        for one in fields(self):
            setattr(self, one.name, one.default)


def odd_files(quirks: Quirks) -> type[RootedFiles]:
    """The embedded server's files, as odd as *quirks* say while it runs."""
    return type("OddFiles", (_OddFiles,), {"quirks": quirks})


class _OddFiles(RootedFiles):
    quirks: Quirks

    def list_folder(self, path: str) -> Any:
        found = super().list_folder(path)
        if isinstance(found, list):
            found = [self._stated(one) for one in found[: self.quirks.lists_at_most]]
        return found

    def lstat(self, path: str) -> Any:
        return self._stated(super().lstat(path))

    stat = lstat

    def open(self, path: str, flags: int, attr: SFTPAttributes) -> Any:
        if self.quirks.denied and path.endswith(self.quirks.denied):
            return SFTP_PERMISSION_DENIED
        if self.quirks.ignores_exclusive_and_mode:
            flags &= ~os.O_EXCL
        handle = super().open(path, flags, attr)
        if isinstance(handle, SFTPHandle):
            self._made_odd(handle)
        return handle

    def rename(self, oldpath: str, newpath: str) -> int:
        if self.quirks.refuses_rename or self.quirks.fixed == oldpath.rpartition("/")[2]:
            return SFTP_FAILURE
        if self.quirks.rename_overwrites:
            return super().posix_rename(oldpath, newpath)
        answer: int = super().rename(oldpath, newpath)
        if self.quirks.takes_at_once:
            super().remove(newpath)
        return answer

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        if self.quirks.no_posix_rename:
            return SFTP_OP_UNSUPPORTED
        return super().posix_rename(oldpath, newpath)

    def _made_odd(self, handle: Any) -> None:
        write, status = handle.write, handle.stat

        def odd_write(offset: int, data: bytes) -> int:
            room = self.quirks.room_bytes
            if self.quirks.stores_nothing:
                return 0
            if room is not None and offset + len(data) > room:
                write(offset, data[: max(room - offset, 0)])
                return SFTP_FAILURE
            answer: int = write(offset, data)
            return answer

        handle.write = odd_write
        handle.stat = lambda: self._stated(status())

    def _stated(self, attributes: Any) -> Any:
        if self.quirks.states_nothing and isinstance(attributes, SFTPAttributes):
            attributes.st_size = attributes.st_mtime = attributes.st_atime = None
            attributes._flags &= ~(attributes.FLAG_SIZE | attributes.FLAG_AMTIME)
        return attributes


class OddAsyncssh(asyncssh.SFTPServer):
    """asyncssh's server below *root*, as odd as *quirks* say while it runs."""

    def __init__(self, channel: Any, root: str, quirks: Quirks) -> None:
        super().__init__(channel, chroot=root.encode())
        self._quirks = quirks

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        listed = 0
        async for one in super().scandir(path):
            if one.filename not in (b".", b".."):
                if listed == self._quirks.lists_at_most:
                    return
                listed += 1
                one.attrs = self._stated(one.attrs)
            yield one

    def lstat(self, path: bytes) -> Any:
        return self._stated(super().lstat(path))

    def fstat(self, file_obj: Any) -> Any:
        return self._stated(super().fstat(file_obj))

    def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
        if self._quirks.denied and PurePosixPath(path.decode()).name == self._quirks.denied:
            raise asyncssh.SFTPPermissionDenied("denied")
        if self._quirks.ignores_exclusive_and_mode:
            pflags &= ~asyncssh.FXF_EXCL
            attrs.permissions = None
        return super().open(path, pflags, attrs)

    def write(self, file_obj: Any, offset: int, data: bytes) -> Any:
        room = self._quirks.room_bytes
        if self._quirks.stores_nothing:
            return len(data)
        if room is not None and offset + len(data) > room:
            super().write(file_obj, offset, data[: max(room - offset, 0)])
            raise OSError(errno.ENOSPC, "full")
        return super().write(file_obj, offset, data)

    def rename(self, oldpath: bytes, newpath: bytes) -> Any:
        if (
            self._quirks.refuses_rename
            or self._quirks.fixed.encode() == oldpath.rpartition(b"/")[2]
        ):
            raise asyncssh.SFTPFailure("refused")
        if self._quirks.rename_overwrites:
            return super().posix_rename(oldpath, newpath)
        super().rename(oldpath, newpath)
        if self._quirks.takes_at_once:
            os.unlink(self.map_path(newpath))
        return None

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> Any:
        if self._quirks.no_posix_rename:
            raise asyncssh.SFTPOpUnsupported("unsupported")
        return super().posix_rename(oldpath, newpath)

    def _stated(self, attributes: Any) -> Any:
        if not self._quirks.states_nothing:
            return attributes
        if isinstance(attributes, os.stat_result):
            attributes = asyncssh.SFTPAttrs.from_local(attributes)
        attributes.size = attributes.mtime = attributes.atime = None
        return attributes
