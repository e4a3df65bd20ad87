"""Which ordinal each contact point of a person has among the points of its channel.

A portfolio row has so many columns for a channel (two telephones, one e-mail), counted from 1.
The points of column c have the ordinals c, c + n, c + 2n, … with n columns to the channel: more
than one where several accounts or portfolios of a person state different points.
"""

from __future__ import annotations

import polars as pl

#: Columns a portfolio row has for each channel.
COLUMNS = {"phone": 2, "email": 1, "address": 1}

_FAMILY = ("person_id", "channel", "column")
#: What makes two points the same one.
SAME = (*_FAMILY, "value", "city", "region")

#: How many columns the row's channel has, and which of them its ordinal belongs to.
WIDTH = pl.col("channel").replace_strict(COLUMNS, return_dtype=pl.Int64)
COLUMN = (pl.col("ordinal") - 1) % WIDTH + 1


def numbered(stated: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """*stated* points (``SAME``, in order of preference) with an ``ordinal`` each.

    A known point keeps its ordinal; a new one takes the first that is free. *known* has
    ``ordinal``, ``own`` (the same portfolio stated it: no other's is recognised) and ``stays``
    (its ordinal is taken whether it is stated or not).
    """
    own = known.filter("own").select(*SAME, "ordinal")
    found = stated.join(own, on=list(SAME), how="left", nulls_equal=True, maintain_order="left")
    again = found.filter(pl.col("ordinal").is_not_null())
    taken = pl.concat([again, known.filter("stays")], how="diagonal").select(*_FAMILY, "ordinal")
    new = found.filter(pl.col("ordinal").is_null()).drop("ordinal")
    return pl.concat([again, _placed(new, taken.unique())], how="diagonal")


def _placed(new: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
    """*new* points on the first ordinals of their column that are not *taken*."""
    family = list(_FAMILY)
    room = new.group_by(family).len("new").join(
        taken.group_by(family).len("old"), on=family, how="left"
    )  # fmt: skip
    step = pl.int_ranges(0, pl.col("new") + pl.col("old").fill_null(0))
    free = (
        room.with_columns(step.alias("step"))
        .explode("step")
        .with_columns((pl.col("column") + pl.col("step") * WIDTH).alias("ordinal"))
        .join(taken, on=[*family, "ordinal"], how="anti")
        .sort(*family, "ordinal")
    )
    turn = pl.int_range(pl.len()).over(family).alias("turn")
    return (
        new.with_columns(turn)
        .join(free.with_columns(turn).select(*family, "turn", "ordinal"), on=[*family, "turn"],
              how="left", maintain_order="left")
        .drop("turn")
    )  # fmt: skip
