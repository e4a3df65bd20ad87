"""Payment: what an institution collected, and what it took back."""

from __future__ import annotations

import polars as pl

from recupero.money import EXPONENT
from schemas.rule import Context, Rule


def rules(context: Context) -> tuple[Rule, ...]:
    """The rules of a payment row."""
    amount, reversal = pl.col("amount_minor"), pl.col("kind") == "reversal"
    reverses = pl.col("reverses")
    return (
        Rule("negative", "amount_minor", amount >= 0),
        Rule("zero_amount", "amount_minor", amount != 0),
        Rule("not_allowed", "currency", pl.col("currency").is_in(list(EXPONENT))),
        Rule("date_in_future", "paid_on", pl.col("paid_on") <= context.business_date),
        Rule("required", "reverses", ~reversal | reverses.is_not_null()),
        Rule("reverses_without_reversal", "reverses", reversal | reverses.is_null()),
        Rule("reverses_itself", "reverses", reverses != pl.col("transaction_id")),
    )
