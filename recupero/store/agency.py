"""What the agency stated about itself, as of a day: asked in its own unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import Table

from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import absence, effort_cost, goal, unit_value

_LEARNED = ("recorded_on", "sequence")


def key_of(table: Table) -> list[str]:
    """The columns that say which thing a row of *table* is about."""
    return [c.name for c in table.primary_key if c.name not in {"institution", *_LEARNED}]


def newest(unit: Unit, table: Table, known_on: date) -> pl.DataFrame:
    """The last word on each thing, as known on a day, in order of the key."""
    return last_words(table, rows_of(unit, table, table.c.recorded_on <= known_on))


def last_words(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Of *rows* of *table* the newest of each key."""
    key = key_of(table)
    return rows.sort(*key, *_LEARNED).unique(key, keep="last", maintain_order=True)


def away(absences: pl.DataFrame, day: date) -> list[str]:
    """Codes of the collectors who are away on *day* by the rows of ``absence`` known, in order."""
    stated = last_words(absence, absences).filter(
        ~pl.col("cancelled"), pl.col("absent_from") <= day, pl.col("absent_until") >= day
    )
    return stated["collector_code"].unique().sort().to_list()


def effort_costs(unit: Unit, day: date) -> pl.DataFrame:
    """channel, currency, amount_minor and since when: what an effort costs on *day*."""
    stated = newest(unit, effort_cost, day).filter(pl.col("valid_from") <= day)
    return (
        stated.sort("channel", "currency", "valid_from")
        .unique(["channel", "currency"], keep="last", maintain_order=True)
        .select("channel", "currency", "amount_minor", "valid_from")
    )


def goals(unit: Unit, month: date, known_on: date) -> pl.DataFrame:
    """scope, code, measure, currency and target of the *month* (its first day)."""
    stated = newest(unit, goal, known_on).filter(pl.col("month") == month)
    return stated.select("scope", "code", "measure", "currency", "target")


@dataclass(frozen=True)
class UnitWorth:
    """One unit is worth ``digits`` shifted by ``exponent`` decimals in ``currency``; in force from
    ``valid_from`` to ``valid_until``, both included."""

    unit: str
    currency: str
    digits: int
    exponent: int
    valid_from: date
    valid_until: date
    source: str


def worth(unit: Unit, code: str, day: date, known_on: date) -> UnitWorth | None:
    """What the unit *code* is worth on *day*; None where nobody stated it, never another day's."""
    stated = newest(unit, unit_value, known_on).filter(
        pl.col("unit") == code, pl.col("valid_from") <= day, pl.col("valid_until") >= day
    )
    for row in stated.sort("valid_from", descending=True).iter_rows(named=True):
        return UnitWorth(
            row["unit"], row["currency"], row["digits"], row["exponent"], row["valid_from"],
            row["valid_until"], row["source"],
        )  # fmt: skip
    return None
