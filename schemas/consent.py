"""Consent: what a person allows or no longer allows on a channel."""

from __future__ import annotations

import polars as pl

from schemas.identity import check_digits
from schemas.rule import Context, Rule


def rules(context: Context) -> tuple[Rule, ...]:
    """The rules of a consent row."""
    recorded = pl.col("recorded_at")
    return (
        Rule("date_in_future", "recorded_at", recorded <= context.business_date),
        check_digits(context),
    )
