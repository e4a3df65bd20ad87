"""A contact point that an institution no longer states for a person is no longer used.

Rows are account, person, amount, two telephones, e-mail, address and city. I1 and I2 hold after
each, and the deep check finds nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from recupero.steps.decided import Rows
from recupero.store import contacts
from recupero.store.embedded import Addresses
from recupero.store.tables import contact_point_version, person_version
from tests.edges.one_bank import DAYS
from tests.edges.two_portfolios import TwoPortfolios

MON, TUE, WED, THU, _ = DAYS
_NUMBERS = itertools.count(1)
ANA, LUZ, ZOE = "+573011111111", "+573022222222", "+573033333333"


@pytest.fixture
def bank(
    migrated: Addresses, tmp_path: Path, proven: Callable[[TwoPortfolios], TwoPortfolios]
) -> TwoPortfolios:
    return proven(TwoPortfolios(tmp_path, migrated, f"contactos-{next(_NUMBERS)}"))


def phones(bank: TwoPortfolios, day: date = THU, person: str = "1") -> list[str]:
    """A person's telephones, in the order in which they would be used."""
    return [value for channel, value in bank.points(day).get(person, []) if channel == "phone"]


#: By person: Monday's telephones, Tuesday's, and those used then.
TOLD = {
    "1": (f"{ANA} {LUZ}", f"{ANA} {LUZ}", [ANA, LUZ]),
    "2": (f"{ANA} {LUZ}", f"{ANA} -", [ANA]),
    "3": (f"{ANA} {LUZ}", f"- {LUZ}", [LUZ]),
    "4": (f"{ANA} {LUZ}", f"{LUZ} {ANA}", [LUZ, ANA]),
    "5": (f"{ANA} {LUZ}", f"{ZOE} {LUZ}", [ZOE, LUZ]),
    "6": (f"{ANA} {LUZ}", "- -", []),
    "7": ("- -", f"{ANA} -", [ANA]),
    "8": ("- -", "- -", []),
}


def test_what_the_row_says_is_what_is_used(bank: TwoPortfolios) -> None:
    bank.state(MON, "cards", *(f"A{one} {one} 5,00 {told}" for one, (told, *_) in TOLD.items()))
    known = bank.stored(contact_point_version)["recording_id"].unique()
    again = bank.state(
        TUE, "cards", *(f"A{one} {one} 5,00 {told}" for one, (_, told, _) in reversed(TOLD.items()))
    )
    assert {one: phones(bank, person=one) for one in TOLD} == {
        one: used for one, (*_, used) in TOLD.items()
    }
    changed = {one for one, (monday, tuesday, _) in TOLD.items() if monday != tuesday}
    assert again.rows == Rows(read=8, booked=len(changed), unchanged=8 - len(changed))
    news = bank.stored(contact_point_version).filter(~pl.col("recording_id").is_in(known.implode()))
    people = bank.stored(person_version).select("person_id", "id_number")
    assert set(news.join(people, on="person_id")["id_number"]) == changed
    assert {one: phones(bank, MON, one) for one in TOLD} == {
        one: [number for number in monday.split() if number != "-"]
        for one, (monday, *_) in TOLD.items()
    }, "as known"


def test_every_channel_ends_and_what_ended_may_come_back(bank: TwoPortfolios) -> None:
    whole = f"A 1 5,00 {ANA} - ana@example.org Calle-1 Cali"
    bank.state(MON, "cards", whole)
    bank.state(TUE, "cards", "A 1 5,00")
    assert bank.points(TUE) == {}
    assert "dejaron de usarse: 3." in bank.paper(".pdf")
    with bank.services.store.unit(bank.code) as unit:
        assert contacts.points(unit, TUE).is_empty()
    bank.state(WED, "cards", whole, "Z 9 1,00")
    assert [value for _, value in bank.points(WED)["1"]] == ["Calle-1", "ana@example.org", ANA]


def test_the_accounts_of_a_person_state_its_points_together(bank: TwoPortfolios) -> None:
    rows = [f"A 1 5,00 {ANA}", f"B 1 5,00 {LUZ}", f"C 1 5,00 {ANA} {ZOE}"]
    bank.state(MON, "cards", *rows)
    assert phones(bank) == [ANA, ZOE, LUZ], "first the first column, then by account"
    assert bank.state(TUE, "cards", *reversed(rows)).rows == Rows(read=3, unchanged=3)
    bank.state(WED, "cards", rows[0], rows[1], "C 1 5,00")
    assert phones(bank) == [ANA, LUZ]
    bank.state(THU, "cards", "A 1 5,00", rows[1])
    assert phones(bank) == [LUZ]


def test_a_changed_telephone_takes_the_place_of_the_old_one(bank: TwoPortfolios) -> None:
    bank.state(MON, "cards", f"A 1 5,00 {ANA}", f"B 1 5,00 {LUZ}")
    bank.state(TUE, "cards", f"A 1 5,00 {ZOE}", f"B 1 5,00 {LUZ}")
    assert phones(bank) == [ZOE, LUZ]


def test_what_a_rejected_row_may_have_said_stays(bank: TwoPortfolios) -> None:
    bank.state(MON, "cards", f"A 1 5,00 {ANA}", f"B 1 5,00 {LUZ}", f"C 2 5,00 {ZOE}")
    bank.state(TUE, "cards", f"A 1 5,00 {ANA}", f"B 1 cinco {LUZ}", "C 2 5,00")
    assert phones(bank) == [ANA, LUZ]
    assert bank.points(TUE).keys() == {"1"}
    bank.state(WED, "cards", f"A 1 5,00 {ZOE}", f"B 1 cinco {LUZ}")
    assert phones(bank) == [ANA, LUZ, ZOE]
    bank.state(THU, "cards", f"A 1 5,00 {ZOE}", f"B 1 5,00 {LUZ}")
    assert phones(bank) == [LUZ, ZOE]


def test_a_layout_ends_only_what_it_can_state(bank: TwoPortfolios) -> None:
    bank.state(MON, "cards", f"A 1 5,00 {ANA} {LUZ} ana@example.org")
    bank.state(TUE, "news", "A 1 5,00")
    assert bank.points(TUE) == {"1": [("email", "ana@example.org"), ("phone", LUZ)]}


def test_each_portfolio_ends_its_own_points(bank: TwoPortfolios) -> None:
    bank.state(MON, "cards", f"A 1 5,00 {ANA}")
    bank.state(MON, "loans", f"L 1 5,00 {LUZ}", f"M 2 5,00 {ZOE}")
    assert phones(bank, MON) == [ANA, LUZ]
    before = bank.stored(contact_point_version).height
    assert bank.state(TUE, "cards", f"B 1 0,00 {ANA}", f"A 1 5,00 {ANA}").rows.booked == 1
    assert bank.state(TUE, "loans", f"M 2 5,00 {ZOE}", f"L 1 5,00 {LUZ}").rows.unchanged == 2
    assert bank.stored(contact_point_version).height == before, "nothing new was said"
    bank.state(WED, "loans", "L 1 5,00", "M 2 5,00")
    assert bank.points(WED) == {"1": [("phone", ANA)]}
    bank.state(THU, "cards", "A 1 5,00", f"B 1 0,00 {LUZ}")
    assert phones(bank) == [LUZ]


def test_who_left_a_portfolio_is_reached_by_what_the_other_states(bank: TwoPortfolios) -> None:
    bank.state(MON, "cards", f"A 1 5,00 {ANA}", f"B 2 5,00 {ZOE}")
    bank.state(MON, "loans", f"L 1 5,00 {LUZ}")
    bank.state(TUE, "news", f"C 3 5,00 {ANA}")
    assert bank.points(TUE).keys() == {"1", "2", "3"}
    bank.state(WED, "cards", f"B 4 5,00 {ZOE}", f"C 3 5,00 {ANA}")
    assert bank.points(WED) == {
        "1": [("phone", LUZ)], "3": [("phone", ANA)], "4": [("phone", ZOE)],
    }  # fmt: skip


def test_a_row_without_the_debtors_id_ends_nothing(bank: TwoPortfolios) -> None:
    """The account keeps its debtor, so the debtor keeps the telephones we know."""
    bank.state(MON, "cards", f"A1 1 10,00 {ANA} {LUZ}", f"A2 2 10,00 {ZOE}")
    bank.state(TUE, "cards", "A1 - 10,00", "A2 2 10,00")
    assert phones(bank, TUE) == [ANA, LUZ]
    assert "2" not in bank.points(TUE), "that one is named, without a telephone"
