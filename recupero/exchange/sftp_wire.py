"""The SFTP protocol as we need it, on paramiko's packet layer.

paramiko's own calls are not enough (measured, paramiko 5.1): one name that is not UTF-8 breaks a
whole listing, ``get`` accepts a truncated file and chases a growing one, its prefetch sometimes
falls back to one request at a time, and a pipelined write is closed without looking at the last
answers. The private names used are listed in :data:`PRIVATE_NAMES`; the version is pinned and a
test fails when one of them goes.
"""

from __future__ import annotations

import errno
import struct
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from paramiko import Message, SFTPAttributes, SFTPClient
from paramiko.sftp import (
    CMD_ATTRS,
    CMD_CLOSE,
    CMD_DATA,
    CMD_EXTENDED,
    CMD_EXTENDED_REPLY,
    CMD_FSTAT,
    CMD_HANDLE,
    CMD_INIT,
    CMD_LSTAT,
    CMD_NAME,
    CMD_OPEN,
    CMD_OPENDIR,
    CMD_READ,
    CMD_READDIR,
    CMD_STATUS,
    CMD_VERSION,
    CMD_WRITE,
    SFTP_EOF,
    SFTP_NO_SUCH_FILE,
    SFTP_OK,
    SFTP_PERMISSION_DENIED,
    SFTPError,
    int64,
)

from recupero.exchange.remote import LISTING_ENTRIES_MAX, SMALL_BYTES

PRIVATE_NAMES = (
    "_request", "_async_request", "_read_response", "_convert_status", "_from_msg",
    "_send_version", "_send_packet", "_read_packet", "_read_all", "_write_all",
)  # fmt: skip
REQUEST_BYTES = SMALL_BYTES  # what every server accepts
#: What OpenSSH's own client asks for at most, where the server states that it may.
_REQUEST_BYTES_MAX = 255 * 1024
_LIMITS = b"limits@openssh.com"
#: paramiko keeps so much of the largest packet that both sides allow for itself.
_PACKET_BYTES = 32 * 1024 - 64
_RECEIVED_AT_ONCE_BYTES = 1 << 18

_ERRNO = {SFTP_NO_SUCH_FILE: errno.ENOENT, SFTP_PERMISSION_DENIED: errno.EACCES}
_Asked = deque[tuple[int, int, int]]


class Refusal(OSError):
    """The server's answer is no; ``code`` is the protocol's, the server's words are not kept."""

    def __init__(self, code: int) -> None:
        super().__init__(_ERRNO.get(code, errno.EIO), "refused")
        self.code = code


class EndOfFile(EOFError):
    """The server says that there is no more; a plain EOFError says that the connection ended."""


class TooManyEntries(Exception):
    """A listing longer than any inbox."""


class WireClient(SFTPClient):
    """A session that survives any name and any wording, and keeps requests under way.

    A packet costs more than what it says: requests leave together, at the latest when an answer
    is waited for, and answers are taken as many as there are.
    """

    #: What one request may read and write; more than REQUEST_BYTES once the server said so.
    read_bytes = REQUEST_BYTES
    write_bytes = REQUEST_BYTES
    _offers_limits = False
    _unsent = b""
    _received = b""
    _taken = 0

    if TYPE_CHECKING:  # paramiko's private methods, as of the pinned version

        def _request(self, kind: int, *arguments: object) -> tuple[int, Message]: ...
        def _async_request(self, owner: object, kind: int, *arguments: object) -> int: ...
        def _read_response(self, waitfor: int | None = None) -> object: ...
        def _read_packet(self) -> tuple[int, bytes]: ...
        def _write_all(self, out: bytes) -> None: ...

    def _send_version(self) -> int:
        """As paramiko's, but what the server offers besides is looked at."""
        version: int
        self._send_packet(CMD_INIT, Message().add_int(3))
        kind, data = self._read_packet()
        offered = expect(CMD_VERSION, kind, Message(data))
        version = offered.get_int()
        while offered.get_remainder():
            name, value = offered.get_binary(), offered.get_binary()
            if (name, value) == (_LIMITS, b"1"):
                self._offers_limits = True
        return version

    def learn_limits(self) -> None:
        """Ask a server that tells how much one request may read and write."""
        if not self._offers_limits:
            return
        with suppress(Refusal):
            kind, message = self._request(CMD_EXTENDED, _LIMITS)
            expect(CMD_EXTENDED_REPLY, kind, message).get_int64()  # of a whole packet
            self.read_bytes, self.write_bytes = (
                min(max(message.get_int64(), REQUEST_BYTES), _REQUEST_BYTES_MAX) for _ in range(2)
            )

    def _send_packet(self, kind: int, message: Message) -> None:
        """As paramiko's, but it leaves once a packet is full: the rest when it must."""
        body = message.asbytes()
        self._unsent += struct.pack(">IB", len(body) + 1, kind) + body
        if len(self._unsent) >= _PACKET_BYTES:
            whole = len(self._unsent) // _PACKET_BYTES * _PACKET_BYTES
            leaves, self._unsent = memoryview(self._unsent)[:whole], self._unsent[whole:]
            for start in range(0, whole, _PACKET_BYTES):
                self._write_all(bytes(leaves[start : start + _PACKET_BYTES]))

    def _read_all(self, size: int) -> bytes:
        """As paramiko's, from what was received already, and it sends what is to be answered."""
        missing = self._taken + size - len(self._received)
        if missing > 0:
            self._write_all_unsent()
            pieces = [self._received[self._taken :]]
            while missing > 0:
                piece = self.sock.recv(_RECEIVED_AT_ONCE_BYTES)
                if not piece:
                    raise EOFError("the channel was closed")
                pieces.append(piece)
                missing -= len(piece)
            self._received, self._taken = b"".join(pieces), 0
        start, self._taken = self._taken, self._taken + size
        return self._received[start : self._taken]

    def _write_all_unsent(self) -> None:
        unsent, self._unsent = self._unsent, b""
        self._write_all(unsent)

    def _convert_status(self, message: Message) -> None:
        """As paramiko's, but the text (in any encoding) is not decoded, and the code is kept."""
        code = message.get_int()
        if code == SFTP_EOF:
            raise EndOfFile("end of file")
        if code != SFTP_OK:
            raise Refusal(code)

    def entries(self, folder: bytes) -> list[tuple[bytes, SFTPAttributes]]:
        """Every entry of a folder: its name as sent, its attributes (of a link itself)."""
        kind, message = self._request(CMD_OPENDIR, folder)
        handle = expect(CMD_HANDLE, kind, message).get_binary()
        found: list[tuple[bytes, SFTPAttributes]] = []
        try:
            while len(found) <= LISTING_ENTRIES_MAX:
                kind, message = self._request(CMD_READDIR, handle)
                for _ in range(expect(CMD_NAME, kind, message).get_int()):
                    name = message.get_binary()
                    message.get_binary()  # the line of ``ls -l``
                    found.append((name, attributes_of(message)))
            raise TooManyEntries
        except EndOfFile:
            pass
        self._request(CMD_CLOSE, handle)
        return [entry for entry in found if entry[0] not in (b".", b"..")]

    @contextmanager
    def opened(self, path: bytes, flags: int) -> Iterator[bytes]:
        """A file handle; closing is part of the work: a full disk may show only there."""
        kind, message = self._request(CMD_OPEN, path, flags, SFTPAttributes())
        handle = expect(CMD_HANDLE, kind, message).get_binary()
        try:
            yield handle
        except (OSError, EOFError, SFTPError) as error:
            if isinstance(error, Refusal):  # the session is sound
                self._close_quietly(handle)
            raise
        except (Exception, GeneratorExit):
            self._close_quietly(handle)
            raise
        self._request(CMD_CLOSE, handle)

    def status(self, handle: bytes) -> SFTPAttributes:
        """The attributes of an open file."""
        _, message = self._request(CMD_FSTAT, handle)
        return attributes_of(message)

    def lstat_each(self, paths: Sequence[bytes]) -> list[SFTPAttributes | None]:
        """The attributes of what is at *paths*, links not followed; ``None`` where nothing is."""
        window = Window(self)
        asked = [window.ask(CMD_LSTAT, path) for path in paths]
        found: list[SFTPAttributes | None] = []
        for number in asked:
            try:
                found.append(attributes_of(window.answer(number, CMD_ATTRS)))
            except Refusal as refusal:
                if refusal.code != SFTP_NO_SUCH_FILE:
                    raise
                found.append(None)
        return found

    def read_exactly(self, handle: bytes, size: int, under_way: int) -> Generator[bytes, None, int]:
        """*size* bytes from the start, in order, *under_way* times REQUEST_BYTES ahead.

        Returns how many came: a server may send more. Raises EndOfFile where the file ends sooner.
        """
        window = Window(self)
        asked: _Asked = deque()
        offset = done = 0
        while offset < size or asked:
            while offset < size and offset - done < under_way * REQUEST_BYTES:
                length = min(self.read_bytes, size - offset)
                number = window.ask(CMD_READ, handle, int64(offset), length)
                asked.append((number, offset, length))
                offset += length
            number, start, length = asked.popleft()
            data = window.answer(number, CMD_DATA).get_binary()
            while len(data) < length:  # a server may answer with less than asked
                rest = window.ask(CMD_READ, handle, int64(start + len(data)), length - len(data))
                more = window.answer(rest, CMD_DATA).get_binary()
                if not more:
                    raise EndOfFile("end of file")
                data += more
            done += len(data)
            yield data
        return done

    def write_all(self, handle: bytes, content: bytes, under_way: int) -> None:
        """*content* from the start of the file; every single answer is looked at."""
        window = Window(self)
        asked: deque[int] = deque()
        ahead = max(1, under_way * REQUEST_BYTES // self.write_bytes)
        for offset in range(0, len(content), self.write_bytes):
            piece = content[offset : offset + self.write_bytes]
            asked.append(window.ask(CMD_WRITE, handle, int64(offset), piece))
            if len(asked) >= ahead:  # half of them: each wait sends a packet that is not full
                _settle(window, asked, ahead // 2)
        _settle(window, asked, 0)

    def _close_quietly(self, handle: bytes) -> None:
        with suppress(Exception):  # whatever fails here, the error under way is the one to tell
            self._request(CMD_CLOSE, handle)


class Window:
    """Requests under way; the server may answer them in any order."""

    def __init__(self, client: WireClient) -> None:
        self._client = client
        self._answers: dict[int, tuple[int, Message]] = {}

    def ask(self, kind: int, *arguments: object) -> int:
        return self._client._async_request(self, kind, *arguments)

    def answer(self, number: int, expected: int) -> Message:
        while number not in self._answers:
            self._client._read_response()
        kind, message = self._answers.pop(number)
        if kind == CMD_STATUS:
            self._client._convert_status(message)
        return expect(expected, kind, message)

    def _async_response(self, kind: int, message: Message, number: int) -> None:
        """Called by paramiko for each answer to a request of ours."""
        self._answers[number] = (kind, message)


def _settle(window: Window, asked: deque[int], left: int) -> None:
    while len(asked) > left:
        window.answer(asked.popleft(), CMD_STATUS)


def expect(expected: int, kind: int, message: Message) -> Message:
    if kind != expected:
        raise SFTPError("an answer of another kind")
    return message


def attributes_of(message: Message) -> SFTPAttributes:
    # paramiko has no public way to read attributes off the wire.
    # The stubs leave private methods out; it is in PRIVATE_NAMES, which a test holds to paramiko.
    attributes: SFTPAttributes = SFTPAttributes._from_msg(message)  # type: ignore[attr-defined]
    return attributes
