"""Every write is a recording: once, whole, counted and chained.

A recording is a set of rows with a subject, its natural key. The same subject is never recorded
twice; a rerun finds it and gets the counts of the first time. Each recording hashes its rows and
the head before it, so a changed row, a missing row or a cut tail shows.

Business dates never go back in a chain, whatever the kind: once a later date has begun, what was
reported about the earlier one stays the whole of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Table, func, insert, select

from recupero.errors import ChainBroken, Fault, Refused
from recupero.rules.components import COLUMNS
from recupero.store import bulk
from recupero.store.canonical import content_digest, key_columns
from recupero.store.session import Unit
from recupero.store.tables import APPEND_ORDER, FILLED_BY, journal, recording

#: The head before the first recording.
GENESIS = "0" * 64


@dataclass(frozen=True)
class Draft:
    """What is to be recorded.

    ``subject`` is the natural key within the institution (``intake:<receipt>``); ``inputs`` are
    the digests of what the result depends on; ``counts`` are the totals the step reports.
    ``frames`` lack the columns institution and recording_id, which the store fills in.
    """

    kind: str
    subject: str
    business_date: date
    counts: Mapping[str, Any]
    inputs: Mapping[str, str] = field(default_factory=dict)
    frames: Mapping[Table, pl.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Recorded:
    """A recording as it stands in the chain."""

    recording_id: int
    position: int
    kind: str
    subject: str
    business_date: date
    counts: dict[str, Any]
    head: str
    fresh: bool


def find(unit: Unit, subject: str) -> Recorded | None:
    """The recording of *subject*, if there is one."""
    row = unit.connection.execute(
        select(recording).where(
            recording.c.institution == unit.institution, recording.c.subject == subject
        )
    ).first()
    return None if row is None else _recorded(row._asdict(), fresh=False)


def head(unit: Unit) -> str:
    """The current head of the institution's chain."""
    return _last(unit)[1]


def height(unit: Unit) -> int:
    """How many recordings the institution's chain has: the position of the newest."""
    return _last(unit)[0]


def height_on(unit: Unit, business_date: date) -> int:
    """How many recordings the chain had when *business_date* ended: dates never go back."""
    query = select(func.coalesce(func.max(recording.c.position), 0)).where(
        recording.c.institution == unit.institution, recording.c.business_date <= business_date
    )
    return int(unit.connection.execute(query).scalar_one())


def newest_date(unit: Unit) -> date | None:
    """The date that is open: the chain's newest; none before the first recording."""
    newest = _last(unit)[2]
    return None if newest == date.min else newest


def open_date(unit: Unit, business_date: date) -> date:
    """*business_date*, or the newest date of the chain where that is later.

    For what happens when it happens, whatever date is asked for: a document's arrival.
    """
    return max(business_date, _last(unit)[2])


def is_closed(unit: Unit, business_date: date) -> bool:
    """Whether a later date has begun: what waits is no longer *business_date*'s to take up."""
    return open_date(unit, business_date) > business_date


def head_through(unit: Unit, kinds: Collection[str], business_date: date) -> str:
    """The head of the last recording of *kinds* up to *business_date*."""
    row = unit.connection.execute(
        select(recording.c.head)
        .where(
            recording.c.institution == unit.institution,
            recording.c.kind.in_(sorted(kinds)),
            recording.c.business_date <= business_date,
        )
        .order_by(recording.c.position.desc())
        .limit(1)
    ).first()
    return GENESIS if row is None else str(row.head)


def recorded_of(unit: Unit, kind: str, business_date: date) -> int:
    """How many recordings of *kind* the date has."""
    count: int = unit.connection.execute(
        select(func.count()).where(
            recording.c.institution == unit.institution,
            recording.c.kind == kind,
            recording.c.business_date == business_date,
        )
    ).scalar_one()
    return count


def begin(unit: Unit, subject: str, business_date: date) -> Recorded | None:
    """The recording of *subject*, or none, and with it the turn to make it.

    Nobody else records until the unit ends: what a step reads from here on is what it decides by.
    Raises :class:`~recupero.errors.Refused` on a closed date, before anything is made for it.
    """
    take_turn(unit)
    already = find(unit, subject)
    if already is None:
        _require_open(unit, subject, business_date, _last(unit)[2])
    return already


def append(unit: Unit, draft: Draft) -> Recorded:
    """Record *draft*, or return the recording its subject already has.

    Raises :class:`~recupero.errors.Refused` when a later business date has begun,
    :class:`~recupero.errors.ChainBroken` when journal rows do not sum to zero per
    ledger, currency and component: such a batch is never stored, and
    :class:`~recupero.errors.Fault` when the draft's kind is none or fills none of these tables.
    """
    if foreign := not_its_own(draft.kind, draft.frames):
        raise Fault(foreign, f"{unit.institution} {draft.subject}")
    take_turn(unit)
    already = find(unit, draft.subject)
    if already is not None:
        return already
    position, previous, newest = _last(unit)
    _require_open(unit, draft.subject, draft.business_date, newest)
    frames = complete(draft)
    if journal in frames:
        assert_balanced(frames[journal], draft.subject)
    row: dict[str, Any] = {
        "institution": unit.institution,
        "recording_id": recording_identity(unit.institution, draft.subject),
        "position": position + 1,
        "kind": draft.kind,
        "subject": draft.subject,
        "business_date": draft.business_date,
        "inputs": canonical_json(draft.inputs),
        "counts": canonical_json(draft.counts),
        "content_digest": content_digest(frames),
        "previous_head": previous,
    }
    row["head"] = link(row)
    if unit.rehearsed is None:
        unit.connection.execute(insert(recording).values(row))
        for table in APPEND_ORDER:
            if table in frames:
                _append_rows(unit, table, frames[table], row["recording_id"])
    else:
        unit.rehearsed.append(draft)
    return _recorded(row, fresh=True)


def _require_open(unit: Unit, subject: str, business_date: date, newest: date) -> None:
    if business_date < newest:
        raise Refused(
            f"{business_date} is closed: {newest} has begun, and dates never go back",
            f"{unit.institution} {subject.partition(':')[0]}",
            f"run {newest} or a later date",
        )


def not_its_own(kind: str, tables: Collection[Table]) -> str:
    """Why a recording of *kind* may not have rows in *tables*, or an empty text."""
    if kind not in FILLED_BY:
        return f"{kind} is no kind of recording"
    foreign = sorted(table.name for table in tables if table not in FILLED_BY[kind])
    return f"a recording of kind {kind} fills no {', '.join(foreign)}" if foreign else ""


def recording_identity(institution: str, subject: str) -> int:
    """A recording's id: an unkeyed hash, because subjects hold no personal data."""
    digest = hashlib.blake2b(f"{institution}\x1f{subject}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def link(row: Mapping[str, Any]) -> str:
    """The head a recording's row must carry: sha256 over its columns and the head before."""
    names = [column.name for column in recording.columns if column.name != "head"]
    return hashlib.sha256("\x1f".join(str(row[name]) for name in names).encode()).hexdigest()


def canonical_json(value: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spaces: equal values, equal bytes."""
    return json.dumps(dict(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def assert_balanced(rows: pl.DataFrame, where: str) -> None:
    """Every ledger, currency and component of a batch sums to zero."""
    sums = rows.group_by("ledger", "currency").agg(pl.col(COLUMNS).sum())
    off = sums.filter(pl.any_horizontal(pl.col(COLUMNS) != 0))
    if off.height:
        first = off.sort("ledger", "currency").row(0, named=True)
        raise ChainBroken(f"{first['ledger']} in {first['currency']} does not sum to zero", where)


def take_turn(unit: Unit) -> None:
    """One writer of a chain at a time; the lock ends with the transaction.

    A step that decides by what is stored takes it before it looks, else two runs at once would
    both decide by what neither has stored yet.
    """
    if unit.rehearsed is None:
        unit.await_turn("chain")


def _last(unit: Unit) -> tuple[int, str, date]:
    """Position, head and business date of the newest recording."""
    row = unit.connection.execute(
        select(recording.c.position, recording.c.head, recording.c.business_date)
        .where(recording.c.institution == unit.institution)
        .order_by(recording.c.position.desc())
        .limit(1)
    ).first()
    if row is None:
        return 0, GENESIS, date.min
    return row.position, row.head, row.business_date


def complete(draft: Draft) -> dict[Table, pl.DataFrame]:
    """The draft's frames as they are stored and hashed, in the order of their keys."""
    return {table: _complete(table, frame) for table, frame in draft.frames.items()}


def _complete(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """*frame* with every column of *table* in its type, by key; nullable ones may be left out."""
    wanted = bulk.empty_frame(table).schema
    missing = [
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in wanted.items()
        if name not in frame.columns
    ]
    typed = frame.with_columns(missing).select(
        pl.col(name).cast(dtype) for name, dtype in wanted.items()
    )
    return bulk.in_order(typed, key_columns(table))


def _append_rows(unit: Unit, table: Table, frame: pl.DataFrame, recording_id: int) -> None:
    bulk.insert(
        unit.connection,
        table,
        frame.with_columns(
            pl.lit(unit.institution).alias("institution"),
            pl.lit(recording_id).alias("recording_id"),
        ),
    )


def _recorded(row: Mapping[str, Any], *, fresh: bool) -> Recorded:
    columns = (f.name for f in fields(Recorded) if f.name not in {"counts", "fresh"})
    return Recorded(
        **{name: row[name] for name in columns}, counts=json.loads(row["counts"]), fresh=fresh
    )
