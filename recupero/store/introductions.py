"""The first word about an account and its debtor: stored as one row, told fact by fact.

Nearly all that a portfolio says for the first time is one row about an account, its debtor and how
to reach them. As versions of each fact it would be up to seven rows; it is stored as one, an
``introduction``, and whoever asks for the facts reads both. Proofs read what is stored.

Its key begins with the account: who asks for a few persons goes through all introductions of the
institution (0.1 s for 300,000). An index would spare that and lengthen every first portfolio.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl
from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Table,
    Text,
    cast,
    column,
    literal,
    null,
    select,
    union_all,
    values,
)

from recupero.store.bulk import empty_frame
from recupero.store.canonical import row_hashes
from recupero.store.tables import (
    account_version,
    contact_point_version,
    introduction,
    party_version,
    person_version,
)

#: Channel, ordinal and the column of the introduction.
POINTS = (("phone", 1, "phone"), ("phone", 2, "phone_2"), ("email", 1, "email"),
          ("address", 1, "address"))  # fmt: skip

_Columns = Mapping[str, ColumnElement[Any]]

#: What an introduction tells of each table that is not in the column of that name: a constant, or
#: another column. Accounts are known as of the day they were drawn, people from the file's own day.
_SINCE: _Columns = {"effective_from": introduction.c.recorded_on}
_TOLD: Mapping[Table, _Columns] = {
    account_version: {"state": literal("placed")},
    party_version: {"role": literal("debtor"), **_SINCE},
    person_version: _SINCE,
    contact_point_version: _SINCE,
}
#: Of an address alone.
PLACE = ("city", "region")


def as_told(query: Select[Any], table: Table) -> Select[Any]:
    """*query* on *table*, with what introductions tell of it.

    Those rows have no ``row_hash``: that of an introduction covers all its facts.
    """
    return query.add_cte(_all_told(table)) if table in _TOLD else query


def _all_told(table: Table) -> CTE:
    """Under the table's own name, so that a query on the table reads this instead."""
    told = _points_told() if table is contact_point_version else _arm(table, _TOLD[table])
    return union_all(select(table), told).cte(table.name)


def _points_told() -> Select[Any]:
    """A row for each column of an introduction in which there may be a point: one way through the
    introductions finds them all.
    """
    types, names = contact_point_version.c, ("channel", "ordinal", "value", *PLACE)
    cells = [
        (literal(channel), literal(ordinal), introduction.c[name], *_place(channel))
        for channel, ordinal, name in POINTS
    ]
    columns = [column(name, types[name].type) for name in names]
    point = values(*columns, name="point").data(cells).lateral()
    told = {**_TOLD[contact_point_version], **{name: point.c[name] for name in names}}
    each = introduction.join(point, point.c.value.is_not(None))
    return _arm(contact_point_version, told).select_from(each)


def _place(channel: str) -> list[ColumnElement[Any]]:
    lies = channel == "address"
    return [introduction.c[name] if lies else cast(null(), Text) for name in PLACE]


def _arm(table: Table, told: _Columns) -> Select[Any]:
    otherwise = {"row_hash": null(), **told}
    return select(
        *(
            cast(otherwise[column.name], column.type).label(column.name)
            if column.name in otherwise
            else introduction.c[column.name]
            for column in table.columns
        )
    )


def fact_by_fact(frames: Mapping[Table, pl.DataFrame], key: bytes) -> dict[Table, pl.DataFrame]:
    """*frames* of a recording with its introductions as the versions they stand for.

    *key* is the institution's row key. This is how files were recorded before introductions were.
    """
    told = dict(frames)
    rows = told.pop(introduction).with_columns(state=pl.lit("placed"), role=pl.lit("debtor"))
    since = rows.with_columns(effective_from="recorded_on")
    versions = {
        account_version: rows,
        party_version: since,
        person_version: since,
        contact_point_version: pl.concat(_points(since)),
    }
    for table, each in versions.items():
        columns = empty_frame(table).columns
        hashed = each.with_columns(row_hashes(each, table, key)).select(columns)
        others = [told[table].select(columns)] if table in told else []
        told[table] = pl.concat([*others, hashed])
    return told


def _points(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    nowhere = {name: pl.lit(None, pl.String) for name in PLACE}
    for channel, ordinal, name in POINTS:
        yield rows.filter(pl.col(name).is_not_null()).with_columns(
            channel=pl.lit(channel),
            ordinal=pl.lit(ordinal, pl.Int64),
            value=name,
            **({} if channel == "address" else nowhere),
        )
