"""Moving away what was taken in: after the commit, under a name that says day and content."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Literal

from recupero.errors import FileMoved, RemoteRefused
from recupero.exchange.pickup import Fetched, side_digest
from recupero.exchange.remote import Remote
from recupero.profiles.side_file import SIDE_SUFFIX

ARCHIVED_NAME_MAX = 120

Archived = Literal["moved", "gone", "left"]


def archive(
    remote: Remote, inbox: str, archive_folder: str, fetched: Fetched, business_date: date
) -> Archived:
    """Move a file away after the commit that made it ours, and its side file after it.

    ``gone``: it is no longer there, so an earlier run moved it (or the institution took it).
    ``left``: under its name there is now another version, which the next poll will read.
    """
    now = remote.stat(inbox, fetched.name)
    if now is None:
        result: Archived = "gone"
    elif (now.size, now.mtime, now.regular) != (fetched.size_bytes, fetched.modified_at, True):
        return "left"
    else:
        target = archived_name(fetched.name, fetched.digest, business_date)
        result = _move(remote, inbox, fetched.name, archive_folder, target)
    archive_side_file(
        remote,
        inbox,
        archive_folder,
        fetched.name,
        fetched.digest,
        business_date,
        fetched.side_digest,
    )
    return result


def archive_side_file(
    remote: Remote,
    inbox: str,
    archive_folder: str,
    name: str,
    digest: str,
    business_date: date,
    stated: str | None = None,
) -> Archived:
    """Move ``NAME.sha256`` after the file of that *digest*, if it still says what was *stated*.

    *stated* is the file's own digest unless given. Called alone it mends a crash between the
    two moves, which leaves a ``side_file_alone``.
    """
    side = remote.stat(inbox, name + SIDE_SUFFIX)
    if side is None:
        return "gone"
    try:
        if side_digest(remote, inbox, side) != (digest if stated is None else stated):
            return "left"
    except FileMoved:
        return "left"
    target = archived_name(name, digest, business_date) + SIDE_SUFFIX
    return _move(remote, inbox, name + SIDE_SUFFIX, archive_folder, target)


def lacks_side_file(
    remote: Remote, archive_folder: str, name: str, digest: str, business_date: date
) -> bool:
    """Whether the archive holds more files of that name and *digest* than their side files."""
    target = archived_name(name, digest, business_date)
    sides = _copies(remote, archive_folder, target + SIDE_SUFFIX)
    return _copies(remote, archive_folder, target) > sides


def archived_copies(remote: Remote, archive_folder: str, name: str, digest: str) -> int:
    """How many files of that name and *digest* the archive holds, of whatever day.

    None where it may not be listed.
    """
    called = re.escape(f"-{digest[:12]}-{safe_name(name)}")
    pattern = re.compile(rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{called}(?:\.[0-9]+)?")
    try:
        return sum(bool(pattern.fullmatch(file.name)) for file in remote.list(archive_folder))
    except RemoteRefused:
        return 0


def archived_name(name: str, digest: str, business_date: date) -> str:
    """``2026-03-31-<first 12 of the digest>-<name in plain ASCII>``."""
    return f"{business_date.isoformat()}-{digest[:12]}-{safe_name(name)}"


def safe_name(name: str) -> str:
    """*name* in plain ASCII; different names may become one."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^A-Za-z0-9._-]", "_", plain)[-ARCHIVED_NAME_MAX:]


def _move(remote: Remote, inbox: str, name: str, archive_folder: str, target: str) -> Archived:
    """Rename to the first free name: the same file may have come, and been archived, before."""
    free = _numbered(target, _copies(remote, archive_folder, target) + 1)
    try:
        remote.rename(inbox, name, archive_folder, free)
    except RemoteRefused:
        if remote.stat(inbox, name) is None:  # somebody was faster
            return "gone"
        raise
    return "moved"


def _copies(remote: Remote, folder: str, target: str) -> int:
    number = 0
    while remote.stat(folder, _numbered(target, number + 1)) is not None:
        number += 1
    return number


def _numbered(target: str, number: int) -> str:
    return target if number == 1 else f"{target}.{number}"
