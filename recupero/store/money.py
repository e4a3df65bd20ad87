"""Money received and what it was matched to."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Select, select

from recupero.store import bulk
from recupero.store.session import Unit
from recupero.store.tables import match, money_entry, money_entry_detail, receipt

_ENTRY = [c for c in money_entry.c if c.name not in {"institution", "recording_id"}]
_MATCH = [
    match.c[name]
    for name in ("business_date", "class", "detail", "stage", "account_id", "linked_entry_id",
                 "reason", "posts")
]  # fmt: skip


#: The order received: files as they came, lines as they stand.
_ARRIVAL = (receipt.c.sequence, money_entry.c.line_number)


def undecided(unit: Unit) -> pl.DataFrame:
    """Entries no settlement has looked at, with the reference and payer they state, as received.

    ``sequence`` is their file's place in the order of arrival.
    """
    decided = select(match.c.entry_id).where(match.c.institution == unit.institution)
    query = (
        select(
            *_ENTRY,
            receipt.c.sequence,
            money_entry_detail.c.account_number,
            money_entry_detail.c.payer_name,
            money_entry_detail.c.payer_id,
            money_entry_detail.c.remittance,
        )
        .join_from(money_entry, money_entry_detail, _same_entry(money_entry_detail))
        .join(receipt, _its_receipt())
        .where(
            money_entry.c.institution == unit.institution, money_entry.c.entry_id.not_in(decided)
        )
        .order_by(*_ARRIVAL)
    )
    return bulk.read(unit.connection, query)


def decided(unit: Unit, known_on: date | None = None) -> pl.DataFrame:
    """Entries with the class a settlement gave them, in the order received."""
    query: Select[Any] = (
        select(*_ENTRY, receipt.c.sequence, *_MATCH)
        .join_from(money_entry, match, _same_entry(match))
        .join(receipt, _its_receipt())
        .where(money_entry.c.institution == unit.institution)
        .order_by(*_ARRIVAL)
    )
    if known_on is not None:
        query = query.where(match.c.business_date <= known_on)
    return bulk.read(unit.connection, query)


def entries_between(unit: Unit, receipt_id: int, first: int, last: int) -> pl.DataFrame:
    """Day and amount of the entries on a file's lines from *first* to *last*."""
    return bulk.read(
        unit.connection,
        select(money_entry.c.booked_on, money_entry.c.amount_minor)
        .where(
            money_entry.c.institution == unit.institution,
            money_entry.c.receipt_id == receipt_id,
            money_entry.c.line_number.between(first, last),
        )
        .order_by(money_entry.c.line_number),
    )


def classed(unit: Unit) -> pl.DataFrame:
    """Matches with the amounts the settlement gave them: source, currency, class, amount."""
    return bulk.read(
        unit.connection,
        select(
            match.c.entry_id,
            match.c["class"],
            match.c.amount_minor,
            money_entry.c.source,
            money_entry.c.currency,
        )
        .join_from(match, money_entry, _same_entry(match))
        .where(match.c.institution == unit.institution)
        .order_by(match.c.entry_id),
    )


def references(unit: Unit) -> pl.DataFrame:
    """The references entries state, for people who work the open items."""
    return bulk.read(
        unit.connection,
        select(
            money_entry_detail.c.entry_id,
            money_entry_detail.c.account_number,
            money_entry_detail.c.payer_name,
        ).where(money_entry_detail.c.institution == unit.institution),
    )


def _its_receipt() -> Any:
    return (receipt.c.institution == money_entry.c.institution) & (
        receipt.c.receipt_id == money_entry.c.receipt_id
    )


def _same_entry(table: Any) -> Any:
    return (table.c.institution == money_entry.c.institution) & (
        table.c.entry_id == money_entry.c.entry_id
    )
