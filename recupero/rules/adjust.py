"""What an institution itself moves on its accounts, as journal rows.

It states amounts; the event says whether they raise the claim. Of the principal, what raises it
takes first the credit held for the debtor: to the institution a credit *is* a negative principal.
"""

from __future__ import annotations

import polars as pl

from recupero.rules.components import COLUMNS
from recupero.rules.post import STATED

#: The journal's event for each that a file may state.
EVENT = {
    "charge": "charged",
    "accrual": "accrued",
    "correction": "adjusted",
    "refund": "refunded",
    "waiver": "waived",
    "reclassification": "reclassified",
}


def movements(rows: pl.DataFrame) -> pl.DataFrame:
    """*rows* with the journal's ``event`` and the components signed by their effect on the claim.

    *rows*: ``event`` as files state it and the stated components; what is waived is positive there.
    """
    sign = pl.when(pl.col("event") == "waiver").then(-1).otherwise(1)
    return rows.with_columns(
        pl.lit("claim").alias("ledger"),
        pl.col("event").replace_strict(EVENT, return_dtype=pl.String),
        *(pl.col(c) * sign for c in STATED),
        pl.lit(0, dtype=pl.Int64).alias("unapplied_minor"),
    )


def credit_first(moved: pl.DataFrame, balances: pl.DataFrame) -> pl.DataFrame:
    """*moved* with what the principal's rises take of the credit held, in the order of lines.

    *moved*: ``account_id``, ``line_number`` and the components; *balances* those of each account.
    """
    credit = balances.select("account_id", (-pl.col("unapplied_minor")).clip(0).alias("credit"))
    raised = pl.col("principal_minor").clip(0)
    until = raised.cum_sum().over("account_id")
    taken = pl.min_horizontal(until, "credit") - pl.min_horizontal(until - raised, "credit")
    return (
        moved.join(credit, on="account_id", how="left", maintain_order="left")
        .with_columns(pl.col("credit").fill_null(0))
        .sort("account_id", "line_number")
        .with_columns(taken.alias("taken"))
        .with_columns(
            pl.col("principal_minor") - pl.col("taken"),
            pl.col("unapplied_minor") + pl.col("taken"),
        )
        .drop("credit", "taken")
    )


def below_zero(moved: pl.DataFrame, balances: pl.DataFrame) -> pl.DataFrame:
    """account_id of those of which *moved*, all rows together, takes a component below zero.

    The order of a file's lines says nothing, so a component may be below zero between two of them.
    """
    sums = moved.group_by("account_id").agg(pl.col(STATED).sum().name.prefix("moved_"))
    known = sums.join(balances.select("account_id", *STATED), on="account_id", how="left")
    falls = [
        (pl.col(f"moved_{c}") < 0) & (pl.col(c).fill_null(0) + pl.col(f"moved_{c}") < 0)
        for c in STATED
    ]
    return known.filter(pl.any_horizontal(falls)).select("account_id").sort("account_id")


def misadjusted(stated: pl.DataFrame, journal: pl.DataFrame) -> pl.DataFrame:
    """Those of the adjustments *stated* that the journal does not hold as they were stated.

    Each has one row that says the same, its principal perhaps in part ``unapplied``; where stated
    figures contained it, a second takes exactly that away again. *journal*: whole rows.
    """
    line = ["receipt_id", "line_number"]
    alike = [*line, "account_id", "currency", "event", "effective_on", "ledger", *STATED[1:]]
    both = pl.col("principal_minor") + pl.col("unapplied_minor")
    rows = (
        journal.filter(pl.col("account_id").is_not_null())
        .join(stated, on=line, how="semi")
        .sort(*line, "entry_number")
    )
    own = rows.unique(line, keep="first", maintain_order=True)
    rest = rows.join(own, on=["recording_id", "entry_number"], how="anti")
    undone = own.with_columns(-pl.col(COLUMNS)).join(rest, on=[*line, *COLUMNS], how="semi")
    wanted = movements(stated).with_columns(both.alias("principal"))
    as_stated = wanted.join(
        own.with_columns(both.alias("principal")), on=[*alike, "principal"], how="semi"
    )
    strange = rest.join(undone, on=line, how="anti").select(line)
    twice = rest.group_by(line).len().filter(pl.col("len") > 1).select(line)
    sound = as_stated.join(pl.concat([strange, twice]), on=line, how="anti")
    return stated.join(sound, on=line, how="anti").sort("adjustment_id")
