"""Rows in and out in bulk: polars on our side, COPY on the wire.

``COPY FROM`` into a table under row-level security is refused by PostgreSQL, so rows go into a
temporary table first and from there, set-based and checked by the policy, into place.
"""

from __future__ import annotations

from typing import Any

import polars as pl
import psycopg
from psycopg import sql
from sqlalchemy import (
    BigInteger,
    Boolean,
    Connection,
    Date,
    DateTime,
    Integer,
    Select,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

from recupero.errors import Fault

_DTYPES: tuple[tuple[type[TypeEngine[Any]], pl.DataType], ...] = (
    (BigInteger, pl.Int64()),
    (Integer, pl.Int64()),
    (Date, pl.Date()),
    (DateTime, pl.Datetime("us")),
    (Boolean, pl.Boolean()),
    (Text, pl.String()),
)

#: What the CSV reader makes of the server's text by itself; of dates it takes any order.
_READ = frozenset({pl.Int64(), pl.String()})


def polars_type(type_: TypeEngine[Any]) -> pl.DataType:
    """The polars type a column's values arrive in."""
    for sql_type, dtype in _DTYPES:
        if isinstance(type_, sql_type):
            return dtype
    return pl.String()


def empty_frame(table: Table) -> pl.DataFrame:
    """No rows of *table*, with its columns and types (institution and recording left out)."""
    return pl.DataFrame(
        schema={
            column.name: polars_type(column.type)
            for column in table.columns
            if column.name not in {"institution", "recording_id"}
        }
    )


def driver(connection: Connection) -> psycopg.Connection[Any]:
    """The psycopg connection under a SQLAlchemy one."""
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise Fault("the store speaks to PostgreSQL through psycopg only")
    return raw


def insert(connection: Connection, table: Table, frame: pl.DataFrame) -> None:
    """Append *frame*, whose columns are all of *table*'s, and prove that every row arrived.

    Raises :class:`~recupero.errors.Fault` for rows the table does not take, without quoting them.
    """
    if frame.is_empty():
        return
    try:
        _copy_in(connection, table, frame)
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        at = error.diag.column_name or error.diag.constraint_name or ""
        raise Fault(f"{table.name}: {type(error).__name__} {at}".strip()) from None


def _copy_in(connection: Connection, table: Table, frame: pl.DataFrame) -> None:
    names = [column.name for column in table.columns]
    payload = frame.select(names).write_csv(
        include_header=False, datetime_format="%Y-%m-%d %H:%M:%S%.6f"
    )
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    target, staging = sql.Identifier(table.name), sql.Identifier(f"staging_{table.name}")
    with driver(connection).cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE IF NOT EXISTS {} (LIKE {}) ON COMMIT DROP").format(
                staging, target
            )
        )
        cursor.execute(sql.SQL("TRUNCATE {}").format(staging))
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(staging, columns)
        with cursor.copy(statement) as copy:
            copy.write(payload.encode("utf-8", "surrogateescape"))
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
                target, columns, columns, staging
            )
        )
        if cursor.rowcount != frame.height:
            raise Fault(f"{table.name}: {frame.height} rows sent, {cursor.rowcount} stored")


def read(connection: Connection, query: Select[Any]) -> pl.DataFrame:
    """The rows of *query* as a frame with the columns' types."""
    # The connection's own dialect knows whether this server takes a backslash literally.
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    statement = str(compiled).replace("%%", "%")
    wanted = {column.name: polars_type(column.type) for column in query.selected_columns}
    chunks: list[bytes] = []
    with driver(connection).cursor() as cursor:
        copy_out = f"COPY ({statement}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)"
        with cursor.copy(copy_out.encode()) as copy:
            chunks.extend(bytes(chunk) for chunk in copy)
    return _typed(b"".join(chunks), wanted)


def _typed(payload: bytes, wanted: dict[str, pl.DataType]) -> pl.DataFrame:
    if not payload:
        return pl.DataFrame(schema=wanted)
    # Values are quoted and nulls are not, so an empty text and a null stay two things.
    read = {name: dtype if dtype in _READ else pl.String() for name, dtype in wanted.items()}
    frame = pl.read_csv(payload, has_header=False, schema=read)
    return frame.with_columns(
        _converted(name, dtype) for name, dtype in wanted.items() if dtype not in _READ
    )


def _converted(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Boolean):
        return column.replace_strict({"t": True, "f": False}, return_dtype=pl.Boolean)
    if isinstance(dtype, pl.Date):
        return column.str.to_date("%Y-%m-%d")
    return column.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us")
