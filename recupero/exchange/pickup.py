"""Taking files in: only whole ones, only once settled.

A file is settled when its ``.sha256`` side file agrees with it, or, where the layout asks for no
side file, when two looks ``poll_seconds`` apart see the same size and time. Equal size and time
prove nothing about an overwrite in place: only a side file, or an institution that renames its
uploads into place, does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from recupero.errors import FileMoved, RemoteRefused
from recupero.exchange.read_ahead import GROUP_FILES, read_ahead
from recupero.exchange.remote import SMALL_BYTES, Readable, Remote, RemoteFile, escape_name
from recupero.exchange.sessions import Sessions
from recupero.exchange.vault import Arrival
from recupero.profiles.side_file import SIDE_BYTES_MAX, SIDE_SUFFIX, stated_digest

TEMPORARY_SUFFIXES = (".part", ".tmp", ".filepart")
NAME_BYTES_MAX = 200
FILE_BYTES_MAX = 4 << 30

Reason = Literal[
    "name_empty",  # the entry has no name
    "name_not_utf8",  # its bytes are not UTF-8
    "name_hostile",  # control characters, slashes, or other unprintable ones
    "name_too_long",  # over 200 bytes
    "not_regular",  # a folder, a link, a pipe
    "unfinished",  # hidden, or under a name that senders use until an upload is whole
    "not_settled",  # size or time unknown or still changing: next poll
    "moved",  # changed or went while it was read: next poll
    "too_large",  # over FILE_BYTES_MAX
    "unreadable",  # the server refuses to give it
    "side_file_missing",  # the layout wants NAME.sha256 and it is not there yet
    "side_file_alone",  # NAME.sha256 without NAME
    "not_moved",  # it was taken, and the server refuses to move it to the archive, or back from it
]


@dataclass(frozen=True)
class Fetched:
    """One whole file. ``modified_at`` is the server's time in seconds, only to be compared.

    ``content`` can be placed in its vault until the next file is asked for. ``digest`` is its
    SHA-256, hexadecimal. ``side_digest`` is what ``NAME.sha256`` states, in lower case, empty where
    that file holds no digest, or ``None`` without one. What a disagreement means is the layout's
    business.
    """

    name: str
    content: Arrival
    digest: str
    size_bytes: int
    modified_at: int
    side_digest: str | None = None

    @property
    def side_agrees(self) -> bool | None:
        """Whether the side file states this content; ``None`` without a side file."""
        return None if self.side_digest is None else self.side_digest == self.digest


@dataclass(frozen=True)
class Skipped:
    """An entry that was not taken, or not taken away, its name made printable."""

    name_escaped: str
    reason: Reason


_WithSide = tuple[RemoteFile, RemoteFile | None]
Receive = Callable[[Iterable[bytes]], Arrival]


def fetch_each(
    sessions: Sessions,
    folder: str,
    receive: Receive,
    *,
    poll_seconds: float,
    wants_side_file: Callable[[str], bool] = lambda _name: False,
    wait: Callable[[float], None] = time.sleep,
) -> Generator[Fetched | Skipped]:
    """Everything in *folder* that has settled, one file at a time, and what was skipped and why.

    *receive* takes their bytes in, from several threads where there are several sessions. Raises
    RemoteUnavailable when the session ends; a file the server refuses is skipped.
    """
    skipped, files, sides = _sorted_out(sessions.first.list(folder))
    waiting: list[RemoteFile] = []
    beside: list[_WithSide] = []
    for file in files:
        side = sides.get(file.name + SIDE_SUFFIX)
        if side is not None:
            beside.append((file, side))
        elif wants_side_file(file.name):
            skipped.append(Skipped(escape_name(file.name), "side_file_missing"))
        else:
            waiting.append(file)
    yield from skipped
    with closing(_fetched(sessions, folder, beside, receive)) as fetched:
        for file, found in fetched:
            if isinstance(found, Fetched) and found.side_agrees:
                yield found
            else:  # perhaps one of the two is still under way
                waiting.append(file)
    if not waiting:
        return
    wait(poll_seconds)
    again = {file.name: file for file in sessions.first.list(folder)}
    settled: list[_WithSide] = []
    for file in sorted(waiting, key=lambda file: file.name):
        if file.same_version(again.get(file.name)):
            settled.append((file, again.get(file.name + SIDE_SUFFIX)))
        else:
            yield Skipped(escape_name(file.name), "not_settled")
    with closing(_fetched(sessions, folder, settled, receive)) as fetched:
        for _, found in fetched:
            yield found


def _sorted_out(
    listed: list[RemoteFile],
) -> tuple[list[Skipped], list[RemoteFile], dict[str, RemoteFile]]:
    """Entries not to be read, files, and side files by name."""
    skipped: list[Skipped] = []
    files: list[RemoteFile] = []
    sides: dict[str, RemoteFile] = {}
    for file in listed:
        reason = _objection(file)
        if reason is not None:
            skipped.append(Skipped(escape_name(file.name), reason))
        elif file.name.endswith(SIDE_SUFFIX):
            sides[file.name] = file
        else:
            files.append(file)
    names = {file.name for file in files}
    for name in sides:
        if name.removesuffix(SIDE_SUFFIX) not in names:
            skipped.append(Skipped(escape_name(name), "side_file_alone"))
    return skipped, files, sides


def _objection(file: RemoteFile) -> Reason | None:
    """Why an entry is refused by what the listing says of it."""
    if not file.name:
        return "name_empty"
    if any(0xDC80 <= ord(character) <= 0xDCFF for character in file.name):
        return "name_not_utf8"
    if "/" in file.name or not file.name.isprintable():
        return "name_hostile"
    if len(file.name.encode("utf-8")) > NAME_BYTES_MAX:
        return "name_too_long"
    if not file.regular:
        return "not_regular"
    if file.name.startswith(".") or file.name.lower().endswith(TEMPORARY_SUFFIXES):
        return "unfinished"
    if file.size is not None and file.size > FILE_BYTES_MAX:
        return "too_large"
    return None


def _fetched(
    sessions: Sessions, folder: str, files: list[_WithSide], receive: Receive
) -> Generator[tuple[RemoteFile, Fetched | Skipped]]:
    """Each file for as long as it is looked at."""

    def fetch(remote: Remote, group: list[_WithSide]) -> list[Fetched | Skipped]:
        ahead = read_ahead(remote, folder, filter(None, chain.from_iterable(group)))
        return [_fetch(ahead, folder, *file, receive) for file in group]

    with closing(sessions.each(_grouped(files), fetch, _let_go, len)) as each:
        for group, found in each:
            try:
                yield from zip((file for file, _ in group), found, strict=True)
            finally:
                _let_go(found)


def _grouped(files: list[_WithSide]) -> list[list[_WithSide]]:
    """Neighbours that are small together, if there are many of them; any other alone."""
    groups: list[list[_WithSide]] = []
    room = 0
    for file in files:
        small = file[0].size is not None and file[0].size <= SMALL_BYTES
        if not small or not room:
            groups.append([])
            room = GROUP_FILES if len(files) >= GROUP_FILES else 1
        room = room - 1 if small else 0
        groups[-1].append(file)
    return groups


def _let_go(found: list[Fetched | Skipped]) -> None:
    for one in found:
        if isinstance(one, Fetched):
            one.content.close()


def _fetch(
    remote: Readable,
    folder: str,
    file: RemoteFile,
    side: RemoteFile | None,
    receive: Receive,
) -> Fetched | Skipped:
    if file.size is None or file.mtime is None:
        return Skipped(escape_name(file.name), "not_settled")
    try:
        stated = None if side is None else side_digest(remote, folder, side)
        content = receive(remote.read(folder, file.name, file))
    except FileMoved:
        return Skipped(escape_name(file.name), "moved")
    except RemoteRefused:
        return Skipped(escape_name(file.name), "unreadable")
    return Fetched(file.name, content, content.digest, file.size, file.mtime, stated)


def side_digest(remote: Readable, folder: str, side: RemoteFile) -> str:
    """The one digest a side file states, else an empty text."""
    if side.size is None or side.size > SIDE_BYTES_MAX:
        return ""
    return stated_digest(b"".join(remote.read(folder, side.name)))
