"""Until when a portfolio's rows state the accounts, and the rows that contradict what is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from recupero.steps.booking.case import Case, rejects
from recupero.store import manifest


def split_bookable(
    rows: pl.DataFrame, known: pl.DataFrame, unnamed_since: date | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """*rows* that may be booked, and rejects for those that contradict what is known.

    A row drawn before its account was last stated would take it back in time; a recalled account
    is not stated any more, and what was taken back by itself is placed again only by a row drawn
    after that day: until then portfolios may not know of it. One in another currency would leave
    two claims, of which nothing says that they are one. *known* has each account's ``currency``,
    ``state``, ``effective_from`` and last ``cut_off``. The accounts that are not placed with us
    were not in the full portfolio of *unnamed_since* either, or in a row that was rejected.
    """
    placed = pl.col("state") == "placed"
    recalled = pl.col("state") == "recalled"
    before = known.select(
        "account_id",
        pl.col("currency").alias("kept_in"),
        pl.when(placed).then("cut_off").alias("last"),
        pl.when(recalled).then("effective_from").alias("recalled_on"),
    )
    dated = rows.join(before, on="account_id", how="left", maintain_order="left")
    changed = (pl.col("currency") != pl.col("kept_in")).fill_null(False)
    older = (pl.col("cut_off") < pl.col("last")).fill_null(False)
    gone = (pl.col("cut_off") <= pl.col("recalled_on")).fill_null(False)
    unnamed = pl.lit(False)
    if unnamed_since is not None:
        unnamed = pl.col("last").is_null() & (pl.col("cut_off") < unnamed_since) & ~gone
    refused = [
        rejects(dated.filter(changed), "currency_changed", "currency"),
        rejects(dated.filter(~changed & older), "outdated_row", "cut_off"),
        rejects(dated.filter(~changed & gone), "recalled_since", "cut_off"),
        rejects(dated.filter(~changed & unnamed), "unnamed_since", "cut_off"),
    ]
    bookable = dated.filter(~changed & ~older & ~gone & ~unnamed)
    return bookable.drop("kept_in", "last", "recalled_on"), pl.concat(refused).sort("line_number")


def unnamed_since(case: Case, elsewhere: Sequence[int]) -> date | None:
    """The newest cut-off of a full portfolio that came after the one whose lines come back.

    It stated all accounts there were then; a line of before says nothing of any other.
    """
    before = case.repairs
    if before is None:
        return None
    whole = pl.col("control").str.json_path_match("$.snapshot") == "full"
    later = manifest.outcomes(case.unit).filter(
        (pl.col("kind") == "placement") & (pl.col("state") == "booked") & whole,
        ~pl.col("receipt_id").is_in(list(elsewhere)),
        pl.col("sequence") > before.receipt.sequence,
        pl.col("cut_off") > pl.lit(before.cut_off or date.min, pl.Date),
    )
    newest = later["cut_off"].max()
    return newest if isinstance(newest, date) else None


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
