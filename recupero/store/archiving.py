"""Archiving: the moves to the archive that a pull began and that are not known to have ended."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, all_, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from recupero.store.session import Unit
from recupero.store.tables import archiving as table


@dataclass(frozen=True)
class Begun:
    """The move of a receipt's file, begun under a date: the archive's name for it begins so."""

    place: int
    receipt_id: int
    business_date: date


def begin(unit: Unit, begun: Begun) -> None:
    """Announce a move at its place, where that of an earlier one has ended."""
    row = {"receipt_id": begun.receipt_id, "business_date": begun.business_date}
    first = insert(table).values(institution=unit.institution, place=begun.place, **row)
    again = first.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=row)
    unit.connection.execute(again)


def end(unit: Unit, but: Collection[int]) -> None:
    """All moves have ended well, *but* those at these places."""
    kept = literal(sorted(but), ARRAY(Integer))
    ended = update(table).where(
        table.c.institution == unit.institution, table.c.place != all_(kept)
    )
    unit.connection.execute(ended.values(receipt_id=None, business_date=None))


def not_ended(unit: Unit) -> list[Begun]:
    """Moves that were begun and are not known to have ended, by place."""
    rows = unit.connection.execute(
        select(table.c.place, table.c.receipt_id, table.c.business_date)
        .where(table.c.institution == unit.institution, table.c.receipt_id.is_not(None))
        .order_by(table.c.place)
    )
    return [Begun(*row) for row in rows]
