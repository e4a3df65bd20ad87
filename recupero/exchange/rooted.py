"""What a user of the demo's SFTP server may do below one root folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import paramiko
from paramiko import Message, SFTPAttributes, SFTPHandle, SFTPServer, SFTPServerInterface
from paramiko.sftp import (
    SFTP_FAILURE,
    SFTP_NO_SUCH_FILE,
    SFTP_OK,
    SFTP_PERMISSION_DENIED,
)

FOLDERS = ("inbox", "outbox", "archive")
_WRITABLE = {"inbox"}
_VISIBLE = {"inbox", "outbox"}
_READ_BYTES_MAX = 256 * 1024

_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")


class _Denied(Exception):
    """Outside the root, through a link, or not this user's to do."""


class _Hidden(Exception):
    """Not there as far as this user is concerned."""


def _answered(method: Callable[_Given, _Answer]) -> Callable[_Given, _Answer | int]:
    """Turn what goes wrong into an answer of the protocol."""

    @wraps(method)
    def answer(*given: _Given.args, **named: _Given.kwargs) -> _Answer | int:
        try:
            return method(*given, **named)
        except _Denied:
            return SFTP_PERMISSION_DENIED
        except _Hidden:
            return SFTP_NO_SUCH_FILE
        except OSError as error:
            return SFTPServer.convert_errno(error.errno or 0)
        except ValueError:  # a NUL in a name
            return SFTP_FAILURE

    return answer


class RootedFiles(SFTPServerInterface):
    """``inbox``, ``outbox`` and ``archive`` of one institution.

    The institution writes its inbox, reads its outbox and does not see the archive; the gateway
    (*all_rights*) does everything in all three. Nobody makes folders or links, and no path
    leads through a link.
    """

    def __init__(
        self, server: paramiko.ServerInterface, *given: Any, root: Path, all_rights: bool
    ) -> None:
        super().__init__(server, *given)
        self._root = os.path.realpath(root)
        self._all_rights = all_rights

    @_answered
    def list_folder(self, path: str) -> list[SFTPAttributes]:
        real = self._real(path)
        at_root = real == self._root
        found = []
        for name in os.listdir(real):
            if at_root and not self._sees(name):
                continue
            try:
                found.append(_named(os.lstat(os.path.join(real, name)), name))
            except FileNotFoundError:  # went meanwhile
                continue
        return found

    @_answered
    def lstat(self, path: str) -> SFTPAttributes:
        return SFTPAttributes.from_stat(os.lstat(self._real(path)))

    stat = lstat  # links are described, never followed

    @_answered
    def open(self, path: str, flags: int, attr: SFTPAttributes) -> SFTPHandle:
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
        real = self._real(path, writes=bool(writes))
        # Not blocking: opening a pipe without a writer would hold the session for ever.
        flags |= os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(real, flags, 0o640)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise _Denied
        return _OpenFile(descriptor, flags)

    @_answered
    def remove(self, path: str) -> int:
        os.unlink(self._real(path, writes=True))
        return SFTP_OK

    @_answered
    def rename(self, oldpath: str, newpath: str) -> int:
        old, new = self._real(oldpath, writes=True), self._real(newpath, writes=True)
        if os.path.lexists(new):
            return SFTP_FAILURE
        os.rename(old, new)
        return SFTP_OK

    @_answered
    def posix_rename(self, oldpath: str, newpath: str) -> int:
        os.rename(self._real(oldpath, writes=True), self._real(newpath, writes=True))
        return SFTP_OK

    @_answered
    def chattr(self, path: str, attr: SFTPAttributes) -> int:
        real = self._real(path, writes=True)
        if not stat.S_ISREG(os.lstat(real).st_mode):
            raise _Denied
        _change(real, attr)
        return SFTP_OK

    def canonicalize(self, path: str) -> str:
        return os.path.normpath("//" + path).replace("//", "/")

    def _real(self, path: str, writes: bool = False) -> str:
        """The path on disk: below the root, in a folder this user has, through no link."""
        relative = os.path.normpath("/" + path).lstrip("/")
        parts = relative.split("/") if relative else []
        if parts and not self._sees(parts[0]):
            raise _Hidden
        if writes and not (len(parts) > 1 and (self._all_rights or parts[0] in _WRITABLE)):
            raise _Denied
        real = os.path.join(self._root, *parts)
        if os.path.realpath(os.path.dirname(real)) != os.path.dirname(real):
            raise _Denied
        return real

    def _sees(self, name: str) -> bool:
        return name in (FOLDERS if self._all_rights else _VISIBLE)


class _OpenFile(SFTPHandle):
    """One file by its descriptor."""

    def __init__(self, descriptor: int, flags: int) -> None:
        super().__init__(flags)
        self._descriptor = descriptor
        self._writes = bool(flags & (os.O_WRONLY | os.O_RDWR))

    def close(self) -> None:
        os.close(self._descriptor)

    @_answered
    def read(self, offset: int, length: int) -> bytes:
        return os.pread(self._descriptor, min(length, _READ_BYTES_MAX), offset)

    @_answered
    def write(self, offset: int, data: Any) -> int:
        view = memoryview(data)
        while view:
            done = os.pwrite(self._descriptor, view, offset)
            view, offset = view[done:], offset + done
        return SFTP_OK

    @_answered
    def stat(self) -> SFTPAttributes:
        return SFTPAttributes.from_stat(os.fstat(self._descriptor))

    @_answered
    def chattr(self, attr: SFTPAttributes) -> int:
        if not self._writes:
            raise _Denied
        _change(self._descriptor, attr)
        return SFTP_OK


class AnyNameSftp(SFTPServer):
    """The subsystem, taking also paths that are not UTF-8."""

    def _process(self, kind: int, number: int, message: Message) -> None:
        # paramiko reads paths as UTF-8 only, and this is its one place to say otherwise. Its stubs
        # leave private methods out; test_exchange_paramiko fails if it loses this one.
        super()._process(kind, number, _AnyName(message.get_remainder()))  # type: ignore[misc]


class _AnyName(Message):
    def get_text(self) -> str:
        return os.fsdecode(self.get_binary())


def _named(status: os.stat_result, name: str) -> SFTPAttributes:
    """With the name as text for the listing line, or as the bytes it is on disk."""
    attributes = SFTPAttributes.from_stat(status, name)
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        # A name that is not UTF-8 must leave as the bytes it is. paramiko's Message writes bytes
        # as they are; its stubs know text only.
        attributes.filename = os.fsencode(name)  # type: ignore[assignment]
    return attributes


def _change(file: str | int, attributes: SFTPAttributes) -> None:
    """Times and length as asked; owner and mode stay ours, without an error."""
    if attributes.st_size is not None:
        os.truncate(file, attributes.st_size)
    if attributes.st_atime is not None and attributes.st_mtime is not None:
        os.utime(file, (attributes.st_atime, attributes.st_mtime))
