"""Facts as versions: what held on a day, as it was known on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Select, Table, or_, select

from recupero.store import bulk
from recupero.store.canonical import fact_columns
from recupero.store.introductions import as_told
from recupero.store.session import Unit

_LEARNED = ("recorded_on", "sequence")
#: What a booking does not know of what it tells: the store and the booking's end fill it in.
_FILLED_IN = frozenset({"institution", "recording_id", "row_hash"})


def identity_columns(table: Table) -> list[str]:
    """The columns that say which thing a version of *table* is about."""
    return [c.name for c in table.primary_key if c.name not in {"institution", *_LEARNED}]


def told_columns(table: Table) -> list[str]:
    """The columns of a version of *table* as a booking tells it."""
    return [c.name for c in table.columns if c.name not in _FILLED_IN]


def says_the_same(table: Table) -> pl.Expr:
    """Whether a version's facts are those in columns ``known_`` beside it, of the same thing."""
    said = [name for name in fact_columns(table) if name not in identity_columns(table)]
    same = (pl.col(name).eq_missing(pl.col(f"known_{name}")) for name in said)
    return pl.all_horizontal(pl.lit(True), *same)


def known_beside(table: Table, versions: pl.DataFrame) -> pl.DataFrame:
    """*versions* as they are joined to others of the same things: what they say is ``known_``."""
    things = identity_columns(table)
    apart = {"receipt_id", "line_number", *things}
    said = [name for name in told_columns(table) if name not in apart]
    return versions.select(*things, pl.col(said).name.prefix("known_"), known=pl.lit(True))


def current(
    unit: Unit,
    table: Table,
    as_of: date,
    known_on: date | None = None,
    *,
    of: pl.Series | None = None,
    names: Sequence[str] = (),
) -> pl.DataFrame:
    """The newest version of each thing in force on *as_of*, as known on *known_on*.

    Without *known_on* it is as known on *as_of*. *of* are the accounts or, where the table is about
    persons, the persons asked for; without it all. *names* are the columns asked for, or all.
    """
    asked = table.c.effective_from <= as_of, bulk.among(table.c[identity_columns(table)[0]], of)
    newest = _newest(unit, table, known_on or as_of, *asked).subquery()
    in_force = or_(newest.c.effective_until.is_(None), newest.c.effective_until > as_of)
    in_order = (newest.c[name] for name in identity_columns(table))
    wanted = [newest.c[name] for name in names] or newest.c
    query = select(*wanted).where(in_force).order_by(*in_order)
    return bulk.read(unit.connection, as_told(query, table))


def last_told(unit: Unit, table: Table, known_on: date) -> pl.DataFrame:
    """The newest version of each thing as known on *known_on*, whether it is in force or not."""
    return bulk.read(unit.connection, as_told(_newest(unit, table, known_on), table))


def _newest(
    unit: Unit, table: Table, known_on: date, *conditions: ColumnElement[bool]
) -> Select[Any]:
    things = [table.c[name] for name in identity_columns(table)]
    return (
        select(*(column for column in table.columns if column.name != "row_hash"))
        .distinct(*things)
        .where(
            table.c.institution == unit.institution, table.c.recorded_on <= known_on, *conditions
        )
        .order_by(*things, table.c.recorded_on.desc(), table.c.sequence.desc())
    )


@dataclass(frozen=True)
class Changes:
    """What a file tells that was not known.

    ``told`` are the versions to record, ``before`` the versions until now.
    """

    told: pl.DataFrame
    before: pl.DataFrame


def changes(unit: Unit, table: Table, stated: pl.DataFrame, as_of: date) -> Changes:
    """Sort *stated* versions of *table* into those that say something new and repetitions.

    *stated* has the table's identity and fact columns.
    """
    return compare(table, stated, current(unit, table, as_of))


def compare(
    table: Table, stated: pl.DataFrame, before: pl.DataFrame, apart: Sequence[int] = ()
) -> Changes:
    """As ``changes``, from the versions *before*; what the receipts *apart* said, is said anew."""
    known = known_beside(table, before.filter(~pl.col("receipt_id").is_in(list(apart))))
    joined = stated.join(known, on=identity_columns(table), how="left", maintain_order="left")
    repeated = pl.col("known").fill_null(False) & says_the_same(table)
    return Changes(told=joined.filter(~repeated).drop("known", r"^known_.*$"), before=before)
