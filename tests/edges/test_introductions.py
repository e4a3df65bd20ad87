"""The first word about an account and its debtor is stored as one row, and means what the versions
it stands for would mean.

The oracles are the versions themselves: a bank that never introduced anybody is proven by a code
that would have, and what the database makes of introductions is what polars makes of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from recupero.steps.booking import placement
from recupero.steps.booking.strangers import are_strangers
from recupero.store.embedded import Addresses
from recupero.store.introductions import fact_by_fact
from recupero.store.rows import rows_of, stored_in
from recupero.store.tables import (
    account_version,
    contact_point_version,
    introduction,
    party_version,
    person_version,
)
from tests.edges.drawn_days import play, with_payments
from tests.edges.one_bank import DAYS
from tests.edges.two_portfolios import TwoPortfolios

MON, TUE, *_ = DAYS
FACTS = (account_version, party_version, person_version, contact_point_version)
_NUMBERS = itertools.count(1)


@pytest.fixture
def bank(
    migrated: Addresses, tmp_path: Path, proven: Callable[[TwoPortfolios], TwoPortfolios]
) -> TwoPortfolios:
    made = TwoPortfolios(tmp_path, migrated, f"presentada-{next(_NUMBERS)}", 1.0)
    made.serve(with_payments(made.code))
    return proven(made)


@pytest.mark.parametrize("seed", range(10, 12))
def test_a_bank_from_before_is_proven_by_what_introductions_stand_for(
    bank: TwoPortfolios, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Recorded fact by fact; `proven` books its files again, with introductions."""
    introduced = []

    def not_yet(case: placement.Case, *asked: object) -> pl.Series:
        strange = are_strangers(case, *asked)  # type: ignore[arg-type]  # whatever it is asked with
        if case.unit.rehearsed is None:
            return strange & False
        introduced.append(strange.sum())
        return strange

    monkeypatch.setattr(placement, "are_strangers", not_yet)
    play(bank, seed)
    bank.check()
    assert bank.stored(introduction).is_empty()
    assert sum(introduced) > 5


@pytest.mark.parametrize("seed", range(10, 12))
def test_facts_are_read_as_they_are_told(bank: TwoPortfolios, seed: int) -> None:
    play(bank, seed)
    key = bank.services.row_key(bank.code)
    with bank.services.store.unit(bank.code) as unit:
        stored = {table: stored_in(unit, table) for table in (introduction, *FACTS)}
        read = {table: rows_of(unit, table) for table in FACTS}
    assert stored[introduction].height > 5
    told = fact_by_fact(stored, key)
    for table in FACTS:
        columns = told[table].drop("row_hash").columns
        assert read[table].height > stored[table].height
        order = [column.name for column in table.primary_key if column.name in columns]
        as_read, as_told = (rows[table].select(columns).sort(order) for rows in (read, told))
        assert as_read.equals(as_told)


def test_nothing_is_in_an_introduction_that_a_version_would_not_say(bank: TwoPortfolios) -> None:
    bank.state(MON, "cards", "A1 1 5,00 - +573011111111 a@b.co - Cali")
    (row,) = bank.stored(introduction).to_dicts()
    said = {name: row[name] for name in ("phone", "phone_2", "email", "address", "city")}
    assert said == {
        "phone": None, "phone_2": "+573011111111", "email": "a@b.co", "address": None, "city": None,
    }  # fmt: skip
    ordinals = bank.stored(contact_point_version).select("channel", "ordinal").rows()
    assert sorted(ordinals) == [("email", 1), ("phone", 2)]


#: Cards of the second day, after ``A1 1`` and ``A2 2`` on the first, and whom they introduce.
SECOND_DAY: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "two strangers": (("A3 3 1,00", "A4 4 1,00"), {"A3", "A4"}),
    "one known account": (("A1 1 2,00", "A3 3 1,00"), {"A3"}),
    "a known account of somebody else": (("A1 9 1,00",), set()),
    "somebody known": (("A3 1 1,00",), set()),
    "one stranger in two rows": (("A3 3 1,00", "A4 3 1,00", "A5 5 1,00"), {"A5"}),
    "nobody": (("A3 - 1,00",), set()),
}


@pytest.mark.parametrize("rows", SECOND_DAY)
def test_who_is_introduced(bank: TwoPortfolios, rows: str) -> None:
    lines, strangers = SECOND_DAY[rows]
    bank.state(MON, "cards", "A1 1 1,00", "A2 2 1,00")
    bank.state(TUE, "cards", *lines)
    numbers = bank.stored(introduction)["account_number"]
    assert set(numbers) == {"A1", "A2"} | strangers


def test_who_comes_back_is_not_introduced_again(bank: TwoPortfolios) -> None:
    bank.state(MON, "cards", "A1 1 1,00", "A2 2 1,00")
    bank.state(TUE, "cards", "A2 2 1,00")
    bank.state(DAYS[2], "cards", "A1 1 1,00", "A2 2 1,00")
    assert bank.stored(introduction).height == 2
    states = bank.stored(account_version).sort("recorded_on").filter(account_number="A1")["state"]
    assert states.to_list() == ["placed", "vanished", "placed"]
