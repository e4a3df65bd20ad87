"""Rows of one table, as a frame: what steps read when no special question is asked."""

from __future__ import annotations

from typing import Any

import polars as pl
from sqlalchemy import Select, Table, select

from recupero.store import bulk
from recupero.store.session import Unit

__all__ = ["Table", "rows_of"]


def rows_of(unit: Unit, table: Table, *conditions: Any) -> pl.DataFrame:
    """All rows of *table* the institution has, narrowed by *conditions*, in key order."""
    query: Select[Any] = (
        select(table)
        .where(table.c.institution == unit.institution, *conditions)
        .order_by(*table.primary_key.columns)
    )
    return bulk.read(unit.connection, query)
