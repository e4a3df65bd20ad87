"""Two of our workers at once, and workers that are killed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from recupero.errors import LeaseTaken
from recupero.steps.deliver import Delivered
from recupero.steps.pull import Pulled
from tests.faults.row import Row
from tests.faults.site import Site, at

_POINTS_MIN = 20


def _two_take(site: Site) -> None:
    name, content = site.name(), site.content()
    site.put(name, content)
    seconds: list[str] = []

    def second() -> None:
        with pytest.raises(LeaseTaken, match="another worker is at its inbox"):
            site.pull()
        seconds.append("refused")

    with at("before sftp.read", second):
        assert site.pull() == Pulled(1, 0, 0)
    assert seconds == ["refused"]
    site.taken_once({name: content})


def _two_bring(site: Site) -> None:
    content = site.content()
    name = site.paper(content)
    seconds: list[str] = []

    def second() -> None:
        with pytest.raises(LeaseTaken, match="another worker"):
            site.deliver()
        seconds.append("refused")

    with at("before sftp.write", second):
        assert site.deliver() == Delivered(1, 0, 0)
    assert seconds == ["refused"]
    site.in_place({name: content})


def _killed(play: str) -> Callable[[Site], None]:
    def proof(site: Site) -> None:
        deaths = site.deaths(site.server.name)
        assert len(deaths.points(play)) >= _POINTS_MIN
        assert deaths.differences(play) == []

    return proof


_SECOND = "The second is refused and tries again later; each "

ROWS = (
    Row(
        "Two workers take files from one inbox at once",
        _SECOND + "file is registered once",
        _two_take,
    ),
    Row(
        "Two workers bring one institution's papers at once",
        _SECOND + "paper arrives once",
        _two_bring,
    ),
    Row(
        "The process is killed at any point of a pick-up, and run again",
        "Rows, vault and folders are as if nobody had killed it",
        _killed("picking_up"),
        slow=True,
    ),
    Row(
        "The process is killed at any point of a delivery, and run again",
        "Rows, vault and folders are as if nobody had killed it",
        _killed("delivering"),
        slow=True,
    ),
)
