"""Rows in and out in bulk: polars on our side, COPY on the wire.

``COPY FROM`` into a table under row-level security is refused by PostgreSQL, so rows go into a
temporary table first and from there, set-based and checked by the policy, into place.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import polars as pl
import psycopg
from psycopg import sql
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Integer,
    Select,
    Table,
    Text,
    any_,
    literal_column,
    true,
)
from sqlalchemy.types import TypeEngine

from recupero.errors import Fault

_Cursor = psycopg.Cursor[Any]

#: Of each SQL type the name and what its values arrive in.
_TYPES: tuple[tuple[type[TypeEngine[Any]], str, pl.DataType], ...] = (
    (BigInteger, "bigint", pl.Int64()),
    (Integer, "integer", pl.Int64()),
    (Date, "date", pl.Date()),
    (DateTime, "timestamp", pl.Datetime("us")),
    (Boolean, "boolean", pl.Boolean()),
    (Text, "text", pl.String()),
)

#: More rows than these go by COPY: 20 rows take 0.7 ms in one statement and 2.1 ms by COPY, 2,000
#: take 51 and 19.
_FEW_ROWS = 200

#: Rows whose texts for the server lie in memory at once.
_ROWS_SENT = 65_536

#: What the CSV reader makes of the server's text by itself; of dates it takes any order.
_READ = frozenset({pl.Int64(), pl.String()})


def polars_type(type_: TypeEngine[Any]) -> pl.DataType:
    """The polars type a column's values arrive in."""
    return next((dtype for known, _, dtype in _TYPES if isinstance(type_, known)), pl.String())


def _sql_type(type_: TypeEngine[Any]) -> sql.SQL:
    return sql.SQL(next(name for known, name, _ in _TYPES if isinstance(type_, known)))


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
    rows = frame.select([column.name for column in table.columns])
    try:
        with driver(connection).cursor() as cursor:
            ship = _send if rows.height <= _FEW_ROWS else _copy_in
            stored = ship(cursor, table, rows)
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        at = error.diag.column_name or error.diag.constraint_name or ""
        raise Fault(f"{table.name}: {type(error).__name__} {at}".strip()) from None
    if stored != frame.height:
        raise Fault(f"{table.name}: {frame.height} rows sent, {stored} stored")


def _send(cursor: _Cursor, table: Table, rows: pl.DataFrame) -> int:
    """Few rows in one statement: a temporary table would cost more than they do."""
    types = (_sql_type(column.type) for column in table.columns)
    arrays = sql.SQL(", ").join(sql.SQL("%s::{}[]").format(each) for each in types)
    cursor.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT * FROM unnest({})").format(
            sql.Identifier(table.name), _listed(rows.columns), arrays
        ),
        [column.to_list() for column in rows.get_columns()],
        prepare=False,
    )
    return cursor.rowcount


def _copy_in(cursor: _Cursor, table: Table, rows: pl.DataFrame) -> int:
    """Through a temporary table, in the order of the key: its index grows at the end alone, which
    takes half the server's time. What all rows share is not sent with each.
    """
    key = [column.name for column in table.primary_key if column.name != "institution"]
    alike = rows.select(pl.all().eq_missing(pl.all().first()).all()).row(0, named=True)
    shared = {name: value for name, value in rows.row(0, named=True).items()
              if alike[name] and name not in key}  # fmt: skip
    varying = [name for name in rows.columns if name not in shared]
    target, staging = sql.Identifier(table.name), sql.Identifier(f"staging_{table.name}")
    cursor.execute(
        sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            staging, _listed(varying), target
        )
    )
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(staging, _listed(varying))
    with cursor.copy(statement) as copy:
        for some in in_order(rows.select(varying), key).iter_slices(_ROWS_SENT):
            payload = BytesIO()
            some.write_csv(payload, include_header=False, datetime_format="%Y-%m-%d %H:%M:%S%.6f")
            copy.write(payload.getbuffer())
    values = [
        sql.Literal(shared[column.name]) + sql.SQL("::") + _sql_type(column.type)
        if column.name in shared
        else sql.Identifier(column.name)
        for column in table.columns
    ]
    cursor.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
            target, _listed(rows.columns), sql.SQL(", ").join(values), staging
        )
    )
    stored = cursor.rowcount
    cursor.execute(sql.SQL("DROP TABLE {}").format(staging))
    return stored


def in_order(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """*frame* by *names*, which have no nulls. One that is sorted already is not sorted again: to
    look takes a small part of the time.
    """
    follows = pl.lit(True)
    for name in reversed(names):
        now, before = pl.col(name), pl.col(name).shift()
        follows = (now > before) | ((now == before) & follows)
    if frame.is_empty() or not names or frame.select(follows.fill_null(True).all()).item():
        return frame
    return frame.sort(names)


def _listed(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def read(connection: Connection, query: Select[Any]) -> pl.DataFrame:
    """The rows of *query* as a frame with the columns' types."""
    statement = _statement(connection, query)
    wanted = {column.name: polars_type(column.type) for column in query.selected_columns}
    chunks: list[bytes] = []
    with driver(connection).cursor() as cursor:
        copy_out = f"COPY ({statement}) TO STDOUT (FORMAT csv, FORCE_QUOTE *)"
        with cursor.copy(copy_out.encode()) as copy:
            chunks.extend(map(bytes, copy))
    return _typed(b"".join(chunks), wanted)


def _statement(connection: Connection, query: Select[Any]) -> str:
    # The connection's own dialect knows whether this server takes a backslash literally.
    compiled = query.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    return str(compiled).replace("%%", "%")


def read_packed(connection: Connection, query: Select[Any]) -> bytes:
    """The one value of *query*, bytes, as they are: as text they would take four times as long."""
    with driver(connection).cursor(binary=True) as cursor:
        cursor.execute(_statement(connection, query).encode())
        ((packed,),) = cursor.fetchall()
    return bytes(packed)


def among(column: ColumnElement[int], ids: pl.Series | None) -> ColumnElement[bool]:
    """That *column* is one of *ids*, however many; always where there are none to choose from."""
    if ids is None:
        return true()
    listed = ids.cast(pl.String).str.join(",").item()
    return column == any_(literal_column(f"'{{{listed}}}'::bigint[]"))


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
