"""Which receipts two sources state: one posts, the other confirms it."""

from __future__ import annotations

import polars as pl

from recupero.rules.match_links import ARRIVAL, POOL

#: What two sources must say alike of one receipt.
_KEY = ("transaction_id", "amount_minor", "currency")


def corroborations(
    work: pl.DataFrame, before: pl.DataFrame, sources: tuple[str, ...], days_max: int
) -> pl.DataFrame:
    """*work* with ``told_by`` and ``told_account``: the posted receipt it confirms.

    What is already posted keeps its post; among today's entries the source named first posts.
    ``far_apart``: it would confirm a receipt dated more than *days_max* from it.
    """
    receipt = (pl.col("side") == "receipt") & pl.col("transaction_id").is_not_null()
    place = {source: position for position, source in enumerate(sources)}
    turn = pl.col("source").replace_strict(place, default=len(place), return_dtype=pl.Int64)
    stands = pl.col("faulty").is_null() & pl.col("same_as").is_null() & ~pl.col("id_taken")
    standing = (
        work.filter(receipt, stands)
        .sort(pl.col("own_account").is_null(), turn, *ARRIVAL)
        .with_row_index("turn", offset=1)
        .select(*POOL, pl.col("turn").cast(pl.Int64), pl.col("own_account").alias("account_id"))
    )
    posted = before.filter(receipt, pl.col("posts")).select(
        *POOL, pl.lit(0, dtype=pl.Int64).alias("turn"), "account_id"
    )
    spoken = before.filter(pl.col("class") == "matched", pl.col("detail") == "corroborates").select(
        pl.col("linked_entry_id").alias("told_by"), "source"
    )
    again = _confirming(standing, posted, spoken).filter(pl.col("apart") <= days_max)
    rest = standing.join(again, on="entry_id", how="anti")
    now = _confirming(rest, rest, spoken).filter(pl.col("apart") <= days_max)
    rest = rest.join(now, on="entry_id", how="anti")
    told = pl.concat([again, now])
    taken = pl.concat([spoken, told.join(standing, on="entry_id").select("told_by", "source")])
    late = _confirming(rest, pl.concat([posted, rest]), taken)
    told = pl.concat([told, late]).with_columns((pl.col("apart") > days_max).alias("far_apart"))
    return work.join(told.drop("apart"), on="entry_id", how="left", validate="1:1").with_columns(
        pl.col("far_apart").fill_null(False)
    )


def _confirming(entries: pl.DataFrame, posting: pl.DataFrame, spoken: pl.DataFrame) -> pl.DataFrame:
    """``entry_id``, ``told_by``, ``told_account`` and days ``apart``: the nearest pairs.

    An entry is told by one of another source with an earlier turn; each tells a source once,
    those in *spoken* have.
    """
    told = posting.filter(pl.col("account_id").is_not_null()).select(
        *_KEY,
        pl.col("entry_id").alias("told_by"),
        pl.col("source").alias("told_source"),
        pl.col("account_id").alias("told_account"),
        pl.col("booked_on").alias("told_on"),
        pl.col("turn").alias("told_turn"),
        pl.struct(ARRIVAL).alias("told_arrival"),
    )
    apart = (pl.col("booked_on") - pl.col("told_on")).dt.total_days().abs()
    return (
        entries.join(told, on=_KEY)
        .filter(pl.col("told_source") != pl.col("source"), pl.col("told_turn") < pl.col("turn"))
        .join(spoken, on=["told_by", "source"], how="anti")
        .with_columns(apart.alias("apart"))
        .sort("apart", "told_arrival", *ARRIVAL)
        .unique("entry_id", keep="first", maintain_order=True)
        .unique(["told_by", "source"], keep="first", maintain_order=True)
        .select("entry_id", "told_by", "told_account", "apart")
    )
