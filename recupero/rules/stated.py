"""Until when an institution's figures contain the money, whichever is told first.

**A portfolio's figures are the account's whole position at the close of its cut-off date: all
money dated on or before the cut-off is already in them.** So what is owed on an account
is, whatever came first, what the last portfolio states (by cut-off; of one cut-off the last that
arrived) less the money dated after that cut-off:

=================== ============================= ==============================================
money, by its date  settled before the portfolio  settled after the portfolio
=================== ============================= ==============================================
up to the cut-off   its figures replace ours      posted, and in the same batch taken away again
after the cut-off   stays beside its figures      posted
=================== ============================= ==============================================

Reversals are money too, by their own date, and so is what an institution moves on an account itself
(`recupero.rules.adjust`). What was written off was itself the figure stated: the
money up to the cut-off in force then is in the memorandum, which no portfolio restates. A recalled
account is not stated any more.

What came first decides three things all the same:

- A zero keeps what we hold unapplied for the debtor at its cut-off, since its system may know no
  credit. So an excess settled before it stays his; one told after it, or booked in the same night,
  where portfolios come before settlement, is in it like any other money and leaves no credit.
- Where two sources tell one receipt with different dates, the date told first decides on which side
  of a cut-off it is, until a cut-off reaches both.
- A payment that bounces comes back on the components it was posted to: a contained one on the
  principal, one settled before the figures on what it settled then. An excess that a figure had
  counted in so comes back as ``unapplied`` above zero; the total is the same.
"""

from __future__ import annotations

import polars as pl

#: What the file numbered ``position`` says of an account: ``state`` and until when it is stated.
SAID = ("account_id", "position", "cut_off", "state", "portfolio")


def last_stated(asked: pl.DataFrame, said: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """*asked* with the account's ``state``, ``portfolio`` and last stated ``cut_off``.

    *asked*: ``account_id``, ``position`` (what was recorded from there on is not known yet) and
    whatever else; the three are null for an account nothing is said of. *said*: ``SAID``, one row
    per account and file that says something by itself; a null ``state`` is the one before.
    *files*: ``portfolio``, ``position``, ``cut_off`` of the full portfolios, each of which states
    all its accounts again, whether anything changed or not.
    """
    spoken = said.sort("account_id", "position").with_columns(
        pl.col("state").forward_fill().over("account_id"), pl.col("position").alias("said_at")
    )
    wanted = asked.with_columns((pl.col("position") - 1).alias("until")).sort("until")
    found = wanted.join_asof(
        spoken.drop("position").sort("said_at"),
        left_on="until", right_on="said_at", by="account_id", check_sortedness=False,
    )  # fmt: skip
    again = files.select("portfolio", pl.col("cut_off").alias("again"), stated_at="position")
    followed = found.join_asof(
        again.sort("stated_at"),
        left_on="until", right_on="stated_at", by="portfolio", check_sortedness=False,
    )  # fmt: skip
    newer = pl.col("stated_at") > pl.col("said_at")
    return followed.with_columns(
        pl.when(newer).then("again").otherwise("cut_off").alias("cut_off")
    ).select(*asked.columns, "state", "portfolio", "cut_off")


def contained(rows: pl.DataFrame, booked: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """Those of the journal *rows* whose money the stated figures contain already.

    *rows*: whole journal rows of money; *booked*: ``entry_id`` and ``booked_on``; *stated*: the
    ``cut_off`` until which an account is stated, by the columns it shares with *rows*. With
    ``cut_off``.
    """
    shared = [name for name in stated.columns if name in rows.columns]
    return (
        rows.filter(pl.col("account_id").is_not_null())
        .join(booked.select("entry_id", "booked_on"), on="entry_id", how="inner")
        .join(stated, on=shared, how="inner")
        .filter(pl.col("booked_on") <= pl.col("cut_off"))
        .drop("booked_on")
    )
