"""Contact slots of persons known to several institutions, granted without favour.

requests  institution, person_hash, channel String; day Date; rank Int (1 = wanted most; compared
          only within one institution, person and day).
counts    person_hash, channel String; day Date; count Int: contacts already granted or made.

The order in which institutions ask plays no part: within a person's day each institution's first
wish comes before any second one, and ties go by a hash of person, institution and day, so that no
institution always comes first.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import polars as pl

CHANNELS = frozenset({"call", "sms", "email", "letter", "visit"})


@dataclass(frozen=True, slots=True)
class SlotLimit:
    """At most so many contacts per person, all institutions together; None = no limit.

    Weeks are ISO weeks. Channels outside ``channels`` are granted freely.
    """

    per_day: int | None = 1
    per_week: int | None = None
    channels: frozenset[str] = CHANNELS


def grant(requests: pl.DataFrame, counts: pl.DataFrame, limit: SlotLimit) -> pl.DataFrame:
    """*requests* in the order given, with ``granted`` Boolean."""
    rows = requests.with_row_index("_row")
    limited = pl.col("channel").is_in(sorted(limit.channels))
    queue = _queue(rows.filter(limited))
    used = counts.filter(limited)
    if limit.per_day is not None:
        queue = _within(queue, used, pl.col("day"), limit.per_day)
    if limit.per_week is not None:
        # Days come in order, so what a day's limit refused takes nothing from its week.
        queue = _within(queue, used, pl.col("day").dt.truncate("1w"), limit.per_week)
    granted = rows["_row"].is_in(queue["_row"].implode()) | ~rows.select(limited).to_series()
    return requests.with_columns(granted=granted)


def _queue(rows: pl.DataFrame) -> pl.DataFrame:
    """The requests in the order in which they are served."""
    mine = ["institution", "person_hash", "day"]
    wishes = rows.sort(*mine, "rank", "channel", "_row").with_columns(
        _wish=pl.int_range(pl.len()).over(mine)
    )
    contested = pl.col("institution").n_unique().over("person_hash", "day") > 1
    ties = wishes.filter(contested).select(mine).unique()
    ties = ties.with_columns(
        _tie=pl.Series([_tie(*row) for row in ties.iter_rows()], dtype=pl.String)
    )
    return wishes.join(ties, on=mine, how="left").sort(
        "person_hash", "day", "_wish", "_tie", "_row"
    )


def _tie(institution: str, person_hash: str, day: object) -> str:
    text = f"{person_hash}\0{institution}\0{day}"
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _within(queue: pl.DataFrame, used: pl.DataFrame, period: pl.Expr, most: int) -> pl.DataFrame:
    """The head of each person's queue in *period* that *most* leaves room for."""
    taken = used.group_by("person_hash", _period=period).agg(_used=pl.col("count").sum())
    numbered = queue.with_columns(_period=period).join(
        taken, on=["person_hash", "_period"], how="left", maintain_order="left"
    )
    place = pl.int_range(pl.len()).over("person_hash", "_period")
    return numbered.filter(place + pl.col("_used").fill_null(0) < most).drop("_period", "_used")
