"""Where people cannot be told of an incident: the work goes on as it would, told later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from recupero.errors import (
    LeaseTaken,
    RemoteRefused,
    RemoteSlow,
    RemoteUnavailable,
    StoreRefused,
)
from recupero.steps.deliver import deliver_documents
from recupero.steps.incident import Incident, note, open_incidents
from recupero.steps.incident import watched as watching
from recupero.steps.pull import pull
from recupero.steps.services import Services
from recupero.store import incidents
from recupero.store.embedded import Addresses
from tests.edges.one_bank import DAYS
from tests.edges.watched_bank import Watched

MON = DAYS[0]
NIGHT = datetime(2026, 11, 23, 22)


@pytest.fixture
def watched(migrated: Addresses, tmp_path: Path) -> Watched:
    return Watched(tmp_path, migrated)


def unheard(watched: Watched) -> Services:
    """The bank's, whose conductor does not answer."""

    def tell(_incident: Incident) -> None:
        raise ConnectionError("the conductor does not answer")

    return replace(watched.services, tell=tell)


def test_an_end_that_cannot_be_told_breaks_no_pull_and_is_told_by_the_next(
    watched: Watched,
) -> None:
    watched.note(RemoteUnavailable("x"))
    watched.bank.put("payment_1", b"x")
    assert pull(unheard(watched), watched.code, MON).received == 1
    assert watched.told() == ["opened inbox unreachable"]
    for _ in range(2):
        pull(watched.services, watched.code, MON)
    assert watched.told() == ["opened inbox unreachable", "closed inbox unreachable"]


def test_a_failure_that_cannot_be_told_stays_what_it_is_and_is_told_by_the_next(
    watched: Watched,
) -> None:
    watched.connection.write_text('host = "folder:///nowhere/at/all"\n')
    told: list[Incident] = []
    for services in (unheard(watched), replace(watched.services, tell=told.append)):
        with pytest.raises(RemoteRefused):
            pull(services, watched.code, MON)
        with watched.services.store.unit(watched.code) as unit:
            (shown,) = open_incidents(unit)
    assert (shown["kind"], shown["times"]) == ("refused", 2)
    assert [(each.number, each.times) for each in told] == [(1, 2)]


def test_a_delivery_that_nobody_can_be_told_of_delivers(watched: Watched) -> None:
    watched.bank.pay(MON, ("T1", "A", 10))
    watched.note(RemoteUnavailable("x"), side="outbox")
    assert deliver_documents(unheard(watched), watched.code, MON, NIGHT).sent > 0


def test_of_several_the_one_that_cannot_be_told_keeps_back_no_other(watched: Watched) -> None:
    def tell(incident: Incident) -> None:
        if incident.kind == "refused" and len(watched.alerts) < 2:
            raise ConnectionError
        watched.alerts.append(incident)

    half = replace(watched.services, tell=tell)
    note(half, watched.code, "inbox", [RemoteRefused("x"), RemoteSlow("x")])
    assert watched.told() == ["opened inbox slow"]
    watched.note(LeaseTaken("another worker is there"))
    assert watched.told() == ["opened inbox slow", "opened inbox refused"]


@pytest.mark.parametrize("telling", [False, True], ids=["while noting", "while telling"])
def test_without_a_database_the_failure_goes_on(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, telling: bool
) -> None:
    def gone(*_: object) -> None:
        raise StoreRefused("the database gave up the work")

    monkeypatch.setattr(incidents, "told" if telling else "failed", gone)
    with pytest.raises(RemoteSlow), watching(watched.services, watched.code, "inbox"):
        raise RemoteSlow("x")
