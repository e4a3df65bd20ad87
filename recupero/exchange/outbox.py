"""Handing a document over: whole under its final name, or not visible at all.

Over SFTP exactly-once delivery cannot be promised: when the reply to the rename is lost and the
institution has already taken the file, nobody can tell. That is told as uncertain, not sent again
in silence. Names are deterministic, so that what is sent again can be recognised over there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Literal

from recupero.errors import (
    DeliveryConflict,
    ExchangeError,
    FileMoved,
    RemoteRefused,
    RemoteUnavailable,
)
from recupero.exchange.remote import Remote, shown

Delivery = Literal["sent", "already", "uncertain"]
Withholding = Literal["already", "withheld", "uncertain"]


def deliver(
    remote: Remote,
    folder: str,
    name: str,
    content: bytes,
    confirm: Callable[[], None] = lambda: None,
    *,
    attempted: bool = False,
) -> Delivery:
    """Put *content* into *folder* under *name*; a second call finds it there and does nothing.

    *confirm* is asked last, before the document becomes visible; what it raises keeps it hidden.
    *attempted* says that a call before this one came that far and its end is not known: where
    neither the document is there nor what was hidden, it is "uncertain" and nothing is sent.
    Raises DeliveryConflict where the name is taken by other content, RemoteUnavailable where
    what was stored does not read back as what was sent.
    """
    temporary = _hidden(name)
    # Looked for before the name: a rename that the server has yet to do takes it away from here.
    left = remote.stat(folder, temporary)
    if is_in_place(remote, folder, name, content):
        if left is not None:
            _discard(remote, folder, temporary)
        return "already"
    if attempted and left is None:
        return "uncertain"
    # What is whole is not written anew: such a rename would show it while it is not.
    if left is None or not _reads_back(remote, folder, temporary, content):
        _hide(remote, folder, name, content, attempted)
    confirm()
    return _shown(remote, folder, name, content)


def _hide(remote: Remote, folder: str, name: str, content: bytes, attempted: bool) -> None:
    """Store it under its hidden name. What is of no use there goes, unless an attempt left it."""
    try:
        remote.write(folder, _hidden(name), content)
    except RemoteRefused as refusal:  # a full disk, mostly
        failure: ExchangeError = refusal
    else:
        if _reads_back(remote, folder, _hidden(name), content):
            return
        failure = RemoteUnavailable("what was stored is not what was sent", shown(folder, name))
    if not attempted:
        _discard(remote, folder, _hidden(name))
    raise failure


def _shown(remote: Remote, folder: str, name: str, content: bytes) -> Delivery:
    """Rename what is hidden, which after a refusal stays there: that it is tells the next call
    that it was not visible."""
    try:
        remote.rename(folder, _hidden(name), folder, name)
    except RemoteRefused:
        # The name may have been taken while we wrote: by equal content, or by something else.
        if is_in_place(remote, folder, name, content):
            _discard(remote, folder, _hidden(name))
            return "already"
        raise
    return "sent"


def withhold(
    remote: Remote, folder: str, name: str, content: bytes, *, attempted: bool
) -> Withholding:
    """Let *content* become visible no more, and say whether it has been: "already" where it is.

    Where nothing is left of one that was *attempted*, nobody can tell: it is "uncertain".
    """
    # Taken away before the name is looked for: after that no rename can show it any more. Killed
    # before the outcome is recorded, the next call finds nothing left and says "uncertain" of what
    # was never visible. Removed after that it might become visible though recorded as withheld: a
    # contact that nobody knows of, where this one only asks the institution.
    hidden = _taken_away(remote, folder, _hidden(name))
    with contextlib.suppress(DeliveryConflict):  # other content under its name: ours is not there
        if is_in_place(remote, folder, name, content):
            return "already"
    return "uncertain" if attempted and not hidden else "withheld"


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


def _hidden(name: str) -> str:
    """The same for every try: what one left says to the next how far it came."""
    return f".{name}.part"


def _taken_away(remote: Remote, folder: str, temporary: str) -> bool:
    """Whether *temporary* was there to the last; what cannot be removed stays hidden."""
    if remote.stat(folder, temporary) is None:
        return False
    try:
        remote.remove(folder, temporary)
    except RemoteRefused:
        return remote.stat(folder, temporary) is not None
    return True


def _discard(remote: Remote, folder: str, temporary: str) -> None:
    with contextlib.suppress(RemoteRefused):  # what stays is hidden, and the next try's to replace
        remote.remove(folder, temporary)
