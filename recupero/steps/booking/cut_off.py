"""Until when a portfolio's rows state the accounts, and those that would take one back in time."""

from __future__ import annotations

import polars as pl

from recupero.steps.booking.case import Case, rejects


def split_outdated(rows: pl.DataFrame, known: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """*rows* that may be booked, and rejects for those drawn before their account was last stated.

    *known* has each account's last stated ``cut_off``.
    """
    last = known.select("account_id", pl.col("cut_off").alias("last"))
    dated = rows.join(last, on="account_id", how="left", maintain_order="left")
    older = (pl.col("cut_off") < pl.col("last")).fill_null(False)
    return (
        dated.filter(~older).drop("last"),
        rejects(dated.filter(older), "outdated_row", "cut_off"),
    )


def stated_apart(
    case: Case, known: pl.DataFrame, rows: pl.DataFrame, told: pl.DataFrame, gone: pl.DataFrame
) -> pl.DataFrame:
    """``account_cut_off`` rows: accounts whose last stated cut-off would be taken for another.

    *known* are the accounts before, with ``cut_off`` and ``portfolio``; *rows* what was accepted,
    *told* the versions that say something new, *gone* those recalled. Of the rest a full portfolio
    is taken to state its own accounts at its own cut-off, and a delta none. That is wrong where a
    row was rejected or bears another date, and where it repeats what is known in a delta.
    """
    own = rows.select("account_id", pl.col("cut_off").alias("own"))
    drawn = pl.lit(case.screened.rows["cut_off"].max(), dtype=pl.Date)
    followed = pl.lit(case.layout.snapshot == "full") & (
        pl.col("portfolio") == (case.layout.portfolio or "")
    )
    return (
        known.filter(pl.col("state") == "placed")
        .join(told, on="account_id", how="anti", maintain_order="left")
        .join(gone, on="account_id", how="anti", maintain_order="left")
        .join(own, on="account_id", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("own", "cut_off").alias("stated"),
            pl.coalesce(pl.when(followed).then(drawn), "cut_off").alias("taken"),
        )
        .filter(pl.col("stated") != pl.col("taken"))
        .select(
            pl.lit(case.receipt.receipt_id, dtype=pl.Int64).alias("receipt_id"),
            "account_id",
            pl.col("stated").alias("cut_off"),
        )
    )
