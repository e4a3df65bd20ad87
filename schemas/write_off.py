"""Write-off: an institution's decision to take an account off its books."""

from __future__ import annotations

import polars as pl

from recupero.money import EXPONENT
from schemas.rule import Context, Rule


def rules(context: Context) -> tuple[Rule, ...]:
    """The rules of a write-off row."""
    amount = pl.col("amount_minor")
    return (
        Rule("negative", "amount_minor", amount >= 0),
        Rule("zero_amount", "amount_minor", amount != 0),
        Rule("not_allowed", "currency", pl.col("currency").is_in(list(EXPONENT))),
        Rule("date_in_future", "decided_on", pl.col("decided_on") <= context.business_date),
    )
