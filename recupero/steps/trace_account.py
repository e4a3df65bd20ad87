"""Everything recorded about one account, each row with the file, line and rule behind it."""

from __future__ import annotations

import json
import re
from datetime import date

import polars as pl

from recupero.rules.components import COLUMNS
from recupero.steps.documents import folio
from recupero.steps.trace_sources import Row, Sources
from recupero.store import ledger
from recupero.store.rows import Table, rows_of
from recupero.store.session import Unit
from recupero.store.tables import (
    account_version,
    adjustment,
    assessment,
    attestation,
    delivery,
    document,
    document_version,
    effort,
    guarantee_version,
    hold_version,
    instalment_version,
    instruction,
    judicial_event_version,
    letter,
    match,
    money_entry,
    money_entry_detail,
    opinion,
    opinion_condition,
    permission,
    recall,
    write_off,
)

#: An id of 64 bits, signed; a shorter number is what the institution called its document.
_ID = re.compile(r"-?[0-9]{12,19}")
_IN_ORDER = ("business_date", "performed_at", "recalled_on", "effective_on", "line_number")
_STATED = [name for name in COLUMNS if name in account_version.c]

#: Tables whose rows are shown as they are, by the section they make.
_PLAIN: dict[str, tuple[Table, tuple[str, ...]]] = {
    "assessments": (assessment, ("business_date", "age_days", "bucket", "stage", "score",
                                 "segment", "currency", "balance_minor", "collector_code", "action",
                                 "reason")),
    "efforts": (effort, ("effort_id", "performed_at", "channel", "result", "direct")),
    "permissions": (permission, ("permission_id", "business_date", "role", "channel",
                                 "planned_at", "allowed", "rule", "norm", "confidence",
                                 "lawful_from")),
    "holds": (hold_version, ("recorded_on", "effective_from", "effective_until", "kind", "ground",
                             "reference", "basis")),
    "judicial_events": (judicial_event_version, ("recorded_on", "occurred_on", "event",
                                                 "reference", "court")),
    "instalments": (instalment_version, ("recorded_on", "effective_until", "number", "due_date",
                                         "currency", "principal_minor", "interest_minor",
                                         "fees_minor")),
    "guarantees": (guarantee_version, ("recorded_on", "effective_until", "number", "kind",
                                       "currency", "covers_minor")),
    "documents": (document_version, ("recorded_on", "effective_until", "number", "kind",
                                     "reference", "issued_on")),
    "attestations": (attestation, ("attestation", "holds", "stated_on", "evidence")),
    "opinions": (opinion, ("opinion_id", "business_date", "regime", "met", "currency",
                           "claim_minor")),
    "instructions": (instruction, ("currency", "amount_minor", "decided_on", "resolution")),
    "adjustments": (adjustment, ("reference", "event", "currency", "effective_on", *_STATED,
                                 "reason")),
    "recalls": (recall, ("recalled_on", "reason", "reference")),
    "write_offs": (write_off, ("business_date", "currency", "amount_minor", "accepted", "reason")),
}  # fmt: skip


def account_sections(
    unit: Unit, account_id: int, as_of: date | None = None
) -> dict[str, list[Row]]:
    """Sections by name, none empty: versions, balances, journal, money, then what followed.

    Of the journal, and so of the balances, only what is effective by *as_of*.
    """
    sources = Sources(unit)
    entries = ledger.account_rows(unit, account_id, as_of)
    sections = {
        "versions": _versions(unit, sources, account_id),
        "balances": _balances(entries),
        "journal": _journal(unit, sources, entries, account_id),
        "money": _money(unit, sources, account_id),
    }
    currency = pl.lit(sections["versions"][-1]["currency"]).alias("currency")
    for name, (table, columns) in _PLAIN.items():
        found = rows_of(unit, table, table.c.account_id == account_id).with_columns(currency)
        by = [column for column in _IN_ORDER if column in found.columns]
        sections[name] = sources.rows(found.sort(by), *columns)
    sections["letters"] = _letters(unit, sources, account_id)
    opinions = rows_of(unit, opinion, opinion.c.account_id == account_id)
    sections["conditions"] = conditions(unit, sources, _ids(opinions, "opinion_id"))
    sections["recordings"] = sources.recordings()
    return {name: rows for name, rows in sections.items() if rows}


def _versions(unit: Unit, sources: Sources, account_id: int) -> list[Row]:
    """What the institution stated, each time it stated something new."""
    found = rows_of(unit, account_version, account_version.c.account_id == account_id)
    columns = ("recorded_on", "effective_from", "state", "due_date", "currency", *_STATED)
    return sources.rows(found, *columns)


def _balances(entries: pl.DataFrame) -> list[Row]:
    """The sum of the journal rows below, per ledger and currency."""
    sums = (
        entries.group_by("ledger", "currency")
        .agg(pl.col(COLUMNS).sum())
        .with_columns(pl.sum_horizontal(COLUMNS).alias("total_minor"))
        .sort("ledger", "currency")
    )
    return sums.to_dicts()


def _journal(unit: Unit, sources: Sources, entries: pl.DataFrame, account_id: int) -> list[Row]:
    """Every entry with what each component moved, and the rule that matched the money or took it
    away again, since the figures of the portfolio at ``effective_on`` contain it already; what the
    institution moved itself is ``as_stated``.
    """
    stages = rows_of(unit, match, match.c.entry_id.in_(_ids(entries, "entry_id"))).select(
        "entry_id", pl.coalesce("stage", "class").alias("rule")
    )
    stated = rows_of(unit, adjustment, adjustment.c.account_id == account_id).select(
        "receipt_id", "line_number", pl.col("event").alias("moved")
    )
    line = ["receipt_id", "line_number"]
    again = pl.struct(line).is_duplicated() & ~pl.struct(line).is_first_distinct()
    contained = (pl.col("event") == "adjusted") & (
        pl.col("entry_id").is_not_null() | (pl.col("moved").is_not_null() & again)
    )
    staged = entries.join(stages, on="entry_id", how="left", maintain_order="left")
    ruled = staged.join(stated, on=line, how="left", maintain_order="left").with_columns(
        pl.sum_horizontal(COLUMNS).alias("total_minor"),
        pl.when(contained)
        .then(pl.lit("in_stated_figures"))
        .when(pl.col("moved").is_not_null())
        .then(pl.lit("as_stated"))
        .otherwise("rule")
        .alias("rule"),
    )
    columns = ("recorded_on", "effective_on", "ledger", "event", "rule", "currency", *COLUMNS,
               "total_minor")  # fmt: skip
    return sources.rows(ruled, *columns)


def _money(unit: Unit, sources: Sources, account_id: int) -> list[Row]:
    """Money matched to the account or naming it, and how it was decided about."""
    versions = rows_of(unit, account_version, account_version.c.account_id == account_id)
    number = money_entry_detail.c.account_number.in_(versions["account_number"].unique().to_list())
    naming = rows_of(unit, money_entry_detail, number)
    matched = rows_of(unit, match, match.c.account_id == account_id)
    wanted = sorted({*_ids(naming, "entry_id"), *_ids(matched, "entry_id")})
    decisions = rows_of(unit, match, match.c.entry_id.in_(wanted)).select(
        "entry_id", "business_date", "class", "stage", "detail", "reason"
    )
    entries = rows_of(unit, money_entry, money_entry.c.entry_id.in_(wanted)).join(
        decisions, on="entry_id", how="left", maintain_order="left"
    )
    columns = ("booked_on", "source", "kind", "amount_minor", "currency", "transaction_id",
               "business_date", "class", "stage", "detail", "reason")  # fmt: skip
    return sources.rows(entries, *columns)


def _letters(unit: Unit, sources: Sources, account_id: int) -> list[Row]:
    letters = rows_of(unit, letter, letter.c.account_id == account_id)
    batches = rows_of(unit, document, document.c.document_id.in_(_ids(letters, "document_id")))
    named = letters.join(
        batches.select("document_id", pl.col("name").alias("document")), on="document_id"
    )
    ended = rows_of(unit, delivery, delivery.c.document_id.in_(_ids(letters, "document_id")))
    named = named.join(
        ended.select("document_id", pl.col("outcome").alias("delivery")),
        on="document_id", how="left", maintain_order="left",
    )  # fmt: skip
    columns = ("letter_id", "business_date", "stage", "document", "page", "delivery",
               "permission_id")  # fmt: skip
    return sources.rows(named, *columns)


def conditions(unit: Unit, sources: Sources, opinion_ids: list[int]) -> list[Row]:
    """What the opinions rest on, and the evidence for it."""
    found = rows_of(unit, opinion_condition, opinion_condition.c.opinion_id.in_(opinion_ids))
    rows = sources.rows(
        found, "opinion_id", "number", "condition", "state", "evidence", "missing", "earliest_on"
    )
    return [
        {**row, "evidence": [_evidence(each) for each in json.loads(row["evidence"])]}
        for row in rows
    ]


def _evidence(reference: str) -> str:
    """A reference to a row of ours with its id as the other sections print it."""
    kind, _separator, number = reference.partition(":")
    return f"{kind}:{folio(int(number))}" if _ID.fullmatch(number) else reference


def _ids(frame: pl.DataFrame, column: str) -> list[int]:
    """The distinct ids in *column*."""
    return frame[column].drop_nulls().unique().sort().to_list()
