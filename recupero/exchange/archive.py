"""Moving away what was taken in: after the commit, under a name that says day and content."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from contextlib import suppress
from datetime import date
from typing import Literal

from recupero.errors import FileMoved, RemoteRefused
from recupero.exchange.pickup import Fetched, side_digest
from recupero.exchange.remote import Remote, RemoteFile, shown
from recupero.profiles.side_file import SIDE_SUFFIX

ARCHIVED_NAME_MAX = 120

_ARCHIVED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-(.*?(\.[0-9]+)?)$", re.DOTALL)

Archived = Literal["moved", "gone", "left"]


class Archive:
    """How often each file lies in an archive folder, of whatever day.

    Listed once, when it is first asked for; nothing is in it where it may not be listed.
    """

    def __init__(self, remote: Remote, folder: str) -> None:
        self._remote = remote
        self._folder = folder
        self._copies: Counter[str] | None = None

    def copies(self, name: str, digest: str) -> int:
        """How many files of that name and *digest* there are."""
        if self._copies is None:
            self._copies = Counter()
            with suppress(RemoteRefused):
                listed = (_ARCHIVED.match(file.name) for file in self._remote.list(self._folder))
                self._copies.update(name for found in listed if found for name in _names(found))
        return self._copies[_undated(name, digest)]

    def add(self, name: str, digest: str) -> None:
        """One more was moved there."""
        if self._copies is not None:
            self._copies[_undated(name, digest)] += 1


def archive(
    remote: Remote, inbox: str, archive_folder: str, fetched: Fetched, business_date: date
) -> Archived:
    """Move a file away after the commit that made it ours, and its side file after it.

    ``gone``: it is no longer there, so an earlier run moved it (or the institution took it).
    ``left``: under its name there is now another version, which the next poll will read.
    """
    now, side = remote.stat_each(inbox, [fetched.name, fetched.name + SIDE_SUFFIX])
    target = archived_name(fetched.name, fetched.digest, business_date)
    if now is None:
        result: Archived = "gone"
    elif not _is_version(fetched, now):
        return "left"
    else:
        moved_to = _move(remote, inbox, fetched.name, archive_folder, target)
        if moved_to and not _is_archived(remote, archive_folder, moved_to, fetched):
            # Written over between the look and the move.
            _give_back(remote, archive_folder, moved_to, inbox, fetched.name)
            return "left"
        result = "moved" if moved_to else "gone"
    stated = {fetched.digest, fetched.side_digest}
    _archive_side_file(remote, inbox, side, archive_folder, target, stated)
    return result


def _is_version(fetched: Fetched, now: RemoteFile) -> bool:
    return (now.size, now.mtime, now.regular) == (fetched.size_bytes, fetched.modified_at, True)


def _is_archived(remote: Remote, folder: str, name: str, fetched: Fetched) -> bool:
    """Whether what was moved is what was read; a server may give it another time, or take it."""
    moved = remote.stat(folder, name)
    if moved is None or _is_version(fetched, moved):
        return True
    return _holds(remote, folder, moved, fetched.digest, fetched.size_bytes)


def _holds(remote: Remote, folder: str, file: RemoteFile, digest: str, size_bytes: int) -> bool:
    """Whether *file* of the archive is the one of *digest*.

    Where it may not be read there, its size decides: given back it would come again for ever.
    """
    if file.size != size_bytes or not file.regular:
        return False
    hasher = hashlib.sha256()
    try:
        for piece in remote.read(folder, file.name):
            hasher.update(piece)
    except RemoteRefused:
        return True
    except FileMoved:  # taken from there; or whoever wrote it is writing still
        return remote.stat(folder, file.name) is None
    return hasher.hexdigest() == digest


def give_back_unread(
    remote: Remote,
    inbox: str,
    archive_folder: str,
    name: str,
    digest: str,
    size_bytes: int,
    business_date: date,
) -> bool:
    """Move the last file that was archived as one of that *digest*, and is another, back to the
    inbox under its *name*; whether it has to wait there, because the name is taken.

    Called where a pull ended between a move and the look at what was moved. Its sender, who saw it
    go, may have sent the next one under the same name since: neither takes the other's place.
    """
    target = archived_name(name, digest, business_date)
    number = _copies(remote, archive_folder, target)
    last = remote.stat(archive_folder, _numbered(target, number)) if number else None
    if last is None or _holds(remote, archive_folder, last, digest, size_bytes):
        return False
    return not _give_back(remote, archive_folder, last.name, inbox, name)


def _give_back(remote: Remote, archive_folder: str, archived: str, inbox: str, name: str) -> bool:
    """Move what nobody has read back; whether it went. Where the sender has written once more
    since, it stays: had that been while we moved it, it would be gone without us.

    Raises RemoteRefused where it may not go back, and would be lost in silence.
    """
    try:
        remote.rename(archive_folder, archived, inbox, name)
    except RemoteRefused:
        if remote.stat(inbox, name) is None:
            raise RemoteRefused(
                "a file replaced as it was archived may not be moved back unread",
                shown(archive_folder, archived),
                "move the archive's newest file back to the inbox by hand",
            ) from None
        return False
    return True


def archive_side_file(
    remote: Remote,
    inbox: str,
    archive_folder: str,
    name: str,
    digest: str,
    business_date: date,
    stated: str | None = None,
) -> Archived:
    """Move ``NAME.sha256`` after the file of that *digest*, if it states that, or still what was
    *stated* when the file was read: then it was perhaps still being written.

    Called alone it mends a crash between the two moves, which leaves a ``side_file_alone``.
    """
    side = remote.stat(inbox, name + SIDE_SUFFIX)
    target = archived_name(name, digest, business_date)
    return _archive_side_file(remote, inbox, side, archive_folder, target, {digest, stated})


def _archive_side_file(
    remote: Remote,
    inbox: str,
    side: RemoteFile | None,
    archive_folder: str,
    target: str,
    stated: set[str | None],
) -> Archived:
    if side is None:
        return "gone"
    try:
        if side_digest(remote, inbox, side) not in stated:
            return "left"
    except FileMoved:
        return "left"
    moved = _move(remote, inbox, side.name, archive_folder, target + SIDE_SUFFIX)
    return "moved" if moved else "gone"


def lacks_side_file(
    remote: Remote, archive_folder: str, name: str, digest: str, business_date: date
) -> bool:
    """Whether the archive holds more files of that name and *digest* than their side files."""
    target = archived_name(name, digest, business_date)
    sides = _copies(remote, archive_folder, target + SIDE_SUFFIX)
    return _copies(remote, archive_folder, target) > sides


def archived_name(name: str, digest: str, business_date: date) -> str:
    """``2026-03-31-<first 12 of the digest>-<name in plain ASCII>``."""
    return f"{business_date.isoformat()}-{_undated(name, digest)}"


def _undated(name: str, digest: str) -> str:
    return f"{digest[:12]}-{safe_name(name)}"


def _names(found: re.Match[str]) -> set[str]:
    """What a file in the archive may be called without its day: the number may be its own."""
    undated, number = found.groups()
    return {undated, undated.removesuffix(number or "")}


def safe_name(name: str) -> str:
    """*name* in plain ASCII; different names may become one."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^A-Za-z0-9._-]", "_", plain)[-ARCHIVED_NAME_MAX:]


def _move(remote: Remote, inbox: str, name: str, archive_folder: str, target: str) -> str:
    """Rename to the first free name, and tell it; an empty one where there is nothing to move.

    The same file may have come, and been archived, before.
    """
    try:
        remote.rename(inbox, name, archive_folder, target)
    except RemoteRefused:
        if remote.stat(inbox, name) is None:  # somebody was faster
            return ""
        before = _copies(remote, archive_folder, target)
        if not before:
            raise
        target = _numbered(target, before + 1)
        remote.rename(inbox, name, archive_folder, target)
    return target


def _copies(remote: Remote, folder: str, target: str) -> int:
    number = 0
    while remote.stat(folder, _numbered(target, number + 1)) is not None:
        number += 1
    return number


def _numbered(target: str, number: int) -> str:
    return target if number == 1 else f"{target}.{number}"
