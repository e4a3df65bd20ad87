"""Assess: how old, how likely, which segment, whose desk, and what would be due next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from recupero.rules.aging import age
from recupero.rules.assign import assign
from recupero.rules.components import COLUMNS
from recupero.rules.score import DEFAULT_SCORECARD, score
from recupero.rules.segment import DEFAULT_SEGMENTS, segment
from recupero.rules.treat import DEFAULT_TREATMENT, next_actions
from recupero.steps.inputs import keep_inputs
from recupero.steps.services import Services
from recupero.steps.share_capacity import take_share
from recupero.store import contacts, facts, ledger, money
from recupero.store.recordings import Draft, append, begin
from recupero.store.session import Unit
from recupero.store.tables import account_version, assessment

_DIRECT_DAYS = 30
_PAYMENT_DAYS = 90


def assess(services: Services, code: str, business_date: date) -> dict[str, Any]:
    """Record the day's assessment of every account; returns accounts by action.

    The segment and the collector are what the day's work lists and letters go by.
    """
    subject = f"assessment:{business_date}"
    with services.store.unit(code) as unit:
        already = begin(unit, subject, business_date)
        if already is not None:
            return already.counts
        take_share(services, unit, business_date)
        known = accounts_of_day(unit, business_date)
        judged = segment(score(age(known, business_date)))
        placed = _assigned(unit, judged, business_date)
        policy = replace(
            DEFAULT_TREATMENT,
            written=("letter",),  # notices by e-mail and message have no way out yet
            letters_max=services.profile(code).policy.letters_per_day_max,
        )
        actions = next_actions(placed, policy, business_date)
        rows = placed.drop("reason").join(
            actions.select("account_id", "action", "reason"), on="account_id", how="left"
        )
        counts = {
            str(name): count for name, count in rows["action"].value_counts().sort("action").rows()
        }
        inputs = keep_inputs(services, unit, business_date)
        append(
            unit,
            Draft(
                kind="assessment",
                subject=subject,
                business_date=business_date,
                counts=counts,
                inputs={
                    **inputs,
                    "scorecard": DEFAULT_SCORECARD.version,
                    "segments": DEFAULT_SEGMENTS.version,
                },
                frames={
                    assessment: rows.with_columns(pl.lit(business_date).alias("business_date"))
                },
            ),
        )
    return counts


def accounts_of_day(unit: Unit, business_date: date) -> pl.DataFrame:
    """Placed accounts with balance, debtor, contact points and what was done lately.

    A missing due date means nothing is overdue. ``written_off`` is 1 where the claim stands in
    the memorandum ledger.
    """
    placed = facts.current(unit, account_version, business_date).filter(pl.col("state") == "placed")
    owed = ledger.balances(unit, business_date).select(
        "account_id", pl.sum_horizontal(COLUMNS).alias("balance_minor")
    )
    gone = ledger.balances(unit, business_date, ledger="memorandum").select(
        "account_id", pl.lit(1, dtype=pl.Int64).alias("written_off")
    )
    people = contacts.debtors(unit, business_date).join(
        contacts.points(unit, business_date), on="person_id", how="left"
    )
    frame = (
        placed.drop("institution", "recording_id")
        .join(owed, on="account_id", how="left")
        .join(gone, on="account_id", how="left")
        .join(people, on="account_id", how="left")
        .join(_history(unit, business_date), on="account_id", how="left")
        .join(contacts.previous_collectors(unit, business_date), on="account_id", how="left")
    )
    counted = ("contacts_last_30_days", "direct_contacts", "payments_last_90_days")
    return frame.with_columns(
        pl.col("balance_minor", "written_off", *counted).fill_null(0),
        pl.lit(0, dtype=pl.Int64).alias("promises_broken"),
        *(
            pl.col(name).is_not_null().alias(f"has_{name}")
            for name in ("phone", "email", "address")
        ),
        pl.lit(0, dtype=pl.Int64).alias("days_past_due"),
        pl.lit(business_date).alias("cut_off"),
    ).sort("account_id")


def _history(unit: Unit, business_date: date) -> pl.DataFrame:
    """Per account: contacts and payments counted, last letter and last call."""
    done = contacts.efforts(unit, business_date)
    ours = contacts.letters(unit, business_date, surely=False)
    recent = pl.col("performed_at").dt.date() > business_date - timedelta(days=_DIRECT_DAYS)
    tried = done.group_by("account_id").agg(
        recent.sum().cast(pl.Int64).alias("contacts_last_30_days"),
        pl.col("direct").sum().cast(pl.Int64).alias("direct_contacts"),
        pl.col("performed_at")
        .filter(pl.col("channel") == "call").max().dt.date().alias("last_call_on"),
    )  # fmt: skip
    written = (
        ours.sort("business_date", "letter_id")
        .group_by("account_id")
        .agg(
            pl.col("business_date").last().alias("last_letter_on"),
            pl.col("stage").last().alias("last_letter_stage"),
        )
    )
    since = business_date - timedelta(days=_PAYMENT_DAYS)
    paid = (
        money.decided(unit, business_date)
        .filter((pl.col("class") == "matched") & (pl.col("booked_on") > since) & pl.col("posts"))
        .group_by("account_id")
        .agg(pl.len().cast(pl.Int64).alias("payments_last_90_days"))
    )
    return tried.join(written, on="account_id", how="full", coalesce=True).join(
        paid, on="account_id", how="full", coalesce=True
    )


def _assigned(unit: Unit, judged: pl.DataFrame, business_date: date) -> pl.DataFrame:
    """*judged* with a collector for what is owed and overdue; the rest needs nobody."""
    working = (pl.col("balance_minor") > 0) & (pl.col("age_days") > 0)
    wanted = judged.filter(working).with_columns(pl.col("balance_minor").alias("value_minor"))
    desks = assign(wanted, contacts.quotas(unit, business_date)).drop("value_minor")
    rest = judged.filter(~working).with_columns(
        pl.lit(None, dtype=pl.String).alias("collector_code"),
        pl.lit("nothing_due").alias("reason"),
    )
    return pl.concat([desks, rest]).sort("account_id")
