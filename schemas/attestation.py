"""Attestation: a creditor's statement that the exhaustion of an account relies on."""

from __future__ import annotations

import polars as pl

from schemas.rule import Context, Rule


def rules(context: Context) -> tuple[Rule, ...]:
    """The rules of an attestation row."""
    return (Rule("date_in_future", "stated_on", pl.col("stated_on") <= context.business_date),)
