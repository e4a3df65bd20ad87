"""Recall: an account that its institution takes back by itself."""

from __future__ import annotations

import polars as pl

from schemas.rule import Context, Rule


def rules(context: Context) -> tuple[Rule, ...]:
    """The rules of a recall row."""
    recalled = pl.col("recalled_on")
    return (Rule("date_in_future", "recalled_on", recalled <= context.business_date),)
