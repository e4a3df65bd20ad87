"""Money in the order it came, and what came before recognised: nothing twice, nothing lost."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from recupero.store.cluster import APPLICATION
from recupero.store.embedded import Addresses, EmbeddedPostgres
from recupero.store.owner import migrate
from recupero.store.tables import journal, money_entry, receipt
from tests.edges.enrolled_store import made_database
from tests.edges.one_bank import DAYS, Bank, services_for

MON, TUE, *_ = DAYS
_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Iterator[Addresses]:
    with made_database(postgres, "again") as made:
        migrate(made.owner_url, APPLICATION)
        yield made


@pytest.fixture
def bank(database: Addresses, tmp_path: Path) -> Iterator[Bank]:
    """A bank of the test's own; at the end everything it booked is proven from its files."""
    code = f"otra-vez-{next(_NUMBERS)}"
    made = Bank(services_for(tmp_path, database, code), code)
    yield made
    made.check()


def test_a_bank_begins_its_references_anew_every_day(bank: Bank) -> None:
    bank.place(MON, {"A": (1000,)})
    for day in (MON, TUE):
        bank.statement(day, ("000001", "A", 300))
        assert bank.settle(day).classes == {"matched": 1}
    assert bank.balances() == {"A": {"principal": 400}}


def test_payments_of_a_day_are_allocated_in_the_order_they_arrived(bank: Bank) -> None:
    """Files as they came, lines as they stand; ids are keyed hashes and say nothing of it."""
    bank.place(MON, {"A": (1000, 50)})
    for first in (1, 4, 7):
        lines = ((f"T{n}", "A", 10 + n) for n in range(first, first + 3))
        bank.pay(MON, *lines)
    bank.settle(MON)
    entries = bank.stored(money_entry).select("entry_id", "receipt_id", "line_number")
    came = bank.stored(receipt).select("receipt_id", "sequence")
    paid = (
        bank.stored(journal)
        .filter(pl.col("event") == "paid", pl.col("account_id").is_not_null())
        .drop("receipt_id", "line_number")
        .join(entries.join(came, on="receipt_id"), on="entry_id")
        .sort("sequence", "line_number")
    )
    interest = [-minor for minor in paid["interest_minor"]]
    assert interest == [11, 12, 13, 14, 0, 0, 0, 0, 0]
