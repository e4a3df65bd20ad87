"""Frequency limits as closures: intervals of days in which a person may not be contacted again.

Every limit turns the contacts already made (or already planned) into closures, so asking whether
one more is lawful is the same question for all of them: does its day lie in a closure of its
person that covers its channel?
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import polars as pl

from recupero.rules.law import CHANNELS, FrequencyRule

#: person, account (null = any), channels closed (bit mask), reason, first and last day closed.
CLOSURE_SCHEMA = {
    "person_id": pl.Int64,
    "_account": pl.Int64,
    "_mask": pl.UInt8,
    "_why": pl.UInt8,
    "_first": pl.Date,
    "_last": pl.Date,
}


def mask_of(channels: Iterable[str]) -> int:
    """The channels as a bit mask; unknown ones have no bit."""
    return reduce(lambda mask, name: mask | 1 << CHANNELS.index(name), set(channels), 0)


def bit_of(channel: pl.Expr) -> pl.Expr:
    """The channel's bit; 0 for an unknown one. A notarial letter is a letter."""
    bits = {name: 1 << place for place, name in enumerate(CHANNELS)}
    bits["notarial_letter"] = bits["letter"]
    return channel.replace_strict(bits, default=0, return_dtype=pl.UInt8).fill_null(0)


def closures(events: pl.DataFrame, rules: Iterable[tuple[int, FrequencyRule]]) -> pl.DataFrame:
    """What *events* close under each (reason, rule).

    *events*: person_id, account_id, _bit, _day, _direct, one row a contact.
    """
    frames = [_closures_of(events, why, rule) for why, rule in rules]
    return pl.concat(frames) if frames else pl.DataFrame(schema=CLOSURE_SCHEMA)


def _closures_of(events: pl.DataFrame, why: int, rule: FrequencyRule) -> pl.DataFrame:
    group = mask_of(rule.channels)
    counted = events.filter((pl.col("_bit") & group) != 0)
    if rule.counts == "direct":
        counted = counted.filter("_direct")
    scope = pl.lit(None, pl.Int64) if rule.scope == "person" else pl.col("account_id")
    counted = counted.with_columns(_account=scope)
    if rule.limit == "one_channel":
        found = _other_channels(counted, group)
    elif rule.limit in ("day_max", "week_max"):
        found = _full_periods(counted, "1d" if rule.limit == "day_max" else "1w", rule.most)
    else:
        most = 1 if rule.limit == "gap" else rule.most
        found = _full_spans(counted, most, rule.days)
    masked = found if "_mask" in found.columns else found.with_columns(_mask=pl.lit(group))
    return masked.select(
        pl.col(name).cast(dtype) if name != "_why" else pl.lit(why, dtype).alias(name)
        for name, dtype in CLOSURE_SCHEMA.items()
    )


def _other_channels(events: pl.DataFrame, group: int) -> pl.DataFrame:
    """A channel used closes all the others of its group for the ISO week."""
    week = pl.col("_day").dt.truncate("1w")
    used = events.select(
        "person_id", "_account", _first=week, _last=week.dt.offset_by("6d"),
        _mask=pl.lit(group, pl.UInt8) ^ pl.col("_bit"),
    )  # fmt: skip
    return used.unique()


def _full_periods(events: pl.DataFrame, every: str, most: int) -> pl.DataFrame:
    """Days or ISO weeks that already hold *most* contacts."""
    start = pl.col("_day").dt.truncate(every)
    full = (
        events.group_by("person_id", "_account", _first=start).len().filter(pl.col("len") >= most)
    )
    last = "0d" if every == "1d" else "6d"
    return full.with_columns(_last=pl.col("_first").dt.offset_by(last))


def _full_spans(events: pl.DataFrame, most: int, days: int) -> pl.DataFrame:
    """Days on which one more would be the (*most* + 1)-th within *days* consecutive days."""
    key = ["person_id", "_account"]
    runs = events.sort(*key, "_day").with_columns(_oldest=pl.col("_day").shift(most - 1).over(key))
    span = pl.duration(days=days - 1)
    return runs.select(*key, _first=pl.col("_day") - span, _last=pl.col("_oldest") + span).filter(
        pl.col("_first") <= pl.col("_last")
    )


def struck(rows: pl.DataFrame, closed: pl.DataFrame, key: str = "person_id") -> pl.DataFrame:
    """Rows (_row, account_id, _bit, _day and *key*) that a closure covers.

    Returns _row, ``_why`` (the first reason) and ``_last`` (the last day of all that cover it).
    """
    needed = dict.fromkeys(("_row", "_bit", "_day", "account_id", key))
    hits = rows.select(list(needed)).join(closed, on=key)
    covered = (
        ((pl.col("_mask") & pl.col("_bit")) != 0)
        & pl.col("_day").is_between("_first", "_last")
        & (pl.col("_account").is_null() | (pl.col("_account") == pl.col("account_id")))
    )
    return hits.filter(covered).group_by("_row").agg(pl.col("_why").min(), pl.col("_last").max())


def take_turns(
    survivors: pl.DataFrame, events: pl.DataFrame, rules: list[tuple[int, FrequencyRule]]
) -> pl.DataFrame:
    """Refuse what the plan itself makes too much; survivors come in the order they take turns.

    Each person's first contact stands and counts as made, and as direct, against the rest; then
    the next that is still lawful, until nothing is left. The reason told is the first one given
    all that stands. Returns the refused: _row, _why, _last.
    """
    standing, refused = [events], [survivors.clear()]
    waiting = survivors
    while not waiting.is_empty():
        taken = waiting.unique("person_id", keep="first", maintain_order=True)
        standing.append(as_events(taken))
        waiting = waiting.join(taken.select("_row"), on="_row", how="anti", maintain_order="left")
        persons = waiting.select(pl.col("person_id").unique())
        mine = pl.concat(standing).join(persons, on="person_id", how="semi")
        lost = struck(waiting, closures(mine, rules)).select("_row")
        refused.append(waiting.join(lost, on="_row", how="semi"))
        waiting = waiting.join(lost, on="_row", how="anti", maintain_order="left")
    return struck(pl.concat(refused), closures(pl.concat(standing), rules))


def as_events(planned: pl.DataFrame) -> pl.DataFrame:
    """Planned contacts as if made: any of them may reach the person."""
    return planned.select("person_id", "account_id", "_bit", "_day", _direct=pl.lit(True))
