"""How many days an account is past due, and the bucket that makes."""

from __future__ import annotations

from datetime import date

import polars as pl

from recupero.errors import Fault
from recupero.rules.bands import Bands

#: The buckets reports are cut by (days, upper edge included).
BUCKETS = Bands(
    uppers=(0, 30, 60, 90, 180, 365),
    labels=("0", "1-30", "31-60", "61-90", "91-180", "181-365", ">365"),
)


def age(accounts: pl.DataFrame, as_of: date, buckets: Bands[str] = BUCKETS) -> pl.DataFrame:
    """*accounts* with ``age_days`` (Int64, never negative) and ``bucket`` (String).

    Needs ``due_date``, ``days_past_due`` and ``cut_off``. The oldest unpaid due date wins; without
    it the days stated at the cut-off run on. Screening lets no account through without either,
    so one that has neither is our fault.
    """
    stated = pl.col("days_past_due").cast(pl.Int64) + _days_until(as_of, "cut_off")
    aged = accounts.with_columns(
        pl.coalesce(_days_until(as_of, "due_date"), stated).clip(lower_bound=0).alias("age_days")
    )
    unknown = aged["age_days"].null_count()
    if unknown:
        raise Fault(f"{unknown} accounts state neither a due date nor days past due at a cut-off")
    return aged.with_columns(buckets.pick(pl.col("age_days")).alias("bucket"))


def _days_until(as_of: date, column: str) -> pl.Expr:
    return (pl.lit(as_of) - pl.col(column).cast(pl.Date)).dt.total_days()
