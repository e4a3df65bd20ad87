"""The columns and conventions every table shares."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from recupero.rules.components import COLUMNS

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_N_name)s_fk",
        "ix": "%(table_name)s_%(column_0_N_name)s_ix",
        "uq": "%(table_name)s_%(column_0_N_name)s_uq",
    }
)


def text(name: str, *, null: bool = False) -> Column[Any]:
    """Text, ordered by bytes so that two machines sort alike."""
    return Column(name, Text(collation="C"), nullable=null)


def number(name: str, *, null: bool = False) -> Column[Any]:
    """int64: identities, amounts in minor units."""
    return Column(name, BigInteger, nullable=null)


def count(name: str, *, null: bool = False) -> Column[Any]:
    """int32: counts, positions, line numbers."""
    return Column(name, Integer, nullable=null)


def day(name: str, *, null: bool = False) -> Column[Any]:
    """A business or effective date."""
    return Column(name, Date, nullable=null)


def moment(name: str, *, null: bool = False) -> Column[Any]:
    """A local date and time of the institution's or debtor's zone, without zone."""
    return Column(name, DateTime, nullable=null)


def instant(name: str, *, null: bool = False) -> Column[Any]:
    """A point in time of the database's clock."""
    return Column(name, DateTime(timezone=True), nullable=null)


def flag(name: str, *, null: bool = False) -> Column[Any]:
    """A truth value."""
    return Column(name, Boolean, nullable=null)


def packed(name: str) -> Column[Any]:
    """Bytes that only we read, written as they are: they do not compress."""
    return Column(name, LargeBinary, nullable=False)


def components() -> list[Column[Any]]:
    """The six components of a claim, minor units."""
    return [number(name) for name in COLUMNS]


def version() -> list[Column[Any]]:
    """What makes a row a version of a fact: never overwritten, only followed.

    ``effective_from``/``effective_until`` (exclusive, null = open) say when it held;
    ``recorded_on`` and ``sequence`` say when we learned it; ``row_hash`` is the keyed hash of
    the facts, by which they are proven.
    """
    return [
        day("effective_from"),
        day("effective_until", null=True),
        day("recorded_on"),
        count("sequence"),
        number("receipt_id"),
        count("line_number"),
        number("row_hash"),
    ]


def institution_table(
    name: str,
    key: tuple[str, ...],
    *columns: Column[Any],
    references: tuple[tuple[str, ...], ...] = (),
    indexes: tuple[tuple[str, ...], ...] = (),
    chained: bool = True,
) -> Table:
    """A table partitioned by institution.

    *key* follows the institution in the primary key. *references* are ``(column, table, column)``
    triples: what a column names is there, among the institution's own rows. Triggers see to that
    once a statement, since foreign keys ask row by row. *indexes* are column tuples, each prefixed
    by the institution. Rows of a *chained* table belong to a recording.
    """
    return Table(
        name,
        metadata,
        text("institution"),
        *([number("recording_id")] if chained else []),
        *columns,
        PrimaryKeyConstraint("institution", *key),
        *(Index(f"{name}_{'_'.join(index)}_ix", "institution", *index) for index in indexes),
        info={"references": references},
        postgresql_partition_by="LIST (institution)",
    )


def named_first() -> list[Table]:
    """All tables, those that others name before them."""
    for table in metadata.tables.values():
        for _, named, _ in table.info.get("references", ()):
            table.add_is_dependent_on(metadata.tables[named])
    return metadata.sorted_tables


def partition_name(table: str, code: str) -> str:
    """What the partition of *table* with the rows of institution *code* is called."""
    return f"{table}__{code.replace('-', '_')}"
