"""What a full portfolio's rows were when they were last booked, and what was told since.

A memory, not a proof: where it is missing, or was made otherwise, everything is looked at.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import polars as pl
from sqlalchemy import Column, ColumnElement, select
from sqlalchemy.dialects.postgresql import insert

from recupero.store import bulk, manifest
from recupero.store.introductions import as_told
from recupero.store.session import Unit
from recupero.store.tables import (
    account_cut_off,
    account_version,
    adjustment,
    contact_point_version,
    journal,
    money_entry,
    party_version,
    person_version,
    receipt_outcome,
    recording,
)
from recupero.store.tables import fingerprint as table

#: Columns of the rows: keyed hashes of the account number and of all that a row states, the latter
#: null for accounts whose row was not accepted; and whose row it is.
ROWS = pl.Schema(
    {
        "account_key": pl.UInt64(),
        "row_low": pl.UInt64(),
        "row_high": pl.UInt64(),
        "account_id": pl.Int64(),
        "person_id": pl.Int64(),
    }
)


@dataclass(frozen=True)
class Fingerprints:
    """``rows``: one for each account that the portfolio states, as ``ROWS``; ``cut_off`` is that of
    the file booked last, whose receipt is ``receipt_id``.
    """

    receipt_id: int
    cut_off: date
    made_as: str
    rows: pl.DataFrame


def last(unit: Unit, portfolio: str, made_as: str) -> Fingerprints | None:
    """What is remembered of *portfolio*, if it was made as we make it now."""
    mine = table.c.institution == unit.institution, table.c.portfolio == portfolio
    head = unit.connection.execute(
        select(table.c.receipt_id, table.c.cut_off, table.c.made_as).where(*mine)
    ).first()
    if head is None or head.made_as != made_as:
        return None
    rows = bulk.read_packed(unit.connection, select(table.c.rows).where(*mine))
    return Fingerprints(head.receipt_id, head.cut_off, head.made_as, pl.read_ipc(BytesIO(rows)))


def keep(unit: Unit, portfolio: str, made: Fingerprints) -> None:
    """Remember *made* instead of what was remembered of *portfolio*."""
    rows = BytesIO()
    made.rows.write_ipc(rows, compression="uncompressed")
    values = {
        "receipt_id": made.receipt_id,
        "cut_off": made.cut_off,
        "made_as": made.made_as,
        "rows": rows.getvalue(),
    }
    new = insert(table).values(institution=unit.institution, portfolio=portfolio, **values)
    instead = {name: new.excluded[name] for name in values}  # not sent a second time
    unit.connection.execute(
        new.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=instead)
    )


@dataclass(frozen=True)
class Told:
    """Accounts and persons of whom something was recorded."""

    accounts: pl.Series
    persons: pl.Series


def told_since(unit: Unit, known: Fingerprints, silent: Collection[str]) -> Told:
    """Whose facts or ledger may be others than when *known* was made.

    Intakes of the kinds *silent* fill none of the tables of facts. Money and
    adjustments dated after the cut-off count whenever they were recorded: the next cut-off may
    contain them.
    """
    since = _recorded_since(unit, known.receipt_id)
    spoken = since.filter(
        (pl.col("kind") == "intake") & ~pl.col("file_kind").is_in(list(silent))
    )["recording_id"].to_list()  # fmt: skip
    later = select(money_entry.c.entry_id).where(
        money_entry.c.institution == unit.institution, money_entry.c.booked_on > known.cut_off
    )
    posted = journal.c.recording_id.in_(since["recording_id"].to_list())
    accounts = [
        _ids(unit, journal.c.account_id, posted),
        _ids(unit, journal.c.account_id, journal.c.entry_id.in_(later)),
        _ids(unit, adjustment.c.account_id, adjustment.c.effective_on > known.cut_off),
    ]
    persons = []
    if spoken:
        accounts += [
            _ids(unit, one.c.account_id, one.c.recording_id.in_(spoken))
            for one in (account_version, account_cut_off, party_version)
        ]
        persons = [
            _ids(unit, one.c.person_id, one.c.recording_id.in_(spoken))
            for one in (person_version, party_version, contact_point_version)
        ]
    return Told(_united(accounts), _united(persons))


def _recorded_since(unit: Unit, receipt_id: int) -> pl.DataFrame:
    """recording_id, kind and, of intakes, ``file_kind`` of what follows a receipt's intake."""
    mine = recording.c.institution == unit.institution
    reached = (
        select(recording.c.position)
        .where(mine, recording.c.subject == manifest.subject_of(receipt_id))
        .scalar_subquery()
    )
    query = (
        select(
            recording.c.recording_id, recording.c.kind, receipt_outcome.c.kind.label("file_kind")
        )
        .join_from(
            recording,
            receipt_outcome,
            (receipt_outcome.c.institution == recording.c.institution)
            & (receipt_outcome.c.recording_id == recording.c.recording_id),
            isouter=True,
        )
        .where(mine, recording.c.position > reached)
    )
    return bulk.read(unit.connection, query)


def _ids(unit: Unit, column: Column[int], condition: ColumnElement[bool]) -> pl.Series:
    of = column.table.c.institution == unit.institution
    query = select(column.label("id")).where(of, condition, column.is_not(None)).distinct()
    return bulk.read(unit.connection, as_told(query, column.table))["id"]


def _united(ids: list[pl.Series]) -> pl.Series:
    return pl.concat([pl.Series("id", [], dtype=pl.Int64), *ids]).unique().sort()
