"""Money in the order it came, and what came before recognised: nothing twice, nothing lost."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from deployments.demo.facts import Credit
from deployments.demo.statement import write_statement
from recupero.steps.decided import Rows
from recupero.store import manifest, outgoing
from recupero.store.embedded import Addresses
from recupero.store.tables import journal, money_entry, receipt
from tests.edges.one_bank import DAYS, LAYOUTS, Bank, services_for

MON, TUE, *_ = DAYS
_NUMBERS = itertools.count(1)


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, proven: Callable[[Bank], Bank]) -> Bank:
    """A bank of the test's own; at the end everything it booked is proven from its files."""
    code = f"otra-vez-{next(_NUMBERS)}"
    return proven(Bank(services_for(tmp_path, migrated, code), code))


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


# --- statements ---


def statement(opening: int, *amounts: int, day: date = MON, number: str = "7") -> str:
    """A camt.053 whose entries name account A and carry no reference of the bank."""
    booked = [Credit("", "A", minor, day, "Ana", "", None) for minor in amounts]
    content = write_statement(
        booked, account="CO1", owner="x", currency="COP", day=day, opening_minor=opening
    )
    return content.decode().replace(f"<ElctrncSeqNb>{day:%j}<", f"<ElctrncSeqNb>{number}<")


def exported_again(content: str) -> str:
    """The same statement as the bank exports it an hour later."""
    return content.replace("T23:30:00", "T00:30:00").replace("><Ntry", ">\n <Ntry")


def acknowledged(bank: Bank) -> str:
    """The last acknowledgement's CSV, without its quotes."""
    with bank.services.store.unit(bank.code) as unit:
        papers = [p for p in outgoing.documents(unit) if p.kind == "acknowledgement_csv"]
        last = max(manifest.all_receipts(unit), key=lambda one: one.sequence)
    (paper,) = [p for p in papers if last.address[:12] in p.name]
    content = bank.services.vault.get(bank.code, paper.address)
    return content.decode("utf-8-sig").replace('"', "")


def test_a_statement_exported_again_is_not_booked_again(bank: Bank) -> None:
    """Its entries have no references, so nothing but the statement itself tells them apart."""
    bank.place(MON, {"A": (1000,)})
    bank.take(MON, "statement", statement(0, 300, 100))
    assert bank.settle(MON).classes == {"matched": 2}
    again = bank.take(TUE, "statement", exported_again(statement(0, 300, 100)))
    assert (again.state, again.rows) == ("booked", Rows(read=2, duplicate=2))
    assert bank.settle(TUE).entries == 0
    assert bank.balances() == {"A": {"principal": 600}}
    told = acknowledged(bank)
    assert re.search(r";duplicate;+2;", told)
    assert "statement_booked_before;7;el extracto ya se registró con el archivo statement_2" in told
    assert "no se registran otra vez;Nada: sus partidas están registradas.;" in told


def test_the_days_statements_in_one_file_are_booked_where_they_are_new(bank: Bank) -> None:
    bank.place(MON, {"A": (1000,)})
    monday = statement(0, 300, 300)
    bank.take(MON, "statement", monday)
    bank.settle(MON)
    tuesday = statement(600, 50, day=TUE, number="8")
    body = tuesday[tuesday.index("<Stmt>") : tuesday.index("</Stmt>")] + "</Stmt>"
    both = exported_again(monday).replace("<Stmt>", f"{body}{body}<Stmt>", 1)
    outcome = bank.take(TUE, "statement", both)
    assert outcome.rows == Rows(read=4, booked=1, duplicate=3)
    assert bank.settle(TUE).classes == {"matched": 1}
    assert bank.balances() == {"A": {"principal": 350}}


def test_a_statement_that_contradicts_a_booked_one_is_refused_whole(bank: Bank) -> None:
    bank.place(MON, {"A": (1000,)})
    bank.take(MON, "statement", statement(0, 300))
    bank.settle(MON)
    assert bank.take(TUE, "statement", statement(0, 300, 1)).state == "refused"
    assert "statement_contradicts" in acknowledged(bank)
    assert bank.take(TUE, "statement", statement(300, 1)).state == "booked", "it goes on from there"
    assert bank.settle(TUE).classes == {"matched": 1}
    assert bank.balances() == {"A": {"principal": 699}}


def test_a_longer_statement_is_refused_and_its_rest_taken(bank: Bank) -> None:
    """Monday and Tuesday in one after Monday: without a number, only the entries tell it."""
    bank.place(MON, {"A": (1000,)})
    bank.take(MON, "statement", statement(0, 300, 100, number=""))
    tuesday = statement(400, 50, day=TUE, number="")
    entry = tuesday[tuesday.index("<Ntry>") : tuesday.index("</Stmt>")]
    both = statement(0, 300, 100, 50, number="")
    both = both[: both.rindex("<Ntry>")] + entry + both[both.index("</Stmt>") :]
    assert bank.take(TUE, "statement", both).state == "refused"
    told = acknowledged(bank)
    assert "statement_overlaps" in told
    assert "del archivo statement_2" in told
    assert "Envíe solo los extractos que siguen" in told
    assert bank.take(TUE, "statement", tuesday).state == "booked"
    assert bank.settle(TUE).entries == 3
    assert bank.balances() == {"A": {"principal": 550}}


def test_a_gap_between_statements_is_told_and_the_later_one_booked(bank: Bank) -> None:
    bank.place(MON, {"A": (1000,)})
    bank.take(MON, "statement", statement(0, 300))
    assert "statement_missing_before" not in acknowledged(bank), "the first ever"
    later = bank.take(TUE, "statement", statement(350, 50, day=TUE, number="9"))
    assert later.state == "booked"
    told = acknowledged(bank)
    assert "accepted;1;extracto;statement_missing_before;9;el saldo inicial no es" in told
    assert "Si falta un extracto anterior, envíelo; este queda registrado." in told
    bank.take(TUE, "statement", statement(300, 50, number="8"))
    assert "statement_missing_before" not in acknowledged(bank)
    assert bank.settle(TUE).entries == 3


@pytest.mark.parametrize("kind", LAYOUTS)
def test_a_file_that_says_nothing_is_refused_as_empty(bank: Bank, kind: str) -> None:
    told = ";empty;;El archivo está vacío.;Envíe el archivo con sus datos.;"
    for content in ("", "\n \n", "\ufeff", "\ufeff\n"):
        assert bank.take(MON, kind, content).state == "refused", repr(content)
        assert told in acknowledged(bank), repr(content)
