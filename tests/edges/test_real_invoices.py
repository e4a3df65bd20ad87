"""2,466 real invoices handed over week by week: the open ones, most of them not yet due.

The file says when each was settled. So on any day the open ones are known, and what is booked of
them can be counted by csv and Decimal alone.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl

from recupero.steps.intake import Outcome, Rows
from recupero.store.embedded import Addresses
from recupero.store.tables import account_version, person_version
from tests.edges.one_bank import Bank, services_for

CODE = "facturas"
PROFILE = f"""
[institution]
code = "{CODE}"
name = "Facturas S.A."
country = "CO"
currency = "COP"
timezone = "America/Bogota"
[policy]
vanished_share_max = 0.9
[[layout]]
kind = "placement"
version = "v1"
from = 2012-01-01
name = 'abiertas_.*'
format = "delimited"
header = true
decimal = "."
dates = "%Y-%m-%d"
constants = {{ obligation_kind = "invoice", debtor_id_type = "CE" }}
[layout.columns]
account_number = "FACTURA"
debtor_id_number = "CLIENTE"
cut_off = "CORTE"
opened_on = "EMITIDA"
due_date = "VENCE"
principal_minor = "IMPORTE"
[[layout]]
kind = "payment"
version = "v1"
from = 2012-01-01
name = 'pagadas_.*'
format = "delimited"
header = true
decimal = "."
dates = "%Y-%m-%d"
[layout.columns]
transaction_id = "FACTURA"
account_number = "FACTURA"
amount_minor = "IMPORTE"
paid_on = "PAGADA"
"""
#: Cut-offs; each portfolio comes the day after.
WEEKS = tuple(date(2013, 5, 3) + timedelta(weeks=week) for week in range(4))
_ONE = timedelta(days=1)


@dataclass(frozen=True)
class Invoice:
    number: str
    customer: str
    issued: date
    due: date
    settled: date
    amount: Decimal

    def is_open(self, day: date) -> bool:
        """At the close of *day*."""
        return self.issued <= day < self.settled


def read(table: Path) -> list[Invoice]:
    def day(text: str) -> date:
        return datetime.strptime(text, "%m/%d/%Y").date()

    with table.open(newline="") as text:
        return [
            Invoice(
                row["invoiceNumber"], row["customerID"], day(row["InvoiceDate"]),
                day(row["DueDate"]), day(row["SettledDate"]), Decimal(row["InvoiceAmount"]),
            )
            for row in csv.DictReader(text)
        ]  # fmt: skip


def owed(invoices: list[Invoice]) -> dict[str, dict[str, int]]:
    return {one.number: {"principal": int(one.amount * 100)} for one in invoices}


def portfolio(bank: Bank, invoices: list[Invoice], cut_off: date) -> Outcome:
    lines = [
        f"{one.number};{one.customer};{cut_off};{one.issued};{one.due};{one.amount:.2f}"
        for one in invoices
        if one.is_open(cut_off)
    ]
    name = f"abiertas_{cut_off}"
    head = "FACTURA;CLIENTE;CORTE;EMITIDA;VENCE;IMPORTE"
    return bank.take(cut_off + _ONE, "placement", head, *lines, name=name)


def payments(bank: Bank, invoices: list[Invoice], day: date) -> Outcome:
    lines = [f"{one.number};{one.amount:.2f};{one.settled}" for one in invoices]
    name = f"pagadas_{day}"
    return bank.take(day, "payment", "FACTURA;IMPORTE;PAGADA", *lines, name=name)


def test_open_invoices_week_by_week(
    shared: Path, migrated: Addresses, tmp_path: Path, proven: Callable[[Bank], Bank]
) -> None:
    invoices = read(shared / "portfolios" / "accounts_receivable.csv")
    bank = proven(Bank(services_for(tmp_path, migrated, CODE, text=PROFILE), CODE))
    open_on = {day: [one for one in invoices if one.is_open(day)] for day in WEEKS}
    first, second, third, fourth = WEEKS

    # The first portfolio: all that is open, most of it not yet due.
    placed = portfolio(bank, invoices, first)
    count = len(open_on[first])
    assert placed.rows == Rows(read=count, booked=count)
    assert bank.balances() == owed(open_on[first])
    not_due = [one for one in open_on[first] if one.due > first]
    assert len(not_due) > count / 2
    versions = bank.stored(account_version)
    due = dict(versions.select("account_number", "due_date").rows())
    assert due == {one.number: one.due for one in open_on[first]}
    customers = {one.customer for one in open_on[first]}
    assert bank.stored(person_version).height == len(customers) < count, "one person, many invoices"

    # A week later its payments are told first: nothing is left to recall of what was paid.
    gone = [one for one in open_on[first] if not one.is_open(second)]
    payments(bank, gone, second + _ONE)
    settled = bank.settle(second + _ONE)
    assert settled.classes == {"matched": len(gone)}
    portfolio(bank, invoices, second)
    assert {one: sums for one, sums in bank.balances().items() if sums} == owed(open_on[second])
    paid = [event for events in bank.events(second + _ONE).values() for event in events]
    paid_minor = sum(-moved["principal"] for event, moved in paid if event == "paid")
    assert paid_minor == sum(one.amount for one in gone) * 100
    assert "recalled" not in {event for event, _ in paid}

    # Then they are not, and what is no longer named is taken back as it stood.
    for cut_off, before in ((third, second), (fourth, third)):
        told = portfolio(bank, invoices, cut_off)
        new = [one for one in open_on[cut_off] if not one.is_open(before)]
        gone = [one for one in open_on[before] if not one.is_open(cut_off)]
        stayed = len(open_on[cut_off]) - len(new)
        assert told.rows == Rows(read=len(open_on[cut_off]), booked=len(new), unchanged=stayed)
        events = bank.events(cut_off + _ONE)
        recalled = {one: -moved["principal"] for one, [(event, moved)] in events.items()
                    if event == "recalled"}  # fmt: skip
        assert recalled == {one.number: int(one.amount * 100) for one in gone}
        assert {one: sums for one, sums in bank.balances().items() if sums} == owed(
            open_on[cut_off]
        )
    numbers = bank.stored(account_version).filter(pl.col("state") == "placed")["account_number"]
    assert numbers.n_unique() == len({one.number for day in WEEKS for one in open_on[day]})
