"""Contact windows: opening hours per channel and day, and the next opening after an instant."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

import polars as pl

from recupero.rules.law import CHANNELS, ContactLaw, Hours, WindowRule

#: How far ahead an opening is looked for; the longest closure by calendar alone is a few days.
HORIZON_DAYS = 60

_ALL_DAY = (0, 24 * 60)
_CLOSED = (0, 0)


def hours_on(rule: WindowRule, day: date, holidays: Collection[date]) -> Hours:
    """Opening and closing minute of *rule* on *day*, None when closed."""
    if day in holidays and not rule.holiday_as_weekday:
        return rule.holidays
    return rule.days[day.weekday()]


def window_table(
    law: ContactLaw, first: date, last: date, holidays: Collection[date]
) -> pl.DataFrame:
    """Hours of every channel and day from *first* to *last* plus the horizon.

    Columns: channel, day, ``opens``/``closes`` (minutes all rules leave open; equal = closed) and
    ``opens_I``/``closes_I`` for the I-th rule.
    """
    days = [first + timedelta(days=n) for n in range((last - first).days + HORIZON_DAYS + 1)]
    rows = [_row(law, channel, day, holidays) for channel in CHANNELS for day in days]
    names = ["opens", "closes"]
    names += [f"{edge}_{n}" for n in range(len(law.windows)) for edge in ("opens", "closes")]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {"channel": pl.String, "day": pl.Date}
    return pl.DataFrame(rows, schema=schema | dict.fromkeys(names, pl.Int32), orient="row")


def _row(
    law: ContactLaw, channel: str, day: date, holidays: Collection[date]
) -> tuple[object, ...]:
    per_rule = [
        (hours_on(rule, day, holidays) or _CLOSED) if channel in rule.channels else _ALL_DAY
        for rule in law.windows
    ]
    opens = max((hours[0] for hours in per_rule), default=_ALL_DAY[0])
    closes = min((hours[1] for hours in per_rule), default=_ALL_DAY[1])
    edges = [minute for hours in per_rule for minute in hours]
    return (channel, day, opens, max(opens, closes), *edges)


def outside(edge: str = "") -> pl.Expr:
    """Whether ``_minute`` lies outside the hours; *edge* ``_I`` for the I-th rule alone."""
    minute = pl.col("_minute")
    return (minute < pl.col(f"opens{edge}")) | (minute >= pl.col(f"closes{edge}"))


def next_opening(instants: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """*instants* with column ``opening``: the first instant not before ``instant`` that is open.

    *instants* needs channel and instant (Datetime us); ``opening`` is null past the horizon.
    """
    days = table.filter(pl.col("opens") < pl.col("closes")).select(
        "channel",
        next_open=pl.col("day").cast(pl.Datetime("us")) + pl.duration(minutes="opens"),
        next_close=pl.col("day").cast(pl.Datetime("us")) + pl.duration(minutes="closes"),
    )
    # The first day whose closing time is still to come: we are in it, or it opens next.
    found = instants.sort("instant").join_asof(
        days.sort("next_close"),
        left_on="instant",
        right_on="next_close",
        by="channel",
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,
    )
    return (
        found.with_columns(opening=pl.max_horizontal("instant", "next_open"))
        .with_columns(
            opening=pl.when(pl.col("next_open").is_null()).then(None).otherwise(pl.col("opening"))
        )
        .drop("next_open", "next_close")
    )
