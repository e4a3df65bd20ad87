"""Papers for servers that are full, refuse, lie, take at once or have the name already."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from recupero.errors import DeliveryConflict, RemoteRefused, RemoteUnavailable
from recupero.steps.deliver import Delivered
from tests.faults.row import ODD, Row
from tests.faults.servers import OPENSSH
from tests.faults.site import Site, at, differently

_ROOM = 400_000


@dataclass(frozen=True)
class _Refused:
    """A delivery that the server does not allow, by what it is told to be."""

    error: type[Exception]
    quirks: dict[str, object]
    #: Whether the whole paper stays hidden there: that it does proves that it was not visible.
    stays: bool = False

    def __call__(self, site: Site) -> None:
        content = site.content()
        name = site.paper(content)
        for quirk, value in self.quirks.items():
            setattr(site.server.quirks, quirk, value)
        with pytest.raises(self.error):
            site.deliver()
        site.unseen(name)
        assert site.folder("outbox") == ({f".{name}.part": content} if self.stays else {})
        site.server.quirks.forget()
        assert site.deliver() == Delivered(1, 0, 0)
        site.in_place({name: content})


def _name_taken(site: Site) -> None:
    content, other = site.content(1000), site.content(1000)
    name, theirs = site.paper(content), differently(content)
    beside = site.paper(other)
    (site.server.root / "outbox" / name).write_bytes(theirs)
    for _night in range(2):
        with pytest.raises(DeliveryConflict):
            site.deliver()
        assert site.folder("outbox") == {name: theirs, beside: other}
        assert site.delivered(name, beside) == [beside]
    (site.server.root / "outbox" / name).unlink()
    assert site.deliver() == Delivered(1, 0, 0)
    site.in_place({name: content, beside: other})


def _rename_overwrites(site: Site) -> None:
    site.server.quirks.rename_overwrites = True
    _name_taken(site)


def _name_taken_meanwhile(site: Site) -> None:
    """After we looked; a rename that overwrites makes it worse."""
    site.server.quirks.rename_overwrites = True
    content = site.content(1000)
    name, theirs = site.paper(content), differently(content)
    path = site.server.root / "outbox" / name
    with (
        at("before sftp.rename", lambda: path.write_bytes(theirs) and None),
        pytest.raises(DeliveryConflict),
    ):
        site.deliver()
    assert site.folder("outbox") == {name: theirs, f".{name}.part": content}
    assert site.delivered(name) == []
    path.unlink()
    assert site.deliver() == Delivered(1, 0, 0)
    site.in_place({name: content})


def _drop_box(site: Site) -> None:
    content = site.content(1000)
    site.server.quirks.takes_at_once = True
    name = site.paper(content)
    assert site.deliver() == Delivered(1, 0, 0)
    assert site.delivered(name) == [name]
    assert site.deliver() == Delivered(0, 0, 0)
    assert site.folder("outbox") == {}


_WAITS = "The paper stays undelivered and nothing of it stays there; the next try brings it whole"


ROWS = (
    Row(
        "The server's disk is full while a paper is sent",
        _WAITS,
        _Refused(RemoteRefused, {"room_bytes": _ROOM}),
        unless={OPENSSH: "its disk is ours"},
    ),
    Row(
        "The server says yes to every byte of a paper and stores nothing",
        _WAITS,
        _Refused(RemoteUnavailable, {"stores_nothing": True}),
        unless=ODD,
    ),
    Row(
        "The server refuses to give a sent paper its name",
        "It stays undelivered and hidden there; the next try gives it its name",
        _Refused(RemoteRefused, {"refuses_rename": True}, stays=True),
        unless=ODD,
    ),
    Row(
        "A paper's name is taken over there, by other content",
        "Theirs stays as it is, every night hears of it, the other papers arrive",
        _name_taken,
    ),
    Row(
        "A paper's name is taken over there while it is sent",
        "Theirs stays as it is, every night hears of it until the name is free",
        _name_taken_meanwhile,
    ),
    Row(
        "A paper's name is taken on a server whose rename overwrites",
        "Theirs stays as it is, every night hears of it, the other papers arrive",
        _rename_overwrites,
        unless=ODD,
    ),
    Row(
        "A drop box, which takes a paper away as soon as it has its name",
        "It counts as delivered, once; nothing is sent again",
        _drop_box,
        unless=ODD,
    ),
)
