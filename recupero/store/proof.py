"""Prove what is stored: recompute every link, digest, row hash and batch sum from the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, Select, Table, select

from recupero.rules.components import COLUMNS
from recupero.store import bulk
from recupero.store.canonical import content_digest, row_hashes
from recupero.store.recordings import GENESIS, link, not_its_own
from recupero.store.session import Unit
from recupero.store.tables import APPEND_ORDER, PERSONAL, journal, recording


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold, and the object it was found at."""

    object: str
    what: str


def prove(unit: Unit, key: bytes) -> Iterator[Finding]:
    """Every finding in the institution's chain, rows and batches; none when all holds.

    *key* is the institution's row key; without it personal facts could not be checked.
    """
    rows = bulk.read(unit.connection, _everything(recording, unit, recording.c.position))
    yield from _chain(rows)
    known = set(rows["recording_id"])
    frames: dict[int, dict[Table, pl.DataFrame]] = {identity: {} for identity in known}
    for table in APPEND_ORDER:
        stored = bulk.read(unit.connection, _everything(table, unit, *table.primary_key.columns))
        if table in PERSONAL:
            yield from _facts(table, stored, key)
        if table is journal:
            yield from _batches(stored)
        for (recording_id,), part in stored.group_by(["recording_id"], maintain_order=True):
            if recording_id in known:
                frames[_whole(recording_id)][table] = part
            else:
                yield Finding(f"{table.name} {recording_id}", "rows of an unknown recording")
    for row in rows.iter_rows(named=True):
        if foreign := not_its_own(row["kind"], frames[row["recording_id"]]):
            yield Finding(_name(row), foreign)
        if content_digest(frames[row["recording_id"]]) != row["content_digest"]:
            yield Finding(_name(row), _differing(frames[row["recording_id"]]))


def _everything(table: Table, unit: Unit, *order: ColumnElement[Any]) -> Select[Any]:
    return select(table).where(table.c.institution == unit.institution).order_by(*order)


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value


def _name(row: dict[str, object]) -> str:
    return f"recording {row['position']} ({row['subject']})"


def _differing(frames: dict[Table, pl.DataFrame]) -> str:
    tables = ", ".join(sorted(table.name for table in frames)) or "no table"
    return f"its rows are not those recorded; it now has rows in {tables}"


def _chain(rows: pl.DataFrame) -> Iterator[Finding]:
    previous, newest = GENESIS, date.min
    for position, row in enumerate(rows.iter_rows(named=True), start=1):
        if row["position"] != position:
            yield Finding(_name(row), f"position {position} is missing before it")
            return
        if row["previous_head"] != previous:
            yield Finding(_name(row), "does not link to the recording before it")
        if link(row) != row["head"]:
            yield Finding(_name(row), "its own columns were changed: the head does not follow")
        if row["business_date"] < newest:
            yield Finding(_name(row), f"is dated {row['business_date']}, after {newest} had begun")
        previous, newest = row["head"], max(newest, row["business_date"])


def _facts(table: Table, stored: pl.DataFrame, key: bytes) -> Iterator[Finding]:
    if stored.is_empty():
        return
    recomputed = row_hashes(stored, table, key)
    keys = [c.name for c in table.primary_key if c.name != "institution"]
    for row in stored.filter(recomputed != stored["row_hash"]).iter_rows(named=True):
        where = " ".join(f"{name}={row[name]}" for name in keys)
        yield Finding(f"{table.name} {where}", "the facts are not those recorded")


def _batches(stored: pl.DataFrame) -> Iterator[Finding]:
    batch = ["recording_id", "ledger", "currency"]
    sums = stored.group_by(batch).agg(pl.col(COLUMNS).sum()).sort(batch)
    for row in sums.filter(pl.any_horizontal(pl.col(COLUMNS) != 0)).iter_rows(named=True):
        yield Finding(f"journal {row['recording_id']}", f"{row['currency']} does not sum to zero")
