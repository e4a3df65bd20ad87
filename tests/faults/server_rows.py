"""Taking files in from servers that refuse, forget or are not who they were; our own full disk."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from recupero.errors import (
    DiskFull,
    HostKeyMismatch,
    RemoteRefused,
)
from recupero.exchange import objects
from recupero.exchange.spool import Spools
from recupero.steps.deliver import Delivered
from recupero.steps.incident import open_incidents
from recupero.steps.notices import noticed
from recupero.steps.pull import Pulled
from tests.faults.row import ODD, Row
from tests.faults.servers import OPENSSH
from tests.faults.site import DAY, Site, differently


def _archive_name_taken(site: Site) -> None:
    """On a server whose rename replaces, the archive of the same name and bytes is still there."""
    site.server.quirks.rename_overwrites = True
    name, content = site.name(), site.content(1000)
    for received, again in ((1, 0), (0, 1)):
        site.put(name, content)
        assert site.pull() == Pulled(received, again, 0)
    assert site.receipts() == [(name, content)]
    assert list(site.folder("archive").values()) == [content, content]


def _works_with(**quirks: object) -> Callable[[Site], None]:
    """A pick-up and a delivery over what another delivery left, as on any server."""

    def proof(site: Site) -> None:
        for quirk, value in quirks.items():
            setattr(site.server.quirks, quirk, value)
        name, content = site.name(), site.content()
        site.put(name, content)
        assert site.pull() == Pulled(1, 0, 0)
        site.taken_once({name: content})
        paper = site.paper(content)
        (site.server.root / "outbox" / f".{paper}.part").write_bytes(content * 2)
        assert site.deliver() == Delivered(1, 0, 0)
        site.in_place({paper: content})

    return proof


def _states_nothing(site: Site) -> None:
    name, content = site.name(), site.content(1000)
    site.put(name, content)
    site.server.quirks.states_nothing = True
    assert site.pull() == Pulled(0, 0, 1)
    site.untouched({name: content})
    site.server.quirks.forget()
    assert site.pull() == Pulled(1, 0, 0)
    site.taken_once({name: content})


def _long_listing(site: Site) -> None:
    """More names than any of the servers puts into one answer."""
    for number in range(400):
        site.put(f".{number}", b"")
    name, content = site.name(), site.content(1000)
    site.put(name, content)
    assert site.pull() == Pulled(1, 0, 400)
    assert site.receipts() == [(name, content)]
    assert len(site.folder("inbox")) == 400


def _listing_ends_early(site: Site) -> None:
    files = {site.name(): site.content(1000) for _ in range(5)}
    for name, content in files.items():
        site.put(name, content)
    site.server.quirks.lists_at_most = 2
    assert [site.pull().received for _ in range(4)] == [2, 2, 1, 0]
    site.taken_once(files)


def _one_denied(site: Site) -> None:
    denied, name = site.name(), site.name()
    content = site.content(1000)
    site.put(denied, content)
    site.put(name, differently(content))
    site.server.quirks.denied = denied
    assert site.pull() == Pulled(1, 0, 1)
    assert site.receipts() == [(name, differently(content))]
    assert site.folder("inbox") == {denied: content}
    site.server.quirks.forget()
    assert site.pull() == Pulled(1, 0, 0)
    site.taken_once({name: differently(content), denied: content})


def _archive_refused(site: Site) -> None:
    first, other = (site.name(), site.content(1000)), (site.name(), site.content(1000))
    for name, content in (first, other):
        site.put(name, content)
    site.server.quirks.fixed = first[0]
    assert site.pull() == Pulled(2, 0, 1)
    assert site.pull() == Pulled(0, 1, 1)
    assert site.receipts() == [first, other]
    assert site.folder("inbox") == dict([first])
    assert list(site.folder("archive").values()) == [other[1]]
    with site.services.store.unit(site.code) as unit:
        assert [(one["kind"], one["times"]) for one in open_incidents(unit)] == [("refused", 2)]
        assert noticed(unit, DAY)["not_moved"] == 1
    site.server.quirks.forget()
    assert site.pull() == Pulled(0, 1, 0)
    site.taken_once(dict([first, other]))
    with site.services.store.unit(site.code) as unit:
        assert open_incidents(unit) == []


def _another_key(site: Site) -> None:
    name, content = site.name(), site.content(1000)
    site.put(name, content)
    with pytest.raises(HostKeyMismatch):
        site.pull(fingerprints=["SHA256:" + "A" * 43])
    site.untouched({name: content})
    assert site.pull(fingerprints=["SHA256:" + "A" * 43, *site.server.connection.fingerprints])
    site.taken_once({name: content})


def _no_folder(site: Site) -> None:
    name, content = site.name(), site.content(1000)
    site.put(name, content)
    inbox = site.server.root / "inbox"
    inbox.rename(inbox.with_name("elsewhere"))
    try:
        with pytest.raises(RemoteRefused, match="no such file or folder"):
            site.pull()
    finally:
        inbox.with_name("elsewhere").rename(inbox)
    site.untouched({name: content})
    assert site.pull() == Pulled(1, 0, 0)
    site.taken_once({name: content})


def _our_disk_full_while_fetching(site: Site) -> None:
    """The kernel's own device that is always full, in the place of the spool."""
    name, content = site.name(), site.content(2_000_000)
    site.put(name, content)

    def laid_down(_spools: Spools) -> tuple[Path, int]:
        return Path("/nowhere/arriving"), os.open("/dev/full", os.O_WRONLY)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Spools, "lay_down", laid_down)
        with pytest.raises(DiskFull):
            site.pull()
    site.untouched({name: content})
    assert site.pull() == Pulled(1, 0, 0)
    site.taken_once({name: content})


def _our_disk_full_in_the_vault(site: Site) -> None:
    name, content = site.name(), site.content(1000)
    site.put(name, content)

    def no_room(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(objects.os, "fsync", no_room)
        with pytest.raises(DiskFull):
            site.pull()
    site.untouched({name: content})
    assert site.pull() == Pulled(1, 0, 0)
    site.taken_once({name: content})


ROWS = (
    Row(
        "A file is archived a second time, on a server whose rename overwrites",
        "Both copies are in the archive",
        _archive_name_taken,
        unless=ODD,
    ),
    Row(
        "A server that does not know OpenSSH's own rename",
        "Files are taken and papers delivered as on any",
        _works_with(no_posix_rename=True),
        unless=ODD,
    ),
    Row(
        "A server that ignores 'only if it is new' and file modes",
        "Files are taken and papers delivered as on any, over what a dead try left",
        _works_with(ignores_exclusive_and_mode=True),
        unless=ODD,
    ),
    Row(
        "A server that states neither size nor time of a file",
        "The file is left and waits: it cannot be told whether it is whole",
        _states_nothing,
        unless=ODD,
    ),
    Row(
        "A listing of hundreds of names, in many answers",
        "All of it is seen",
        _long_listing,
    ),
    Row(
        "A server that lists a few names and then no more",
        "What it lists is taken; the next tries take the others, each once",
        _listing_ends_early,
        unless=ODD,
    ),
    Row(
        "A file in the inbox that we may not read",
        "It is left and counted, the others are taken; once allowed it is taken, once",
        _one_denied,
        unless={OPENSSH: "we may be root there"},
    ),
    Row(
        "The server refuses to move a registered file to the archive",
        "It stays registered once, the others are taken and moved, every night hears of it; once "
        "allowed it is moved",
        _archive_refused,
        unless=ODD,
    ),
    Row(
        "The server shows another host key than the one that was agreed",
        "Nothing is asked of it, nobody logs in; with the new key agreed the file is taken",
        _another_key,
    ),
    Row(
        "The inbox is not where it was",
        "Refused with its name, not tried again by itself; nothing is lost",
        _no_folder,
    ),
    Row(
        "Our disk is full while a file is fetched",
        "Nothing is registered or moved, nothing is left here; with room the file is taken",
        _our_disk_full_while_fetching,
    ),
    Row(
        "Our vault's disk is full",
        "Nothing is registered or moved, nothing is left here; with room the file is taken",
        _our_disk_full_in_the_vault,
    ),
)
