"""How an entry relates to others: it repeats one, confirms one, or undoes one."""

from __future__ import annotations

import polars as pl

#: The order in which money was received: files as they came, lines as they stand.
ARRIVAL = ("sequence", "line_number")

#: What says of an entry that it is the same as another.
POOL = (
    "entry_id",
    *ARRIVAL,
    "source",
    "side",
    "transaction_id",
    "amount_minor",
    "currency",
    "booked_on",
)


def repeats(work: pl.DataFrame, before: pl.DataFrame, lasting: tuple[str, ...]) -> pl.DataFrame:
    """*work* with ``same_as`` (the entry it repeats) and ``id_taken`` (the id is another's).

    An id counts within its source and side, since a reversal may carry the id of what it undoes;
    unless the source is *lasting*, within its date too, and a file of it repeats nothing of its
    own. Entries of earlier days come first, then in the order received.
    """
    known = before.select(*POOL, pl.lit(0).alias("turn"))
    today = work.filter(pl.col("faulty").is_null()).select(*POOL, pl.lit(1).alias("turn"))
    passing = ~pl.col("source").is_in(lasting)
    stated = (
        pl.concat([known, today])
        .filter(pl.col("transaction_id").is_not_null())
        .with_columns(pl.when(passing).then("booked_on").alias("lasts_on"))
        .sort("turn", *ARRIVAL)
    )
    owner = ["source", "side", "transaction_id", "lasts_on"]
    told = ["source", "side", "transaction_id", "amount_minor", "currency", "booked_on"]
    own_file = passing & (pl.col("sequence").first().over(told) == pl.col("sequence"))
    found = stated.select(
        "entry_id",
        pl.col("entry_id").first().over(told).alias("same_as"),
        pl.col("entry_id").first().over(owner).alias("owner"),
        own_file.alias("own_file"),
        "turn",
    ).filter(pl.col("turn") == 1)
    same = (pl.col("same_as") != pl.col("entry_id")) & ~pl.col("own_file")
    return work.join(found.drop("turn"), on="entry_id", how="left").with_columns(
        pl.when(same).then("same_as").alias("same_as"),
        (~same & (pl.col("owner") != pl.col("entry_id"))).fill_null(False).alias("id_taken"),
    )


def reversals(work: pl.DataFrame, before: pl.DataFrame, lasting: tuple[str, ...]) -> pl.DataFrame:
    """*work* with the results of its reversals filled in.

    A reversal is linked to the entry it names, of its own source if there is one; where the id
    is not *lasting*, to the last one before it. It posts the
    opposite when that receipt was posted, by this source or by the one it confirmed, and no
    other reversal has done so; a second source that reverses the same receipt corroborates.
    """
    asked = work.filter(pl.col("class") == "reversal")
    decided = work.filter(pl.col("class") != "reversal")
    originals = _originals(before, decided)
    linked = _linked(asked, originals, lasting)
    undone = _undone(before, originals)
    done_before = undone.select("original").unique().with_columns(pl.lit(True).alias("_before"))
    posted_before = (
        undone.filter("posts").select("root").unique().with_columns(pl.lit(True).alias("_posted"))
    )
    judged = (
        linked.join(done_before, on="original", how="left", validate="m:1")
        .join(posted_before, on="root", how="left", validate="m:1")
        .sort(ARRIVAL)
        .with_columns(_reversal_reason().alias("reason"))
        .with_columns(_only_once().alias("reason"))
        .with_columns(_reversal_results())
    )
    return pl.concat([decided, judged.select(decided.columns)])


def _originals(before: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """What can be reversed, with ``root``: the entry whose posting a reversal would undo."""
    columns = [*POOL, "class", "detail", "account_id", "linked_entry_id", "posts"]
    corroborates = (pl.col("detail") == "corroborates").fill_null(False)
    root = pl.when(corroborates).then("linked_entry_id").when("posts").then("entry_id")
    return (
        pl.concat([before.select(columns), decided.select(columns)])
        .filter(pl.col("side") != "reversal", pl.col("class") != "duplicate")
        .select(
            pl.col("entry_id").alias("original"),
            pl.col("source").alias("original_source"),
            "transaction_id",
            pl.col("amount_minor").alias("original_minor"),
            pl.col("currency").alias("original_currency"),
            pl.col("booked_on").alias("original_on"),
            pl.col("sequence").alias("original_sequence"),
            pl.col("line_number").alias("original_line"),
            pl.col("class").alias("original_class"),
            pl.col("account_id").alias("original_account"),
            root.alias("root"),
        )
    )


def _linked(asked: pl.DataFrame, originals: pl.DataFrame, lasting: tuple[str, ...]) -> pl.DataFrame:
    """Each reversal beside the one entry it undoes, or nulls."""
    named = originals.filter(pl.col("transaction_id").is_not_null()).rename(
        {"transaction_id": "reverses"}
    )
    elsewhere = pl.col("source") != pl.col("original_source")
    ago = (pl.col("booked_on") - pl.col("original_on")).dt.total_days()
    ago = pl.when(~pl.col("original_source").is_in(lasting)).then(ago).otherwise(0)
    nearest = (elsewhere, ~_opposite(), ago < 0, ago.abs())
    return (
        asked.join(named, on="reverses", how="left")
        .sort("entry_id", *nearest, "original_sequence", "original_line", nulls_last=True)
        .unique("entry_id", keep="first", maintain_order=True)
    )


def _opposite() -> pl.Expr:
    return (pl.col("amount_minor") == -pl.col("original_minor")) & (
        pl.col("currency") == pl.col("original_currency")
    )


def _undone(before: pl.DataFrame, originals: pl.DataFrame) -> pl.DataFrame:
    """The reversals of earlier days: original, root and whether they posted."""
    return (
        before.filter(pl.col("class") == "reversal")
        .select(pl.col("linked_entry_id").alias("original"), "posts")
        .join(originals.select("original", "root"), on="original")
    )


def _reversal_reason() -> pl.Expr:
    return (
        pl.when(pl.col("original").is_null())
        .then(pl.lit("reversal_without_original"))
        .when(~_opposite())
        .then(pl.lit("reversal_amount_differs"))
    )


def _only_once() -> pl.Expr:
    """An entry is undone once; a second reversal of it is somebody's mistake."""
    stands = pl.col("reason").is_null()
    first = stands.cast(pl.Int64).cum_sum().over("original") == 1
    again = stands & (~first | pl.col("_before").is_not_null())
    return pl.when(again).then(pl.lit("already_reversed")).otherwise("reason")


def _reversal_results() -> list[pl.Expr]:
    """A posting is undone once too, however many sources report it."""
    stands = pl.col("reason").is_null()
    rooted = stands & pl.col("root").is_not_null()
    first = rooted.cast(pl.Int64).cum_sum().over("root") == 1
    posts = rooted & first & pl.col("_posted").is_null()
    detail = pl.when(rooted & ~posts).then(pl.lit("corroborates")).otherwise("original_class")
    return [
        pl.when(stands).then(pl.lit("reversal")).otherwise(pl.lit("suspended")).alias("class"),
        pl.when(stands).then(detail).alias("detail"),
        pl.when(stands).then(pl.lit("named_original")).alias("stage"),
        pl.when(stands).then("original_account").alias("account_id"),
        pl.when(stands).then("original").alias("linked_entry_id"),
        posts.alias("posts"),
        pl.when(posts).then("root").alias("undoes_entry_id"),
    ]
