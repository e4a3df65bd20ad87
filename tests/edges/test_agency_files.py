"""What the agency states about itself, from the file to whoever asks for it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from recupero.steps.intake import Rows
from recupero.steps.services import AGENCY
from recupero.steps.share_capacity import take_share
from recupero.steps.verify import verify
from recupero.store import agency, contacts
from recupero.store.agency import UnitWorth
from recupero.store.embedded import Addresses
from recupero.store.tables import collector_quota, document, reject
from tests.edges.one_bank import DAYS, Bank, profile_text, services_for

MON, TUE, WED, THU, FRI = DAYS
_NUMBERS = itertools.count(1)
BANK = "banco-de-la-casa"
_LAYOUT = """
[[layout]]
kind = "{kind}"
version = "v1"
from = 2026-01-01
name = '{kind}_.*'
format = "delimited"
dates = "%Y-%m-%d"
decimal = ","
thousands = "."
[layout.columns]
{columns}
"""
_FLAG = '[layout.values.cancelled]\nS = true\n"" = false\n'
_COLUMNS = {
    "roster": ("collector_code", "country", "capacity", "skills"),
    "absence": ("collector_code", "absent_from", "absent_until", "reason", "cancelled"),
    "cost": ("channel", "currency", "amount_minor", "valid_from"),
    "goal": ("month", "scope", "code", "measure", "amount_minor", "quantity"),
    "unit_value": ("unit", "currency", "valid_from", "valid_until", "value", "source"),
}


@pytest.fixture
def house(own_database: Addresses, tmp_path: Path, proven: Callable[[Bank], Bank]) -> Bank:
    """The agency's inbox, beside one bank of its country; proven from its files at the end."""
    text = profile_text(AGENCY) + "".join(
        _LAYOUT.format(kind=kind, columns="\n".join(f"{n} = {at}" for at, n in enumerate(names)))
        + (_FLAG if kind == "absence" else "")
        for kind, names in _COLUMNS.items()
    )
    services = services_for(tmp_path, own_database, AGENCY, BANK, text=text)
    return proven(Bank(services, AGENCY))


def take(house: Bank, day: date, kind: str, *lines: str) -> Rows:
    return house.take(day, kind, *lines, name=f"{kind}_{next(_NUMBERS)}").rows


def capacity(house: Bank, day: date) -> dict[str, int]:
    """What the bank may use of each collector, divided on *day*."""
    with house.services.store.unit(BANK) as unit:
        take_share(house.services, unit, day)
        return dict(contacts.quotas(unit, day).select("collector_code", "capacity").iter_rows())


def test_who_is_away_takes_no_accounts_on_the_days_of_the_absence(house: Bank) -> None:
    take(house, MON, "roster", "ana;CO;5;", "luis;CO;3;")
    assert capacity(house, MON) == {"ana": 5, "luis": 3}
    told = f"ana;{TUE};{WED};holiday;", f"luis;{THU};{FRI};leave;"
    assert take(house, MON, "absence", *told) == Rows(read=2, booked=2)
    by_day = [capacity(house, day) for day in (TUE, WED, THU)]
    assert by_day == [{"ana": 0, "luis": 3}, {"ana": 0, "luis": 3}, {"ana": 5, "luis": 0}]
    again = take(house, FRI, "absence", told[0], f"luis;{THU};{FRI};leave;S")
    assert again == Rows(read=2, booked=1, unchanged=1)
    assert capacity(house, FRI) == {"ana": 5, "luis": 3}, "it was cancelled"
    assert house.services.profile(BANK).institution.country == "CO"
    with house.services.store.unit(BANK) as unit:
        rows = unit.connection.execute(collector_quota.select()).all()
    assert len(rows) == 8, "four divisions: one for each day that differs from the one before"
    assert verify(house.services, BANK, deep=True).findings == ()


def test_costs_goals_and_values_are_what_was_stated_last(house: Bank) -> None:
    take(house, MON, "cost", f"call;COP;1.200,00;{MON}", f"letter;COP;3.500,50;{MON}")
    take(house, TUE, "cost", f"call;COP;1.300,00;{WED}", f"letter;COP;3.400,50;{MON}")
    month = date(2026, 11, 1)
    goals = f"{month};institution;{BANK};collected;5.000.000,00;", f"{month};collector;ana;calls;;9"
    assert take(house, TUE, "goal", *goals) == Rows(read=2, booked=1, rejected=1)
    take(house, WED, "goal", f"{month};institution;{BANK};collected;6.000.000,00;",
         f"{month};collector;ana;contacts;;90")  # fmt: skip
    values = f"UF;CLP;{MON};;39.123,45;D.O.", f"UDIS;MXN;{MON};;8,123456;DOF", \
        "UIT;PEN;2026-01-01;2026-12-31;5.500;DS 1"  # fmt: skip
    assert take(house, WED, "unit_value", *values) == Rows(read=3, booked=3)
    assert take(house, THU, "unit_value", values[1], values[0]) == Rows(read=2, unchanged=2)
    with house.services.store.unit(AGENCY) as unit:
        costs = [
            agency.effort_costs(unit, day)["amount_minor"].to_list() for day in (MON, TUE, WED)
        ]
        stated = [agency.goals(unit, month, day).rows() for day in (TUE, WED)]
        worth = {
            code: agency.worth(unit, code, day, THU)
            for code, day in (("UF", MON), ("UDIS", MON), ("UIT", THU), ("UVT", MON))
        }
        assert agency.worth(unit, "UF", TUE, THU) is None, "never another day's"
        assert agency.worth(unit, "UF", MON, TUE) is None, "not known yet"
    assert costs == [[120000, 350050], [120000, 340050], [130000, 340050]]
    collected = ("institution", BANK, "collected", "COP")
    assert stated == [
        [(*collected, 500000000)],
        [("collector", "ana", "contacts", "COP", 90), (*collected, 600000000)],
    ]
    assert worth == {
        "UF": UnitWorth("UF", "CLP", 3912345, 2, MON, MON, "D.O."),
        "UDIS": UnitWorth("UDIS", "MXN", 8123456, 6, MON, MON, "DOF"),
        "UIT": UnitWorth("UIT", "PEN", 5500, 0, date(2026, 1, 1), date(2026, 12, 31), "DS 1"),
        "UVT": None,
    }
    assert house.stored(reject)["rule"].to_list() == ["not_allowed"]


def test_of_its_own_files_no_line_is_sent_back_to_be_repaired(house: Bank) -> None:
    """A roster of one repaired line would stand for all of it."""
    assert take(house, MON, "roster", "c1;CO;10;phone", "c2;CO;many;phone").rejected == 1
    kinds = set(house.stored(document)["kind"])
    assert kinds == {"acknowledgement_csv", "acknowledgement_pdf"}
