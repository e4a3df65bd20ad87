"""What the rows of a file amount to, as far as they could be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import polars as pl

from recupero.money import EXPONENT
from recupero.profiles.fields import Kind
from recupero.rules.post import STATED

#: The amounts that make up what a row is about.
_PARTS: dict[Kind, tuple[str, ...]] = {
    "placement": tuple(STATED),
    "payment": ("amount_minor",),
    "statement": ("amount_minor",),
    "write_off": ("amount_minor",),
}


def money_of(rows: pl.DataFrame, kind: Kind) -> dict[str, int]:
    """The sum of canonical *rows* by currency; a row with an amount that did not read is left out.

    A reversal takes money back, so it counts negative. Empty for a kind that is about no money.
    """
    if kind not in _PARTS or rows.is_empty():
        return {}
    # Of rows that were rejected an amount may be anything that 64 bits hold.
    amount = pl.sum_horizontal(
        [pl.col(name).cast(pl.Int128) for name in _PARTS[kind]], ignore_nulls=False
    )
    if kind == "payment":
        amount = pl.when(pl.col("kind") == "reversal").then(0 - amount).otherwise(amount)
    told = rows.select("currency", amount_minor=amount).filter(
        pl.col("currency").is_in(list(EXPONENT)), pl.col("amount_minor").is_not_null()
    )
    sums = told.group_by("currency").agg(pl.col("amount_minor").sum()).sort("currency")
    return {currency: int(minor) for currency, minor in sums.iter_rows()}


def sum_of(*amounts: Mapping[str, int]) -> dict[str, int]:
    """*amounts* by currency, added up."""
    total: Counter[str] = Counter()
    for each in amounts:
        total.update(each)
    return dict(total)
