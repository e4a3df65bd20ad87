"""A portfolio: facts about accounts and people as versions, openings and adjustments as entries."""

from __future__ import annotations

import polars as pl

from recupero.rules import post
from recupero.rules.components import COLUMNS
from recupero.steps.booking.case import Booking, Case, by_currency
from recupero.store import bulk, facts, ledger
from recupero.store.canonical import row_hashes
from recupero.store.rows import Table, rows_of
from recupero.store.tables import (
    account_version,
    contact_point_version,
    journal,
    party_version,
    person_version,
)

_CONTACTS = (("phone", 1, "phone"), ("phone", 2, "phone_2"), ("email", 1, "email"),
             ("address", 1, "address"))  # fmt: skip


def book_placement(case: Case) -> Booking:
    """Versions of what changed, ``placed`` for new accounts, ``adjusted`` where the institution's
    figures moved, ``recalled`` for accounts a full snapshot no longer names.

    Rejected is not vanished: an account whose row was rejected keeps what we knew of it. A row
    that repeats known facts and still moves the ledger, since payments came between, is booked.
    """
    rows = _accounts(case)
    stated = _stated(case, rows)
    accounts = facts.changes(
        case.unit, account_version, stated[account_version], case.business_date
    )
    vanished = _vanished(case, accounts.before)
    frames: dict[Table, pl.DataFrame] = {
        account_version: pl.concat(
            [accounts.told.select(vanished.columns), vanished], how="vertical"
        ),
        journal: _journal(case, rows, vanished),
    }
    told = {"account": set(accounts.told["line_number"])}
    told["journal"] = set(frames[journal]["line_number"].drop_nulls())
    for table in (person_version, party_version, contact_point_version):
        changed = facts.changes(case.unit, table, stated[table], case.business_date)
        frames[table] = changed.told
        told[table.name] = set(changed.told["line_number"])
        if table is party_version:
            frames[table] = pl.concat([changed.told, _replaced(case, changed)], how="diagonal")
    lines = set().union(*told.values())
    booked = rows.filter(pl.col("line_number").is_in(sorted(lines)))
    unchanged = rows.join(booked, on="line_number", how="anti")
    return Booking(
        frames=frames,
        booked=booked.height,
        unchanged=unchanged.height,
        booked_minor=by_currency(booked, *post.STATED),
        unchanged_minor=by_currency(unchanged, *post.STATED),
    )


def _stated(case: Case, rows: pl.DataFrame) -> dict[Table, pl.DataFrame]:
    """Every version the file states, known or not."""
    versions = {account_version: case.version(rows, pl.col("cut_off")), **_people(case, rows)}
    return {
        table: frame.with_columns(row_hashes(frame, table, case.row_key))
        for table, frame in versions.items()
    }


def _accounts(case: Case) -> pl.DataFrame:
    """The accepted rows with their account id and the due date their days past due imply.

    Days past due age by themselves; the due date does not, so a repeated row stays a
    repetition. Zero days imply no overdue date.
    """
    rows = case.screened.rows
    overdue_since = pl.when(pl.col("days_past_due") > 0).then(
        pl.col("cut_off") - pl.duration(days=pl.col("days_past_due"))
    )
    return rows.with_columns(
        case.account_ids(rows).alias("account_id"),
        case.person_ids(rows).alias("person_id"),
        pl.coalesce("due_date", overdue_since).alias("due_date"),
        pl.lit("placed").alias("state"),
    )


def _vanished(case: Case, before: pl.DataFrame) -> pl.DataFrame:
    """Versions saying that accounts are gone from a full snapshot; their facts stay."""
    columns = bulk.empty_frame(account_version).columns
    if case.layout.snapshot != "full":
        return before.select(columns).clear()
    named = case.screened.readable_keys.unique().to_list()
    gone = before.filter((pl.col("state") == "placed") & ~pl.col("account_number").is_in(named))
    versions = case.version(gone).with_columns(
        pl.lit("vanished").alias("state"), pl.lit(0, dtype=pl.Int64).alias("line_number")
    )
    return versions.with_columns(row_hashes(versions, account_version, case.row_key)).select(
        columns
    )


def _replaced(case: Case, parties: facts.Changes) -> pl.DataFrame:
    """Versions ending the debtors whom the file names no longer: their debt is another's now."""
    named = parties.told.select("account_id", "line_number", pl.col("person_id").alias("named"))
    gone = (
        parties.before.drop("line_number")
        .filter(pl.col("role") == "debtor")
        .join(named, on="account_id", how="inner")
        .filter(pl.col("person_id") != pl.col("named"))
    )
    ended = case.version(gone).with_columns(pl.lit(case.business_date).alias("effective_until"))
    return ended.select(parties.told.columns)


def _journal(case: Case, rows: pl.DataFrame, vanished: pl.DataFrame) -> pl.DataFrame:
    """Openings, adjustments and recalls; a claim written off stays in the memorandum ledger."""
    balances = ledger.balances(case.unit)
    ours = balances.select("account_id")
    written_off = ledger.balances(case.unit, ledger="memorandum").select("account_id")
    effective = rows.join(
        written_off, on="account_id", how="anti", maintain_order="left"
    ).with_columns(pl.col("cut_off").alias("effective_on"))
    returned = vanished.select("account_id").join(balances, on="account_id", how="inner")
    parts = [
        post.opening(effective.join(ours, on="account_id", how="anti")),
        post.adjustment(effective, _at_cut_off(case, effective, balances)),
        post.closing_out(returned, "recalled").with_columns(
            pl.lit(case.business_date).alias("effective_on"),
            pl.lit(None, dtype=pl.Int64).alias("line_number"),
        ),
    ]
    columns = ["account_id", "ledger", "event", "currency", "effective_on", "line_number", *COLUMNS]
    entries = pl.concat([part.select(columns) for part in parts]).with_columns(
        pl.lit(case.business_date).alias("recorded_on"),
        pl.lit(case.receipt.receipt_id).alias("receipt_id"),
    )
    return post.batch(entries.filter(pl.any_horizontal(pl.col(COLUMNS) != 0)))


def _at_cut_off(case: Case, rows: pl.DataFrame, balances: pl.DataFrame) -> pl.DataFrame:
    """*balances* without the payments made after each row's cut-off, which it cannot know of.

    Otherwise a portfolio drawn before a payment would take the payment back.
    """
    later = (
        rows_of(case.unit, journal, journal.c.event == "paid", journal.c.ledger == "claim")
        .join(rows.select("account_id", "cut_off"), on="account_id", how="inner")
        .filter(pl.col("effective_on") > pl.col("cut_off"))
        .group_by("account_id")
        .agg(pl.col(COLUMNS).sum().name.prefix("later_"))
    )
    known = balances.join(later, on="account_id", how="left", maintain_order="left")
    return known.select(
        "account_id", *(pl.col(c) - pl.col(f"later_{c}").fill_null(0) for c in COLUMNS)
    )


def _people(case: Case, rows: pl.DataFrame) -> dict[Table, pl.DataFrame]:
    """Persons, parties and contact points of the rows; one person once, however many accounts."""
    named = rows.filter(pl.col("person_id").is_not_null())
    once = named.unique("person_id", keep="first", maintain_order=True)
    persons = once.select(
        "person_id", "line_number",
        pl.col("debtor_id_type").alias("id_type"),
        pl.col("debtor_id_number").alias("id_number"),
        pl.col("debtor_name").alias("name"),
    )  # fmt: skip
    parties = named.select("account_id", "person_id", "line_number", pl.lit("debtor").alias("role"))
    points = pl.concat(
        [
            once.filter(pl.col(column).is_not_null()).select(
                "person_id", "line_number", "city", "region",
                pl.lit(channel).alias("channel"),
                pl.lit(ordinal, dtype=pl.Int64).alias("ordinal"),
                pl.col(column).alias("value"),
            )
            for channel, ordinal, column in _CONTACTS
        ]
    )  # fmt: skip
    return {
        person_version: case.version(persons),
        party_version: case.version(parties),
        contact_point_version: case.version(points),
    }
