"""Adjustment: what an institution itself moves on an account, component by component."""

from __future__ import annotations

import polars as pl

from recupero.money import EXPONENT
from recupero.rules.post import STATED
from schemas.rule import Context, Rule

#: Events whose amounts may be below zero.
_EITHER_WAY = ("correction", "reclassification")


def rules(context: Context) -> tuple[Rule, ...]:
    """The rules of an adjustment row."""
    event, amounts = pl.col("event"), [pl.col(name) for name in STATED]
    either_way = event.is_in(_EITHER_WAY)
    moves = pl.any_horizontal(amount != 0 for amount in amounts)
    whole = pl.sum_horizontal(amounts, ignore_nulls=False) == 0
    return (
        *(Rule("negative", name, either_way | (pl.col(name) >= 0)) for name in STATED),
        Rule("nothing_moved", "event", moves),
        Rule("parts_do_not_cancel", "event", (event != "reclassification") | whole),
        Rule("not_allowed", "currency", pl.col("currency").is_in(list(EXPONENT))),
        Rule("date_in_future", "effective_on", pl.col("effective_on") <= context.business_date),
    )
