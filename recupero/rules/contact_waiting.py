"""From when a refused contact would be lawful, as far as is known."""

from __future__ import annotations

from datetime import date

import polars as pl

from recupero.rules.contact_frequency import closures, struck
from recupero.rules.contact_windows import next_opening
from recupero.rules.law import FrequencyRule

#: Closure, opening, closure again: more turns than this mean nothing is known.
_TURNS = 12
_OPEN_END = date(9999, 12, 31)


def lawful_from(
    refused: pl.DataFrame,
    events: pl.DataFrame,
    rules: tuple[tuple[int, FrequencyRule], ...],
    held: pl.DataFrame,
    table: pl.DataFrame,
) -> pl.DataFrame:
    """_row and lawful_from of the refused candidates that waiting can mend.

    *events* are the contacts made and those the plan allowed, *held* the closures of accounts.
    """
    mine = events.join(refused.select(pl.col("person_id").unique()), on="person_id", how="semi")
    closed = closures(mine, rules)
    waiting = refused.select(
        "_row", "account_id", "person_id", "channel", "_bit", instant="planned_at"
    )
    settled = [pl.DataFrame(schema={"_row": pl.UInt32, "lawful_from": pl.Datetime("us")})]
    for _ in range(_TURNS):
        if waiting.is_empty():
            break
        moved = next_opening(_past_closures(waiting, closed, held), table).drop_nulls("opening")
        still = (pl.col("opening") == pl.col("instant")) & ~pl.col("_struck")
        settled.append(moved.filter(still).select("_row", lawful_from="opening"))
        waiting = moved.filter(~still).select(
            "_row", "account_id", "person_id", "channel", "_bit", instant="opening"
        )
    return pl.concat(settled)


def _past_closures(waiting: pl.DataFrame, closed: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """*waiting* with instants moved past the closures they lie in; those held for good dropped."""
    rows = waiting.with_columns(_day=pl.col("instant").dt.date())
    struck_by = (
        pl.concat([struck(rows, closed), struck(rows, held, "account_id")])
        .group_by("_row")
        .agg(pl.col("_last").max())
    )
    told = rows.drop("_day").join(struck_by, on="_row", how="left")
    after = pl.col("_last").dt.offset_by("1d").cast(pl.Datetime("us"))
    return (
        told.filter(pl.col("_last").is_null() | (pl.col("_last") < _OPEN_END))
        .with_columns(
            instant=pl.when(pl.col("_last").is_null()).then("instant").otherwise(after),
            _struck=pl.col("_last").is_not_null(),
        )
        .drop("_last")
    )
