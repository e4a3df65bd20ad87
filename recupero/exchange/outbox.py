"""Handing a document over: whole under its final name, or not visible at all.

Over SFTP a delivery can be promised at least once, not exactly once: when the reply to the
rename is lost and the institution has already taken the file, nobody can tell. Names are
deterministic, so that it can be recognised on the other side.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Literal

from recupero.errors import DeliveryConflict, FileMoved, RemoteRefused, RemoteUnavailable
from recupero.exchange.remote import Remote, shown

Delivery = Literal["sent", "already"]


def deliver(
    remote: Remote,
    folder: str,
    name: str,
    content: bytes,
    confirm: Callable[[], None] = lambda: None,
) -> Delivery:
    """Put *content* into *folder* under *name*; a second call finds it there and does nothing.

    *confirm* is asked last, before the document becomes visible; what it raises keeps it hidden.
    Raises DeliveryConflict where the name is taken by other content, RemoteUnavailable where
    what was stored does not read back as what was sent.
    """
    if is_in_place(remote, folder, name, content):
        return "already"
    temporary = f".{name}.part"
    remote.write(folder, temporary, content)
    if not _reads_back(remote, folder, temporary, content):
        _discard(remote, folder, temporary)
        raise RemoteUnavailable("what was stored is not what was sent", shown(folder, name))
    confirm()
    try:
        remote.rename(folder, temporary, folder, name)
    except RemoteRefused:
        _discard(remote, folder, temporary)
        # The name may have been taken while we wrote: by equal content, or by something else.
        if is_in_place(remote, folder, name, content):
            return "already"
        raise
    return "sent"


def is_in_place(remote: Remote, folder: str, name: str, content: bytes) -> bool:
    """Whether *folder* has *content* under *name*; DeliveryConflict where it has other content."""
    there = remote.stat(folder, name)
    if there is None:
        return False
    if there.size in (None, len(content)) and _reads_back(remote, folder, name, content):
        return True
    raise DeliveryConflict("exists with other content", shown(folder, name), "move it away by hand")


def _reads_back(remote: Remote, folder: str, name: str, content: bytes) -> bool:
    """Compare as it arrives, so that a large document is not held twice."""
    offset, equal = 0, True
    try:
        for piece in remote.read(folder, name):
            equal = equal and content[offset : offset + len(piece)] == piece
            offset += len(piece)
    except FileMoved as moved:  # the institution takes it just now
        raise RemoteUnavailable("changed while it was compared", moved.where) from None
    return equal and offset == len(content)


def _discard(remote: Remote, folder: str, temporary: str) -> None:
    with contextlib.suppress(RemoteRefused):  # what stays is hidden, and the next try's to replace
        remote.remove(folder, temporary)
