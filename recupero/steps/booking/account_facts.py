"""What institutions tell about accounts beside their portfolios: each kind of it, one table.

A row states one thing of an account that is ours: an instalment, a guarantee, a document. It is
booked where it says something new; a full list ends what it states no longer of the accounts it
names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from recupero.profiles.account_fields import ROLES
from recupero.steps.booking.case import Booking, Case, Ended, rejects
from recupero.store import bulk, facts
from recupero.store.canonical import fact_columns, identities
from recupero.store.rows import Table
from recupero.store.tables import (
    account_version,
    document_version,
    guarantee_version,
    hold_version,
    instalment_version,
    judicial_event_version,
    party_version,
)

#: A fact that is not in force from a day of its own is so from the day its row was drawn.
DRAWN = "stated_on"
_TOMORROW = pl.duration(days=1)


@dataclass(frozen=True)
class Stated:
    """What the rows of a kind state of *table*: its ``columns`` and the fields they come from.

    ``since`` is the field with the first day; ``until`` that with the last, itself included. A
    hold or event is ``known_by`` the fields whose keyed hash is its id (``id_column``); ``kind`` is
    that of all such holds.
    A party's ``roles`` are those that the kind states; a portfolio states the debtor.
    """

    table: Table
    columns: Mapping[str, str]
    since: str = DRAWN
    until: str | None = None
    known_by: tuple[str, ...] = ()
    id_column: str = "hold_id"
    kind: str | None = None
    roles: tuple[str, ...] = ()


KINDS: dict[str, Stated] = {
    "instalment": Stated(
        instalment_version,
        {"number": "instalment_number", "due_date": "due_date",
         "principal_minor": "principal_minor", "interest_minor": "interest_minor",
         "fees_minor": "fees_minor"},
    ),
    "guarantee": Stated(
        guarantee_version,
        {"number": "guarantee_number", "kind": "guarantee_kind", "covers_minor": "covers_minor"},
    ),
    "document_index": Stated(
        document_version,
        {"number": "document_number", "kind": "document_kind", "reference": "reference",
         "issued_on": "issued_on"},
    ),
    "hold": Stated(
        hold_version, {"kind": "hold_kind", "basis": "basis"}, "since", "until",
        known_by=("account_number", "hold_kind", "since"),
    ),
    "dispute": Stated(
        hold_version, {"ground": "dispute_kind", "reference": "complaint_id", "basis": "basis"},
        "opened_on", "closed_on", known_by=("account_number", "complaint_id"), kind="dispute",
    ),
    "judicial_event": Stated(
        judicial_event_version,
        {"event": "event", "occurred_on": "occurred_on", "reference": "reference",
         "court": "court"},
        "occurred_on", known_by=("account_number", "event", "occurred_on", "reference"),
        id_column="event_id",
    ),
}  # fmt: skip

ROLES_STATED = Stated(
    party_version, {"person_id": "person_id", "role": "role"}, "since", "until", roles=ROLES
)


@dataclass(frozen=True)
class Sorted:
    """Versions ``told`` by rows that say something new, those ``outdated``, and those ``ended``."""

    told: pl.DataFrame
    outdated: pl.DataFrame
    ended: pl.DataFrame


def book_account_facts(case: Case) -> Booking:
    """Versions of what the rows say anew of accounts we hold.

    Rejected: what is of an account that is not ours, in another currency than the account, or
    older than what is known.
    """
    rows, unknown = case.split_known(case.screened.rows)
    rows, foreign = in_its_currency(case, rows)
    found = sort_out(case, KINDS[case.layout.kind], rows, also_stated=foreign)
    refused = [
        unknown,
        rejects(foreign, "other_currency", "currency"),
        rejects(found.outdated, "outdated_fact"),
    ]
    told = found.told.height
    return Booking(
        frames={KINDS[case.layout.kind].table: pl.concat([found.told, found.ended])},
        booked=told,
        unchanged=rows.height - told - found.outdated.height,
        rejects=pl.concat(refused).sort("line_number"),
        ended=Ended(facts_count=found.ended.height),
    )


def in_its_currency(case: Case, rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """*rows* that state no currency or the account's own, and those that state another."""
    if "currency" not in rows.columns:
        return rows, rows.clear()
    known = facts.current(case.unit, account_version, case.business_date)
    return (
        rows.join(known, on=["account_id", "currency"], how="semi", maintain_order="left"),
        rows.join(known, on=["account_id", "currency"], how="anti", maintain_order="left"),
    )


def sort_out(case: Case, kind: Stated, rows: pl.DataFrame, also_stated: pl.DataFrame) -> Sorted:
    """What *rows* tell of the table of *kind*, against what was told until now.

    What the rows *also_stated* name is rejected, and so it is not ended either.
    """
    known = facts.last_told(case.unit, kind.table, case.business_date)
    stated = _versions(case, kind, rows, known)
    things = facts.identity_columns(kind.table)
    before = facts.known_beside(kind.table, known)
    joined = stated.join(before, on=things, how="left", maintain_order="left")
    until = pl.col("effective_until").eq_missing(pl.col("known_effective_until"))
    same = facts.says_the_same(kind.table) & until
    if kind.since != DRAWN:
        same &= pl.col("effective_from") == pl.col("known_effective_from")
    fresh = joined.filter(pl.col("known").is_null() | ~same)
    columns = facts.told_columns(kind.table)
    named = pl.concat([stated.select(things), _things(case, kind, also_stated).select(things)])
    return Sorted(
        told=fresh.filter(~overtaken(case)).select(columns),
        outdated=fresh.filter(overtaken(case)),
        ended=_ended(case, kind, known, named, rows).select(columns),
    )


def overtaken(case: Case) -> pl.Expr:
    """Whether what is known in columns ``known_`` is newer than what a version of *case* beside it
    says.

    Of two files of one day the one that came later counts, whichever is booked later.
    """
    later = (pl.col("known_recorded_on") == case.said_on) & (
        pl.col("known_sequence") > case.said_at
    )
    older = pl.col("effective_from") < pl.col("known_effective_from")
    return (older | later).fill_null(False)


def _versions(case: Case, kind: Stated, rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Every version the rows state. Without a first day it is the one known, else the file's."""
    things = facts.identity_columns(kind.table)
    last = pl.lit(None, pl.Date) if kind.until is None else pl.col(kind.until) + _TOMORROW
    lasting = known.filter(_in_force(case)) if kind.since != DRAWN else known.clear()
    begun = lasting.select(*things, pl.col("effective_from").alias("begun_on"))
    stated = _things(case, kind, rows).join(begun, on=things, how="left", maintain_order="left")
    first = pl.coalesce("first", "begun_on", pl.lit(case.said_on))
    versions = case.version(stated, first).with_columns(last.alias("effective_until"))
    return as_stored(kind.table, versions)


def _things(case: Case, kind: Stated, rows: pl.DataFrame) -> pl.DataFrame:
    """*rows* in the columns of the table of *kind*, with the ``first`` day and that of the end."""
    last = [kind.until] if kind.until else []
    stated = rows.select(
        "line_number", "account_id",
        *(pl.col(field).alias(column) for column, field in kind.columns.items()),
        pl.col(kind.since).alias("first"), *last,
    )  # fmt: skip
    if kind.kind:
        stated = stated.with_columns(pl.lit(kind.kind).alias("kind"))
    if kind.known_by:
        ids = identities(rows, case.layout.kind, list(kind.known_by), case.identity_key)
        stated = stated.with_columns(ids.alias(kind.id_column))
    unsaid = [name for name in fact_columns(kind.table) if name not in stated.columns]
    stated = stated.with_columns(pl.lit(None).alias(name) for name in unsaid)
    return as_stored(kind.table, stated)


def _ended(
    case: Case, kind: Stated, known: pl.DataFrame, named: pl.DataFrame, rows: pl.DataFrame
) -> pl.DataFrame:
    """Versions that end what a full list states no longer, of the accounts it names.

    Not of one with a rejected row, for that may have stated it; where such a row's account cannot
    be read it may be any.
    """
    gone = known.filter(_in_force(case))
    if kind.roles:
        gone = gone.filter(pl.col("role").is_in(kind.roles))
    doubtful = case.screened.rejected_keys
    if case.layout.snapshot != "full" or doubtful.null_count():
        return gone.clear()
    sure = rows.filter(~pl.col("account_number").is_in(doubtful.implode()))
    gone = gone.join(sure, on="account_id", how="semi").join(
        named, on=named.columns, how="anti", maintain_order="left"
    )
    ended = case.version(gone).with_columns(
        pl.lit(case.business_date).alias("effective_until"), pl.lit(0).alias("line_number")
    )
    return as_stored(kind.table, ended)


def as_stored(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """*rows* with the columns of *table* in its types."""
    types = bulk.empty_frame(table).schema
    return rows.cast({name: types[name] for name in rows.columns if name in types})


def _in_force(case: Case) -> pl.Expr:
    until = pl.col("effective_until")
    return until.is_null() | (until > case.business_date)
