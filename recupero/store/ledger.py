"""Balances and movements: sums over the journal, as of a day and as known on a day."""

from __future__ import annotations

from datetime import date

import polars as pl
from sqlalchemy import BigInteger, ColumnElement, cast, func, select, true

from recupero.rules.components import COLUMNS
from recupero.store import bulk
from recupero.store.session import Unit
from recupero.store.tables import journal, money_entry

_SUMS = [
    cast(func.coalesce(func.sum(journal.c[name]), 0), BigInteger).label(name) for name in COLUMNS
]


def balances(
    unit: Unit,
    known_on: date | None = None,
    ledger: str = "claim",
    *,
    of: pl.Series | None = None,
) -> pl.DataFrame:
    """Per account and currency, the six components; accounts without rows are absent.

    *of* are the accounts asked for; without it all.
    """
    query = (
        select(journal.c.account_id, journal.c.currency, *_SUMS)
        .where(
            journal.c.institution == unit.institution,
            journal.c.ledger == ledger,
            journal.c.account_id.is_not(None),
            bulk.among(journal.c.account_id, of),
            *_known(known_on),
        )
        .group_by(journal.c.account_id, journal.c.currency)
        .order_by(journal.c.account_id)
    )
    return bulk.read(unit.connection, query)


def paid_after(unit: Unit, day: date, of: pl.Series | None = None) -> pl.DataFrame:
    """Rows of money in the claims, with ``booked_on``, where that is after *day*."""
    query = (
        select(journal, money_entry.c.booked_on)
        .join_from(
            journal,
            money_entry,
            (money_entry.c.institution == journal.c.institution)
            & (money_entry.c.entry_id == journal.c.entry_id),
        )
        .where(
            journal.c.institution == unit.institution,
            journal.c.ledger == "claim",
            journal.c.event == "paid",
            money_entry.c.booked_on > day,
            bulk.among(journal.c.account_id, of),
        )
    )
    return bulk.read(unit.connection, query)


def movements(unit: Unit, recorded_from: date, recorded_to: date) -> pl.DataFrame:
    """Account rows recorded in the closed interval, summed per ledger, currency and event."""
    query = (
        select(journal.c.ledger, journal.c.currency, journal.c.event, *_SUMS)
        .where(
            journal.c.institution == unit.institution,
            journal.c.account_id.is_not(None),
            journal.c.recorded_on.between(recorded_from, recorded_to),
        )
        .group_by(journal.c.ledger, journal.c.currency, journal.c.event)
        .order_by(journal.c.ledger, journal.c.currency, journal.c.event)
    )
    return bulk.read(unit.connection, query)


def account_rows(unit: Unit, account_id: int, as_of: date | None = None) -> pl.DataFrame:
    """Journal rows of an account, in the order recorded: all, or those effective by *as_of*."""
    query = (
        select(journal)
        .where(
            journal.c.institution == unit.institution,
            journal.c.account_id == account_id,
            true() if as_of is None else journal.c.effective_on <= as_of,
        )
        .order_by(journal.c.recorded_on, journal.c.recording_id, journal.c.entry_number)
    )
    return bulk.read(unit.connection, query)


def rows_of_entries(unit: Unit, entry_ids: list[int]) -> pl.DataFrame:
    """The account rows that money entries posted, with their recording, to reverse them."""
    query = select(journal).where(
        journal.c.institution == unit.institution,
        journal.c.account_id.is_not(None),
        journal.c.event == "paid",
        journal.c.reverses_recording_id.is_(None),
        journal.c.entry_id.in_(entry_ids or [0]),
    )
    return bulk.read(unit.connection, query)


def _known(known_on: date | None) -> list[ColumnElement[bool]]:
    return [] if known_on is None else [journal.c.recorded_on <= known_on]
