"""Sightings: what the pulls of a date saw in the inbox and did not take up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

import polars as pl
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import sighting as table


@dataclass(frozen=True)
class Left:
    """An entry that lies in the inbox; ``entry`` is a keyed hash of its name, which is told where
    it can be no debtor's.
    """

    entry: int
    name: str | None
    reason: str


def see_left(unit: Unit, business_date: date, left: Iterable[Left]) -> None:
    """Record what a pull left in the inbox; what an earlier one left and this one did not see is
    there no longer.
    """
    before = update(table).where(
        table.c.institution == unit.institution,
        table.c.business_date == business_date,
        table.c.there,
    )
    unit.connection.execute(before.values(there=False))
    rows = {one.entry: _row(unit, business_date) | asdict(one) for one in left}
    if rows:
        seen = insert(table).values(receipt_id=None, there=True)
        again = seen.on_conflict_do_update(
            index_elements=list(table.primary_key.columns),
            set_={"reason": seen.excluded.reason, "there": True},
        )
        unit.connection.execute(again, [rows[entry] for entry in sorted(rows)])


def see_again(unit: Unit, business_date: date, receipt_id: int, reason: str) -> None:
    """Record that what a receipt brought lay in the inbox again, and was put away unread."""
    row = {"entry": receipt_id, "receipt_id": receipt_id, "reason": reason, "there": False}
    seen = insert(table).values(_row(unit, business_date) | row)
    unit.connection.execute(seen.on_conflict_do_nothing())


def of_day(unit: Unit, business_date: date) -> pl.DataFrame:
    """The date's sightings, by entry."""
    return rows_of(unit, table, table.c.business_date == business_date)


def seen_again(unit: Unit, since: date) -> list[int]:
    """Receipts whose files came again, from *since* on."""
    found = rows_of(unit, table, table.c.business_date >= since, table.c.receipt_id.is_not(None))
    return found["receipt_id"].unique().sort().to_list()


def _row(unit: Unit, business_date: date) -> dict[str, object]:
    return {"institution": unit.institution, "business_date": business_date}
