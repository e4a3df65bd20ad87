"""Do the figures tie? The roll-forward of the ledger, what was received, and what is still open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from recupero.errors import Fault
from recupero.rules.bands import Bands
from recupero.rules.components import COLUMNS, COMPONENTS

#: Journal events in the order of the report, with the sign a balance sees: +1 the column is
#: added to the opening balance, -1 it is subtracted.
EVENTS = {
    "placed": 1,
    "charged": 1,
    "accrued": 1,
    "adjusted": 1,
    "reclassified": 1,
    "converted": 1,
    "refunded": 1,
    "waived": -1,
    "paid": -1,
    "recalled": -1,
    "written_off": -1,
}

#: Match classes and the columns of the summary they fill.
CLASSES = {
    "matched": "matched_minor",
    "by_policy": "by_policy_minor",
    "suspended": "suspended_minor",
    "duplicate": "duplicates_minor",
    "reversal": "reversals_minor",
    "not_ours": "not_ours_minor",
}

#: Ages of open items in days, as auditors ask for them.
OPEN_AGES = Bands(uppers=(3, 10, 30), labels=("0-3", "4-10", "11-30", ">30"))


@dataclass(frozen=True)
class RollForward:
    """``lines``: currency, component, opening_minor, one column per event, closing_minor and
    unexplained_minor, by currency and component. ``unexplained_minor`` adds up absolute
    differences, so two errors never hide each other; unless it is 0 no report is issued.
    """

    lines: pl.DataFrame
    unexplained_minor: int

    @property
    def explained(self) -> bool:
        return self.unexplained_minor == 0


def roll_forward(
    movements: pl.DataFrame, opening: pl.DataFrame, closing: pl.DataFrame
) -> RollForward:
    """Opening plus every event is closing, per currency and component.

    *movements*: ``event``, ``currency`` and the six component columns as the journal holds them:
    account rows without contra rows, signed by their effect on the balance, so a payment is
    negative and its reversal positive.
    *opening*, *closing*: ``currency`` and the component columns, any number of rows. In the
    lines the columns waived, paid, recalled and written_off show what they took away as positive.
    """
    strange = set(movements["event"].unique()) - set(EVENTS)
    if strange:
        raise Fault(f"the journal holds events the roll-forward does not know: {sorted(strange)}")
    parts = [_long(opening, "opening"), _long(closing, "closing")]
    for event, sign in EVENTS.items():
        rows = movements.filter(pl.col("event") == event)
        parts.append(_long(rows, event).with_columns(pl.col("amount_minor") * sign))
    measures = ["opening", *EVENTS, "closing"]
    lines = (
        pl.concat(parts)
        .group_by("currency", "component")
        .agg(
            pl.col("amount_minor").filter(pl.col("measure") == name).sum().alias(f"{name}_minor")
            for name in measures
        )
        .with_columns(_unexplained())
        .sort("currency", pl.col("component").cast(pl.Enum(COMPONENTS)))
    )
    return RollForward(lines, int(lines["unexplained_minor"].abs().sum()))


def received_summary(matches: pl.DataFrame, received: pl.DataFrame | None = None) -> pl.DataFrame:
    """Per source, currency and side (credit, debit): what came in and where it went.

    *matches* as ``match`` returns them; *received* (source, currency, amount_minor), when given,
    is read from the files instead, so that an entry lost by matching shows in the difference.
    Columns: source, currency, side, entries, received_minor, matched_minor, by_policy_minor,
    suspended_minor, duplicates_minor, reversals_minor, not_ours_minor, difference_minor. Amounts
    keep the sign of their side.
    """
    keys = ["source", "currency", "side"]
    entered = (matches if received is None else received).with_columns(_side())
    arrived = entered.group_by(keys).agg(
        pl.len().cast(pl.Int64).alias("entries"),
        pl.col("amount_minor").sum().alias("received_minor"),
    )
    classed = (
        matches.with_columns(_side())
        .group_by(keys)
        .agg(
            pl.col("amount_minor").filter(pl.col("class") == name).sum().alias(column)
            for name, column in CLASSES.items()
        )
    )
    sums = list(CLASSES.values())
    return (
        arrived.join(classed, on=keys, how="full", coalesce=True)
        .with_columns(pl.col("entries", "received_minor", *sums).fill_null(0))
        .with_columns(
            (pl.col("received_minor") - pl.sum_horizontal(sums)).alias("difference_minor")
        )
        .select(*keys, "entries", "received_minor", *sums, "difference_minor")
        .sort(keys)
    )


def open_items(matches: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Suspended entries nobody has resolved, with ``age_days`` and ``age`` (0-3, 4-10, 11-30, >30).

    *matches* are all known up to *as_of*. A suspended entry that a later one reverses is closed.
    One that its bank dates later than *as_of* is open too, and 0 days old.
    """
    undone = matches.filter(pl.col("class") == "reversal").select(
        pl.col("linked_entry_id").alias("entry_id")
    )
    days = (pl.lit(as_of) - pl.col("booked_on")).dt.total_days().clip(lower_bound=0)
    return (
        matches.filter(pl.col("class") == "suspended")
        .join(undone, on="entry_id", how="anti")
        .with_columns(days.alias("age_days"), OPEN_AGES.pick(days).alias("age"))
        .sort("booked_on", "entry_id")
    )


def _long(frame: pl.DataFrame, measure: str) -> pl.DataFrame:
    """Rows currency, component, amount_minor of one measure, summed."""
    return (
        frame.group_by("currency")
        .agg(pl.col(column).cast(pl.Int64).sum() for column in COLUMNS)
        .rename(dict(zip(COLUMNS, COMPONENTS, strict=True)))
        .unpivot(index="currency", variable_name="component", value_name="amount_minor")
        .select(
            pl.col("currency").cast(pl.String),
            "component",
            pl.col("amount_minor").cast(pl.Int64),
            pl.lit(measure).alias("measure"),
        )
    )


def _unexplained() -> pl.Expr:
    expected = pl.col("opening_minor")
    for event, sign in EVENTS.items():
        expected = expected + sign * pl.col(f"{event}_minor")
    return (pl.col("closing_minor") - expected).alias("unexplained_minor")


def _side() -> pl.Expr:
    debit = pl.col("amount_minor") < 0
    return pl.when(debit).then(pl.lit("debit")).otherwise(pl.lit("credit")).alias("side")
