"""The agency's collectors, divided: nobody is counted twice, whoever comes, goes or joins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from recupero.steps.services import AGENCY, Services
from recupero.steps.share_capacity import take_share
from recupero.steps.verify import verify
from recupero.store import contacts
from recupero.store.embedded import Addresses
from recupero.store.recordings import Draft, append
from recupero.store.tables import collector, recording
from tests.edges.one_bank import DAYS, services_for

MON, TUE, *_ = DAYS
ONE, TWO = "uno", "dos"


@pytest.fixture
def services(own_database: Addresses, tmp_path: Path) -> Services:
    return services_for(tmp_path, own_database, ONE, TWO)


def roster(services: Services, day: date, sequence: int, country: str, **capacity: int) -> None:
    rows = [
        {"collector_code": code, "recorded_on": day, "sequence": sequence, "receipt_id": sequence,
         "line_number": line, "country": country, "capacity": size, "skills": None}
        for line, (code, size) in enumerate(capacity.items(), start=1)
    ]  # fmt: skip
    with services.store.unit(AGENCY) as unit:
        frame = pl.DataFrame(rows, schema_overrides={"skills": pl.String})
        append(unit, Draft("intake", f"roster:{sequence}", day, {}, frames={collector: frame}))


def shares(services: Services, day: date, *codes: str) -> dict[str, dict[str, int]]:
    """Divide, and what each institution then works with."""
    found = {}
    for code in codes or (ONE, TWO):
        with services.store.unit(code) as unit:
            take_share(services, unit, day)
            quotas = contacts.quotas(unit, day)
        found[code] = dict(quotas.select("collector_code", "capacity").iter_rows())
    return found


def test_a_newcomer_takes_its_part_from_the_others_at_once(
    own_database: Addresses, tmp_path: Path
) -> None:
    alone = services_for(tmp_path, own_database, ONE)
    roster(alone, MON, 1, "CO", ana=5, luis=2)
    assert shares(alone, MON, ONE) == {ONE: {"ana": 5, "luis": 2}}
    both = services_for(tmp_path, own_database, ONE, TWO)
    assert shares(both, TUE) == {ONE: {"ana": 2, "luis": 1}, TWO: {"ana": 3, "luis": 1}}


def test_who_cannot_be_served_tonight_keeps_its_part(services: Services) -> None:
    roster(services, MON, 1, "CO", ana=4)
    served = {name: profile for name, profile in services.profiles.items() if name != TWO}
    assert shares(replace(services, profiles=served), MON, ONE) == {ONE: {"ana": 2}}


def test_the_last_of_two_rosters_on_one_date_holds(services: Services) -> None:
    roster(services, MON, 1, "CO", ana=4)
    assert shares(services, MON) == {ONE: {"ana": 2}, TWO: {"ana": 2}}
    roster(services, MON, 2, "CO", eva=6)
    assert shares(services, MON) == {ONE: {"eva": 3}, TWO: {"eva": 3}}


def test_a_country_that_leaves_the_roster_leaves_nobody_behind(services: Services) -> None:
    roster(services, MON, 1, "CO", ana=4)
    shares(services, MON)
    roster(services, TUE, 2, "PE", rosa=4)
    assert shares(services, TUE) == {ONE: {}, TWO: {}}


def test_the_same_division_is_not_recorded_again(services: Services) -> None:
    roster(services, MON, 1, "CO", ana=4)
    first = shares(services, MON)
    assert shares(services, MON) == shares(services, TUE) == first
    with services.store.unit(ONE) as unit:
        kinds = [row.kind for row in unit.connection.execute(recording.select())]
    assert kinds.count("quota") == 1
    for code in (ONE, TWO):
        assert verify(services, code, deep=True).findings == ()
