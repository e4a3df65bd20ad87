"""The deep check: read every received file again and hold what it says against what is stored."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from recupero.errors import RecuperoError
from recupero.rules import post
from recupero.rules.components import COLUMNS
from recupero.rules.match import MatchPolicy, match
from recupero.steps.booking import KINDS
from recupero.steps.intake import case_of
from recupero.steps.services import Services
from recupero.store import facts, manifest, money
from recupero.store.canonical import chained_columns
from recupero.store.proof import Finding
from recupero.store.rows import Table, rows_of
from recupero.store.session import Unit
from recupero.store.tables import account_version, journal


def reread(services: Services, unit: Unit) -> Iterator[Finding]:
    """Stored rows that their file does not say, openings it does not give, matches that differ."""
    profile = services.profile(unit.institution)
    booked = manifest.outcomes(unit).filter(pl.col("state") == "booked")
    days = dict(booked.select("receipt_id", "business_date").iter_rows())
    for receipt in manifest.all_receipts(unit):
        if receipt.receipt_id not in days:
            continue
        where = f"receipt {receipt.receipt_id}"
        try:
            case = case_of(services, unit, profile, receipt, days[receipt.receipt_id])
        except RecuperoError as error:
            yield Finding(where, f"was booked, yet its file now says: {error.what}")
            continue
        stated = KINDS[case.layout.kind].state(case)
        for table, frame in stated.items():
            yield from _unsaid(unit, table, frame, receipt.receipt_id)
        if account_version in stated:
            yield from _openings(unit, stated[account_version], receipt.receipt_id)
    yield from _matches(unit)


def _unsaid(unit: Unit, table: Table, stated: pl.DataFrame, receipt_id: int) -> Iterator[Finding]:
    """Rows stored from the receipt that no line of it gives."""
    if "receipt_id" not in table.columns:
        return
    stored = rows_of(unit, table, table.c.receipt_id == receipt_id)
    if "line_number" in stored.columns:
        stored = stored.filter(pl.col("line_number") > 0)  # 0: concluded from what is absent
    columns = chained_columns(table)
    wanted = stated.select(pl.col(name).cast(stored.schema[name]) for name in columns)
    for row in stored.join(wanted, on=columns, how="anti", nulls_equal=True).iter_rows(named=True):
        yield Finding(f"{table.name} of receipt {receipt_id} line {row['line_number']}",
                      "the file does not say this")  # fmt: skip


def _openings(unit: Unit, stated: pl.DataFrame, receipt_id: int) -> Iterator[Finding]:
    """``placed`` rows whose components are not those the line states."""
    placed = rows_of(unit, journal, journal.c.receipt_id == receipt_id, journal.c.event == "placed")
    columns = ["account_id", "line_number", *COLUMNS]
    said = post.opening(stated).select(pl.col(name).cast(pl.Int64) for name in columns)
    for row in placed.join(said, on=columns, how="anti").iter_rows(named=True):
        yield Finding(f"journal {row['recording_id']} entry {row['entry_number']}",
                      "the opening is not what the file states")  # fmt: skip


def _matches(unit: Unit) -> Iterator[Finding]:
    """Each settlement's decisions, made again from the entries it had."""
    columns = ["entry_id", "class", "detail", "account_id", "linked_entry_id", "reason"]
    known = money.decided(unit).clear()
    for batch in money.settlements(unit):
        accounts = facts.current(unit, account_version, batch["business_date"][0])
        again = match(batch, accounts, known, MatchPolicy()).select(columns)
        differing = batch.select(columns).join(again, on=columns, how="anti", nulls_equal=True)
        for entry_id in differing["entry_id"]:
            yield Finding(f"match of entry {entry_id}", "the rules decide otherwise")
        known = pl.concat([known, batch.select(known.columns)])
