"""Instalments, guarantees and documents: what is new is booked, what repeats is not, and what a
full list no longer states is ended for the accounts it names and for no other."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date

import pytest

from recupero.steps.intake import Rows
from recupero.store import facts, outgoing
from recupero.store.rows import Table
from recupero.store.tables import (
    document_version,
    guarantee_version,
    instalment_version,
    reject,
)
from tests.edges.one_bank import DAYS, Bank

MON, TUE, WED, THU, FRI = DAYS


@pytest.fixture
def bank(fact_bank: Callable[[], Bank]) -> Bank:
    made = fact_bank()
    made.place(MON, {"A": (1000,), "B": (500,)})
    return made


def known(bank: Bank, table: Table, day: date, *columns: str) -> list[tuple[object, ...]]:
    """What holds on *day*, as it is known then."""
    with bank.services.store.unit(bank.code) as unit:
        return facts.current(unit, table, day).select(*columns).sort(columns).rows()


def rules(bank: Bank) -> list[tuple[str, str]]:
    return bank.stored(reject).select("field", "rule").rows()


def due(bank: Bank, day: date) -> list[tuple[object, ...]]:
    return known(bank, instalment_version, day, "number", "due_date", "principal_minor")


def test_a_delta_books_what_is_new_and_ends_nothing(bank: Bank) -> None:
    first = [f"A;1;2026-10-01;10,00;{MON}", f"A;2;2026-11-01;10,00;{MON}"]
    strangers = f"Z;1;2026-10-01;1,00;{MON}"
    outcome = bank.take(MON, "instalment", *first, strangers)
    assert outcome.rows == Rows(read=3, booked=2, rejected=1)
    assert rules(bank) == [("account_number", "unknown_account")]
    again = bank.take(TUE, "instalment", f"A;2;2026-11-01;12,00;{TUE}", first[0])
    assert again.rows == Rows(read=2, booked=1, unchanged=1)
    assert bank.take(WED, "instalment", f"A;2;2026-11-01;12,00;{WED}").rows == Rows(1, unchanged=1)
    one, two = date(2026, 10, 1), date(2026, 11, 1)
    assert due(bank, MON) == [(1, one, 1000), (2, two, 1000)], "as it was known then"
    assert due(bank, WED) == [(1, one, 1000), (2, two, 1200)]
    assert bank.stored(instalment_version).height == 3


def test_what_is_wrong_with_a_row_is_told_and_a_row_older_than_what_is_known(bank: Bank) -> None:
    wrong = {
        "A;0;mortgage;10,00;COP": ("guarantee_number", "number_out_of_range"),
        "A;1;casa;10,00;COP": ("guarantee_kind", "not_allowed"),
        "A;3;mortgage;-1,00;COP": ("covers_minor", "negative"),
        "A;4;mortgage;10,00;USD": ("currency", "other_currency"),
        "A;5;pledge;1,00;COP": ("account_number", "duplicate_key"),
        "A;5;pledge;2,00;COP": ("account_number", "duplicate_key"),
    }
    outcome = bank.take(MON, "guarantee", *wrong, "A;2;pledge;;COP")
    assert outcome.rows == Rows(read=7, booked=1, rejected=6)
    assert rules(bank) == list(wrong.values())
    bank.take(MON, "document_index", "A;1;promissory_note;P-17;2025-03-15", "A;2;other;X-1;")
    note = (1, "promissory_note", "P-17", date(2025, 3, 15))
    columns = ("number", "kind", "reference", "issued_on")
    assert known(bank, document_version, MON, *columns) == [note, (2, "other", "X-1", None)]
    bank.take(TUE, "instalment", f"A;1;2026-10-01;12,00;{TUE}")
    late = bank.take(WED, "instalment", f"A;1;2026-10-01;10,00;{MON}", f"A;2;2026-10-01;1,00;{MON}")
    assert late.rows == Rows(read=2, booked=1, rejected=1)
    assert ("account_number", "outdated_fact") in rules(bank)
    assert [minor for *_, minor in due(bank, WED)] == [1200, 100]


def ended(bank: Bank) -> list[str]:
    """How much the acknowledgements say that full lists ended."""
    with bank.services.store.unit(bank.code) as unit:
        papers = [one for one in outgoing.documents(unit) if one.name.endswith(".csv")]
    texts = [bank.services.vault.get(bank.code, one.address).decode("utf-8-sig") for one in papers]
    rows = (row for text in texts for row in csv.DictReader(io.StringIO(text), delimiter=";"))
    return [row["filas"] for row in rows if "facts_ended" in row.values()]


def guarantees(bank: Bank, day: date) -> list[tuple[object, ...]]:
    return known(bank, guarantee_version, day, "number", "kind", "covers_minor")


def test_a_full_list_ends_what_it_states_no_longer_of_the_accounts_it_names(bank: Bank) -> None:
    house, car, fund = "mortgage;90,00;COP", "pledge;;COP", "guarantee_fund;5,00;COP"
    everything = (f"A;1;{house}", f"A;2;{car}", f"B;3;{fund}")
    assert bank.take(MON, "guarantee", *everything).rows == Rows(read=3, booked=3)
    assert bank.take(TUE, "guarantee", f"A;1;{house}").rows == Rows(read=1, unchanged=1)
    assert ended(bank) == ["1"]
    at_first = [(1, "mortgage", 9000), (2, "pledge", None), (3, "guarantee_fund", 500)]
    assert guarantees(bank, MON) == at_first
    assert guarantees(bank, TUE) == [at_first[0], at_first[2]], "B is not named: it keeps its own"
    again = bank.take(WED, "guarantee", *everything)
    assert again.rows == Rows(read=3, booked=1, unchanged=2), "as on Monday, in the same bytes"
    assert guarantees(bank, WED) == at_first
    assert bank.take(THU, "guarantee", *everything).state == "duplicate"


def test_a_rejected_row_ends_nothing(bank: Bank) -> None:
    """It may have stated what is missing; without its account that may be anything."""
    bank.take(MON, "guarantee", "A;1;pledge;;COP", "A;2;pledge;;COP", "B;1;pledge;;COP")
    for day, broken, left in (
        (TUE, "A;dos;pledge;;COP", 3),  # of A: B is not named
        (WED, ";2;pledge;;COP", 3),
        (THU, "A;2;mortgage;;USD", 3),
        (FRI, "B;1;casa;;COP", 2),
    ):
        assert bank.take(day, "guarantee", "A;1;pledge;;COP", broken).rows.rejected == 1
        assert len(guarantees(bank, day)) == left
