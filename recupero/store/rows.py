"""Rows of one table, as a frame: what steps read when no special question is asked."""

from __future__ import annotations

from typing import Any

import polars as pl
from sqlalchemy import Select, Table, exists, literal, select, union_all

from recupero.store import bulk
from recupero.store.introductions import as_told
from recupero.store.session import Unit
from recupero.store.tables import APPEND_ORDER

__all__ = ["Table", "filled_by", "rows_of", "stored_in"]


def rows_of(unit: Unit, table: Table, *conditions: Any) -> pl.DataFrame:
    """All rows of *table* the institution has, narrowed by *conditions*, in key order.

    Facts include those that introductions tell, which have no ``row_hash``.
    """
    return bulk.read(unit.connection, as_told(_query(unit, table, *conditions), table))


def stored_in(unit: Unit, table: Table, *conditions: Any) -> pl.DataFrame:
    """As ``rows_of``, only what is stored in *table* itself: what a recording is proven by."""
    return bulk.read(unit.connection, _query(unit, table, *conditions))


def _query(unit: Unit, table: Table, *conditions: Any) -> Select[Any]:
    return (
        select(table)
        .where(table.c.institution == unit.institution, *conditions)
        .order_by(*table.primary_key.columns)
    )


def filled_by(unit: Unit, recording_id: int) -> set[str]:
    """Names of the tables that hold rows of a recording."""
    asked = [
        select(literal(table.name)).where(
            exists().where(
                table.c.institution == unit.institution, table.c.recording_id == recording_id
            )
        )
        for table in APPEND_ORDER
    ]
    return set(unit.connection.execute(union_all(*asked)).scalars())
