"""Small files, many at a time: three round trips for all of them, where one alone takes six.

Opened first, then read, and only once every answer with data is here is asked what the files now
are: on the open handle, and under their names. Requests about one handle are answered as if one
after the other (draft-ietf-secsh-filexfer-02, 6.1), so the closing may follow the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paramiko import SFTPAttributes
from paramiko.sftp import (
    CMD_ATTRS,
    CMD_CLOSE,
    CMD_DATA,
    CMD_FSTAT,
    CMD_HANDLE,
    CMD_LSTAT,
    CMD_OPEN,
    CMD_READ,
    CMD_STATUS,
    SFTP_FLAG_READ,
    SFTP_NO_SUCH_FILE,
    int64,
)

from recupero.exchange.sftp_wire import EndOfFile, Refusal, Window, WireClient, attributes_of


@dataclass
class Small:
    """One file: its bytes, and what it was right after they came; or why there are none.

    ``named`` is ``None`` where nothing is under its name any more. ``error`` is the server's
    refusal, or EndOfFile where the file ends sooner than it should.
    """

    path: bytes
    size: int
    content: bytes = b""
    handle: bytes | None = None
    held: SFTPAttributes | None = None
    named: SFTPAttributes | None = None
    error: Refusal | EndOfFile | None = None


def read_small(client: WireClient, files: Sequence[tuple[bytes, int]]) -> list[Small]:
    """Files by path and size, in order; each of a size that one request can ask for."""
    window = Window(client)
    found = [Small(path, size) for path, size in files]
    _open(window, found)
    opened = [one for one in found if one.handle is not None]
    _read(window, opened)
    _close(window, opened)
    return found


def _open(window: Window, files: list[Small]) -> None:
    asked = [window.ask(CMD_OPEN, one.path, SFTP_FLAG_READ, SFTPAttributes()) for one in files]
    for one, number in zip(files, asked, strict=True):
        try:
            one.handle = window.answer(number, CMD_HANDLE).get_binary()
        except Refusal as refusal:
            one.error = refusal


def _read(window: Window, files: list[Small]) -> None:
    wanted = [one for one in files if one.size]
    asked = [window.ask(CMD_READ, one.handle, int64(0), one.size) for one in wanted]
    for one, number in zip(wanted, asked, strict=True):
        try:
            one.content = window.answer(number, CMD_DATA).get_binary()
            while len(one.content) < one.size:  # a server may answer with less than asked
                have = len(one.content)
                rest = window.ask(CMD_READ, one.handle, int64(have), one.size - have)
                more = window.answer(rest, CMD_DATA).get_binary()
                if not more:
                    raise EndOfFile("end of file")
                one.content += more
        except (Refusal, EndOfFile) as error:
            one.error = error


def _close(window: Window, files: list[Small]) -> None:
    asked = [
        (
            window.ask(CMD_FSTAT, one.handle),
            window.ask(CMD_CLOSE, one.handle),
            window.ask(CMD_LSTAT, one.path),
        )
        for one in files
    ]
    for one, (held, closed, named) in zip(files, asked, strict=True):
        for number, answer in ((held, CMD_ATTRS), (closed, CMD_STATUS), (named, CMD_ATTRS)):
            try:
                message = window.answer(number, answer)
            except Refusal as refusal:
                gone = number == named and refusal.code == SFTP_NO_SUCH_FILE
                one.error = one.error or (None if gone else refusal)
                continue
            if number == held:
                one.held = attributes_of(message)
            elif number == named:
                one.named = attributes_of(message)
