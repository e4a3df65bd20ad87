"""Propose: the contacts the day's assessment would make, before anybody asked whether it may."""

from __future__ import annotations

from datetime import date, time

import polars as pl

from recupero.rules.treat import plan_instants
from recupero.steps.assess import accounts_of_day
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import assessment

#: Contacts start here, local time of the debtor, and follow each other at this distance.
_START = time(9, 0)
_MINUTES_APART = 3


def propose(unit: Unit, business_date: date) -> pl.DataFrame:
    """The day's candidates with everything letters and work lists need.

    Columns of :func:`accounts_of_day` and of the assessment, plus ``channel``, ``planned_at``,
    ``role`` and ``contactable``; one row per account with something due, best first.
    """
    judged = rows_of(
        unit, assessment, assessment.c.business_date == business_date,
        assessment.c.action != "none",
    )  # fmt: skip
    due = judged.drop("institution", "recording_id", "balance_minor")
    known = accounts_of_day(unit, business_date)
    rows = known.join(due, on="account_id", how="inner").sort(
        pl.col("score"), pl.col("balance_minor"), pl.col("account_id"),
        descending=[True, True, False],
    )  # fmt: skip
    ranked = rows.with_row_index("rank", offset=1).with_columns(
        pl.col("rank").cast(pl.Int64), pl.col("action").alias("channel")
    )
    planned = plan_instants(ranked, business_date, _START, _MINUTES_APART)
    point = {"call": "has_phone", "sms": "has_phone", "email": "has_email", "letter": "has_address"}
    reachable = pl.coalesce(
        pl.when(pl.col("channel") == channel).then(pl.col(column))
        for channel, column in point.items()
    )
    return planned.with_columns(
        pl.lit("debtor").alias("role"), reachable.fill_null(False).alias("contactable")
    )
