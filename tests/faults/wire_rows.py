"""The wire between us and the server is cut, goes silent, flips a bit or crawls, at every stage."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Literal

import pytest

from recupero.errors import RemoteUnavailable
from recupero.steps.deliver import Delivered
from recupero.steps.pull import Pulled
from tests.faults.row import Row
from tests.faults.site import Disturbance, Site, at

_NOTHING_TAKEN = "Nothing is registered; the next try takes the file whole"
_FOUND_THERE = "The next try finds it in place, marks it and sends nothing again"
_NOTHING_SEEN = "Nothing is visible over there; the next try brings the paper whole"


def _before_registering(what: Disturbance) -> Callable[[Site], None]:
    """A pick-up that ends before its file is whole."""

    def proof(site: Site) -> None:
        # One fetched by half is too large to be held in memory.
        name, content = site.name(), site.content(1_500_000 if what.after > 60 else 1000)
        site.put(name, content)
        site.disturbed(site.pull, what)
        site.untouched({name: content})
        assert site.pull() == Pulled(1, 0, 0)
        site.taken_once({name: content})

    return proof


def _while_archiving(what: Disturbance, seen_again: int) -> Callable[[Site], None]:
    """A pick-up that ends after its file was registered; *seen_again* where it was not moved."""

    def proof(site: Site) -> None:
        name, content = site.name(), site.content()
        site.put(name, content)
        site.disturbed(site.pull, what)
        assert site.receipts() == [(name, content)]
        assert site.pull() == Pulled(0, seen_again, 0)
        site.taken_once({name: content})

    return proof


def _while_delivering(what: Disturbance) -> Callable[[Site], None]:
    """A delivery that ends before its paper has its name."""

    def proof(site: Site) -> None:
        content = site.content()
        name = site.paper(content)
        site.disturbed(site.deliver, what)
        site.unseen(name)
        site.deliver()
        site.in_place({name: content})

    return proof


def _reply_to_delivery_lost(how: Literal["cut", "stall"]) -> Callable[[Site], None]:
    """The paper has its name over there, and we were not told."""

    def proof(site: Site) -> None:
        content = site.content()
        name = site.paper(content)
        what = Disturbance(
            how,
            "before sftp.rename",
            ready=lambda site: name in site.folder("outbox"),
        )
        site.disturbed(site.deliver, what)
        assert site.folder("outbox") == {name: content}
        assert site.delivered(name) == []
        found = site.deliver()
        assert (found.sent, found.already) == (0, 1)
        site.in_place({name: content})

    return proof


def _reply_lost_and_paper_taken(site: Site) -> None:
    """Nobody can tell whether the institution has the paper or it was never there."""
    name = site.paper(site.content())
    path = site.server.root / "outbox" / name

    def taken(_site: Site) -> bool:
        there = path.exists()
        path.unlink(missing_ok=True)
        return there

    site.disturbed(site.deliver, Disturbance("cut", "before sftp.rename", ready=taken))
    assert site.delivered(name) == []
    assert site.deliver() == Delivered(0, 0, 0, uncertain=1)
    assert site.deliver() == Delivered(0, 0, 0)
    assert site.folder("outbox") == {}


def _slow_but_alive(site: Site) -> None:
    """It takes longer than the deadline, which is of each wait and not of a whole file."""
    name, content = site.name(), site.content(600_000)
    site.put(name, content)

    def slow_down() -> None:
        site.proxy.bytes_per_second = 200_000

    with at("before sftp.read", slow_down):
        assert site.pull(seconds=2.5) == Pulled(1, 0, 0)
    site.taken_once({name: content})


def _crawling(site: Site) -> None:
    name, content = site.name(), site.content(12_000)
    site.put(name, content)
    site.disturbed(site.pull, Disturbance("crawl", "before sftp.read"))
    site.untouched({name: content})
    assert site.pull() == Pulled(1, 0, 0)
    site.taken_once({name: content})


def _no_server(site: Site) -> None:
    name, content = site.name(), site.content()
    site.put(name, content)
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = free.getsockname()[1]
    with pytest.raises(RemoteUnavailable, match="cannot be reached"):
        site.pull(port=nobody)
    site.untouched({name: content})
    assert site.pull() == Pulled(1, 0, 0)
    site.taken_once({name: content})


def _archived(site: Site) -> bool:
    return bool(site.folder("archive"))


#: Where a pick-up is when the wire fails: for people, and for the proxy.
_FETCHING = ("while a file is fetched", "before sftp.read", 300_000)
_STAGES = (
    ("before the server has said a word", "banner", 0),
    ("while keys are agreed", "kex", 60),
    ("while we log in", "login", 0),
    ("while the file service is opened", "subsystem", 0),
    ("in the listing of the inbox", "before sftp.list", 0),
    _FETCHING,
)
_IN_TIME = "The wait ends by its deadline; "

PICK_UP = (
    Row("Nobody listens at the server's address", _NOTHING_TAKEN, _no_server),
    Row(
        "The server hangs up as soon as it is called",
        _NOTHING_TAKEN,
        _before_registering(Disturbance("cut", "connect")),
    ),
    *(
        Row(
            f"Connection cut {when}",
            _NOTHING_TAKEN,
            _before_registering(Disturbance("cut", stage, after=after)),
        )
        for when, stage, after in _STAGES
    ),
    *(
        Row(
            f"Connection silent {when}",
            _IN_TIME + _NOTHING_TAKEN.lower(),
            _before_registering(Disturbance("stall", stage, after=after)),
            slow=stage in ("kex", "login", "before sftp.list"),
        )
        for when, stage, after in _STAGES
    ),
    *(
        Row(
            f"A bit flipped on the wire {when}",
            _NOTHING_TAKEN,
            _before_registering(Disturbance("flip", stage, after=after)),
        )
        for when, stage, after in (_STAGES[1], _FETCHING)
    ),
    Row(
        "A slow line, on which a file takes longer than the deadline",
        "The file is taken whole: the deadline is of each wait, not of a file",
        _slow_but_alive,
        slow=True,
    ),
    Row(
        "A line so slow that it might as well be silent",
        _IN_TIME + _NOTHING_TAKEN.lower(),
        _crawling,
        slow=True,
    ),
    Row(
        "Connection cut before a registered file is moved to the archive",
        "It stays registered once; the next try moves it and registers nothing",
        _while_archiving(Disturbance("cut", "before sftp.rename"), seen_again=1),
    ),
    Row(
        "Connection cut after the move to the archive, before its reply",
        "It stays registered once; the next try finds nothing to do",
        _while_archiving(Disturbance("cut", "before sftp.rename", ready=_archived), seen_again=0),
    ),
    Row(
        "Connection silent when a registered file is moved to the archive",
        _IN_TIME + "it stays registered once; the next try moves it and registers nothing",
        _while_archiving(Disturbance("stall", "before sftp.rename"), seen_again=1),
    ),
)

DELIVERY = (
    Row(
        "Connection cut while a paper is sent",
        _NOTHING_SEEN,
        _while_delivering(Disturbance("cut", "before sftp.write", "up", 300_000)),
    ),
    Row(
        "Connection silent while a paper is sent",
        _IN_TIME + _NOTHING_SEEN.lower(),
        _while_delivering(Disturbance("stall", "before sftp.write", "up", 300_000)),
    ),
    Row(
        "A bit flipped on the wire while a paper is sent",
        _NOTHING_SEEN,
        _while_delivering(Disturbance("flip", "before sftp.write", "up", 300_000)),
    ),
    Row(
        "Connection cut while a sent paper is read back",
        _NOTHING_SEEN,
        _while_delivering(Disturbance("cut", "before sftp.read", after=300_000)),
    ),
    Row(
        "Connection cut before a sent paper gets its name",
        _NOTHING_SEEN,
        _while_delivering(Disturbance("cut", "before sftp.rename")),
    ),
    Row(
        "Connection cut after a paper got its name, before the reply",
        _FOUND_THERE,
        _reply_to_delivery_lost("cut"),
    ),
    Row(
        "Connection silent after a paper got its name, before the reply",
        _IN_TIME + _FOUND_THERE.lower(),
        _reply_to_delivery_lost("stall"),
    ),
    Row(
        "Connection cut after a paper got its name and the institution took it, before the reply",
        "It is uncertain: named to operations, not sent again until somebody has asked",
        _reply_lost_and_paper_taken,
    ),
)
