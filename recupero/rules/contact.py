"""May we contact this person, by this channel, at this instant? Yes, or no with the rule.

Frames in, frames out; nothing depends on the order of rows, on a clock or on a country's name.

candidates  account_id, person_id Int64; role, channel String; planned_at Datetime (naive, local
            time of the debtor); contactable Boolean. Other columns pass through.
history     person_id, account_id, channel, performed_at (naive local), direct, result.
consents    person_id, channel, granted, recorded_at Date: the latest known wins.
holds       account_id, kind, from_date, until_date Date (exclusive, null = open).

The answer adds: allowed Boolean; rule, norm, confidence String; lawful_from Datetime (us).
``rule`` is null when allowed; ``confidence`` is then the weakest figure the permission rests on.
``lawful_from`` is the first instant from which the same contact alone would be lawful, as far as
is known, null where waiting does not mend it.

Within a plan the persons' candidates take turns by planned instant, channel, account and role;
each that stands counts against the later ones as a direct contact, because it may become one. So
withdrawing one candidate can free another *of the same plan*: at release use
:func:`still_lawful`, which takes away and never adds.
"""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from recupero.rules.contact_frequency import as_events, bit_of, closures, struck, take_turns
from recupero.rules.contact_reasons import (
    INSTANT_PASSED,
    NO_PACK,
    Reasons,
    latest_consents,
    reasons_of,
)
from recupero.rules.contact_waiting import lawful_from
from recupero.rules.contact_windows import outside, window_table
from recupero.rules.law import CHANNELS, ContactLaw, Source

ANSWER = ("allowed", "rule", "norm", "confidence", "lawful_from")
#: Results that say the person was reached, whatever the ``direct`` flag says.
REACHED = ("contact", "promise", "refusal")
_ALL_CHANNELS = (1 << len(CHANNELS)) - 1


def plan_contacts(
    candidates: pl.DataFrame,
    history: pl.DataFrame,
    consents: pl.DataFrame,
    holds: pl.DataFrame,
    law: ContactLaw | None,
    holidays: frozenset[date],
    as_of: date,
) -> pl.DataFrame:
    """Every candidate with its answer, in the order given. Without a law nobody is contacted.

    *holidays* must cover the year after *as_of* too. History counts whole: a contact after the
    planned instant counts as one before it.
    """
    if law is None:
        return _refused(candidates, NO_PACK)
    if candidates.is_empty():
        return _refused(candidates, NO_PACK)
    reasons = reasons_of(law)
    rows = _prepared(candidates).join(
        latest_consents(consents, as_of),
        on=["person_id", "_bit"],
        how="left",
        maintain_order="left",
    )
    rows = rows.with_columns(_why=_first(reasons.lasting)).with_columns(
        _lasting=pl.col("_why").is_not_null()
    )
    days = rows["_day"].drop_nulls()
    first, last = (days.min(), days.max()) if len(days) else (as_of, as_of)
    assert isinstance(first, date)
    assert isinstance(last, date)
    table = window_table(law, first, last, holidays)
    held = _hold_closures(holds, reasons)
    events = _events(history, rows)
    known = closures(events, reasons.frequencies)
    whole = rows.filter(pl.col("person_id").is_not_null())
    for found in (
        struck(whole, held, "account_id"),
        _shut(rows, table, reasons),
        struck(whole, known),
    ):
        rows = _with_reason(rows, found)
    rows = _with_reason(rows, _too_much(rows, candidates.columns, events, reasons))
    taken = rows.filter(pl.col("_why").is_null())
    everything = pl.concat([events, as_events(taken)])
    opening = lawful_from(
        rows.filter(pl.col("_why").is_not_null() & ~pl.col("_lasting")),
        everything,
        reasons.frequencies,
        held,
        table,
    )
    return _answered(candidates, rows, reasons, law, opening)


def still_lawful(
    permissions: pl.DataFrame,
    history: pl.DataFrame,
    consents: pl.DataFrame,
    holds: pl.DataFrame,
    law: ContactLaw | None,
    holidays: frozenset[date],
    as_of: date,
    now: datetime,
) -> pl.DataFrame:
    """The same question at release, asked of a plan's *permissions* with what is known by then.

    Only what the plan allowed can stay allowed; what it refused stays as it was. A planned
    instant before *now* (naive, local time of the debtor) is refused as ``instant_passed``.
    """
    numbered = permissions.with_row_index("_order")
    asked = numbered.filter("allowed")
    again = plan_contacts(
        asked.drop(ANSWER), history, consents, holds, law, holidays, as_of
    ).with_columns(_passed=pl.col("allowed") & (pl.col("planned_at") < now))
    again = again.with_columns(
        allowed=pl.col("allowed") & ~pl.col("_passed"),
        rule=pl.when("_passed").then(pl.lit(INSTANT_PASSED.code)).otherwise("rule"),
        confidence=pl.when(~pl.col("_passed")).then("confidence"),
    ).drop("_passed")
    kept = numbered.filter(~pl.col("allowed"))
    return pl.concat([again, kept.select(again.columns)]).sort("_order").select(permissions.columns)


def _prepared(candidates: pl.DataFrame) -> pl.DataFrame:
    planned = pl.col("planned_at").cast(pl.Datetime("us"))
    return candidates.with_row_index("_row").with_columns(
        planned_at=planned,
        channel=pl.col("channel").replace("notarial_letter", "letter"),
        _bit=bit_of(pl.col("channel")),
        _day=planned.dt.date(),
        _minute=planned.dt.hour().cast(pl.Int32) * 60 + planned.dt.minute(),
    )


def _events(history: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The contacts made with the persons of the plan, one row each."""
    reached = pl.col("direct").fill_null(True) | pl.col("result").is_in(REACHED).fill_null(False)
    return (
        history.join(rows.select(pl.col("person_id").unique()), on="person_id", how="semi")
        .select(
            "person_id", "account_id", _bit=bit_of(pl.col("channel")),
            _day=pl.col("performed_at").dt.date(), _direct=reached,
        )
        .filter(pl.col("_bit") != 0)
    )  # fmt: skip


def _hold_closures(holds: pl.DataFrame, reasons: Reasons) -> pl.DataFrame:
    why = pl.lit(reasons.hold, pl.UInt8)
    for number, kinds in reversed(reasons.stops):
        chosen = pl.col("kind").is_in(sorted(kinds)).fill_null(False)
        why = pl.when(chosen).then(pl.lit(number, pl.UInt8)).otherwise(why)
    return holds.select(
        "account_id",
        _account=pl.lit(None, pl.Int64),
        _mask=pl.lit(_ALL_CHANNELS, pl.UInt8),
        _why=why,
        _first=pl.col("from_date").fill_null(date(1, 1, 1)),
        _last=pl.col("until_date").dt.offset_by("-1d").fill_null(date(9999, 12, 31)),
    )


def _shut(rows: pl.DataFrame, table: pl.DataFrame, reasons: Reasons) -> pl.DataFrame:
    """_row and _why of the candidates outside a window."""
    there = rows.select("_row", channel="channel", day="_day", _minute="_minute")
    told = there.join(table, left_on=["channel", "day"], right_on=["channel", "day"])
    rules = [(number, outside(f"_{place}")) for place, (number, _) in enumerate(reasons.windows)]
    return told.select("_row", _why=_first(rules)).drop_nulls()


def _too_much(
    rows: pl.DataFrame, given: list[str], events: pl.DataFrame, reasons: Reasons
) -> pl.DataFrame:
    """_row and _why of the candidates that an earlier one of the same plan excludes."""
    limited = sorted({channel for _, rule in reasons.frequencies for channel in rule.channels})
    waiting = rows.filter(pl.col("_why").is_null() & pl.col("channel").is_in(limited)).filter(
        pl.len().over("person_id") > 1
    )
    order = ["person_id", "planned_at", "_bit", "account_id", "role"]
    ties = [name for name in sorted(given) if not rows.schema[name].is_nested()]
    waiting = waiting.sort([*order, *(name for name in ties if name not in order)])
    return take_turns(waiting, events, list(reasons.frequencies))


def _first(conditions: tuple[tuple[int, pl.Expr], ...] | list[tuple[int, pl.Expr]]) -> pl.Expr:
    """The number of the first condition that holds, null where none does."""
    if not conditions:
        return pl.lit(None, pl.UInt8)
    return pl.coalesce(
        pl.when(condition).then(pl.lit(number, pl.UInt8)) for number, condition in conditions
    )


def _with_reason(rows: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    told = found.select("_row", _found="_why")
    return (
        rows.join(told, on="_row", how="left", maintain_order="left")
        .with_columns(_why=pl.min_horizontal("_why", "_found"))
        .drop("_found")
    )


def _answered(
    candidates: pl.DataFrame,
    rows: pl.DataFrame,
    reasons: Reasons,
    law: ContactLaw,
    opening: pl.DataFrame,
) -> pl.DataFrame:
    resting = {channel: law.confidence(channel) for channel in CHANNELS}
    told = (
        rows.select("_row", "_why", "channel")
        .join(reasons.table(), on="_why", how="left", maintain_order="left")
        .join(opening, on="_row", how="left", maintain_order="left")
        .with_columns(allowed=pl.col("_why").is_null())
        .with_columns(
            confidence=pl.when("allowed")
            .then(pl.col("channel").replace_strict(resting, default=None, return_dtype=pl.String))
            .otherwise("confidence")
        )
    )
    return pl.concat([candidates, told.select(ANSWER)], how="horizontal")


def _refused(candidates: pl.DataFrame, source: Source) -> pl.DataFrame:
    return candidates.with_columns(
        allowed=pl.lit(False),
        rule=pl.lit(source.code, pl.String),
        norm=pl.lit(source.norm, pl.String),
        confidence=pl.lit(source.confidence, pl.String),
        lawful_from=pl.lit(None, pl.Datetime("us")),
    )
