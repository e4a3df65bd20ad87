"""Effort: one attempt to reach a debtor, and how it ended."""

from __future__ import annotations

import polars as pl

from schemas.rule import Context, Rule


def rules(context: Context) -> tuple[Rule, ...]:
    """The rules of an effort row."""
    day = pl.col("performed_at").dt.date()
    return (Rule("date_in_future", "performed_at", day <= context.business_date),)
