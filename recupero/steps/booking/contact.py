"""Consents and contact results."""

from __future__ import annotations

import polars as pl

from recupero.steps.booking.case import Booking, Case, rejects
from recupero.store import facts
from recupero.store.canonical import identities
from recupero.store.rows import rows_of
from recupero.store.tables import consent_version, effort, person_version


def book_consents(case: Case) -> Booking:
    """What debtors authorised or withdrew, per person and channel, from the date they said so.

    Of people we do not know it is kept too: they may be placed later. A withdrawal of theirs gets
    a warning, because under another id than the debtor was placed with it would stop nothing. A
    grant gets none: it opens nothing, and with every client of an institution in its file nobody
    would see the withdrawals.
    """
    stated = _consents(case)
    changed = facts.changes(case.unit, consent_version, stated, case.business_date)
    told = _not_older(changed)
    return Booking(
        frames={consent_version: told},
        booked=told.height,
        unchanged=case.screened.rows.height - told.height,
        warnings=_of_strangers(case),
    )


def _of_strangers(case: Case) -> pl.DataFrame:
    """Withdrawals of people whom no portfolio has named: warnings about their id."""
    rows = case.screened.rows.filter(~pl.col("granted"))
    named = rows.with_columns(case.person_ids(rows).alias("person_id"))
    known = facts.current(case.unit, person_version, case.business_date)
    return rejects(
        named.join(known, on="person_id", how="anti"), "unknown_person", "debtor_id_number"
    )


def _not_older(changed: facts.Changes) -> pl.DataFrame:
    """What was said since the word we know: a grant that comes late undoes no withdrawal.

    Of the same date a withdrawal stands against a grant, in whatever order they come.
    """
    known = changed.before.select(
        "person_id", "channel", pl.col("effective_from").alias("known_from")
    )
    newer = pl.col("effective_from") > pl.col("known_from")
    withdraws = (pl.col("effective_from") == pl.col("known_from")) & ~pl.col("granted")
    return (
        changed.told.join(known, on=["person_id", "channel"], how="left", maintain_order="left")
        .filter((newer | withdraws).fill_null(True))
        .drop("known_from")
    )


def _consents(case: Case) -> pl.DataFrame:
    """The file's last word on each person and channel, as versions."""
    rows = case.screened.rows
    latest = (
        rows.with_columns(case.person_ids(rows).alias("person_id"))
        .sort("recorded_at", "line_number")
        .unique(["person_id", "channel"], keep="last", maintain_order=True)
    )
    return case.version(latest, pl.col("recorded_at"))


def book_efforts(case: Case) -> Booking:
    """Gestiones of accounts we hold; one known under its id is not booked again."""
    rows, unknown = case.split_known(case.screened.rows)
    stated = _efforts(case, rows)
    stored = rows_of(case.unit, effort)
    fresh = stated.join(stored.select("effort_id"), on="effort_id", how="anti")
    return Booking(
        frames={effort: fresh},
        booked=fresh.height,
        unchanged=rows.height - fresh.height,
        rejects=unknown,
    )


def _efforts(case: Case, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        identities(rows, "effort", ["effort_id"], case.identity_key).alias("effort_id"),
        "account_id",
        "performed_at",
        "channel",
        "result",
        pl.col("direct").fill_null(False),
        pl.lit(case.receipt.receipt_id).alias("receipt_id"),
        "line_number",
    )
