"""Does the journal hold what an institution moved, and nothing else? Tampered rows are named."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from recupero.profiles.fields import ADJUSTMENTS
from recupero.rules.adjust import EVENT, misadjusted, movements
from recupero.rules.components import COLUMNS
from recupero.rules.post import STATED, batch, counted_in
from recupero.rules.reconcile import EVENTS

_DAY = date(2026, 11, 23)
_STATED = pl.DataFrame(
    [
        {"adjustment_id": number, "account_id": 7, "event": event, "currency": "COP",
         "effective_on": _DAY, "receipt_id": 1, "line_number": number,
         **dict.fromkeys(STATED, 0), "principal_minor": 100}
        for number, event in ((1, "charge"), (2, "waiver"), (3, "correction"))
    ]
)  # fmt: skip


def booked() -> pl.DataFrame:
    """The journal of these: the last one is in stated figures of the same date."""
    rows = movements(_STATED).with_columns(
        pl.lit(_DAY).alias("recorded_on"), pl.lit(_DAY).alias("cut_off")
    )
    own = batch(rows)
    counted = batch(counted_in(rows.filter(line_number=3)), first=own.height + 1)
    return pl.concat([own, counted]).with_columns(pl.lit(9).alias("recording_id"))


def test_every_event_a_file_may_state_has_its_line_in_the_roll_forward() -> None:
    assert EVENT.keys() == set(ADJUSTMENTS)
    assert set(EVENT.values()) <= EVENTS.keys()


def test_what_was_booked_as_stated_is_sound() -> None:
    assert misadjusted(_STATED, booked()).is_empty()


_OWN = pl.col("account_id").is_not_null()
_TAMPERED: dict[str, tuple[pl.Expr, dict[str, pl.Expr], list[int]]] = {
    "another amount": (
        _OWN & (pl.col("line_number") == 1), {"principal_minor": pl.lit(99)}, [1]),
    "another component": (
        _OWN & (pl.col("line_number") == 2),
        {"principal_minor": pl.lit(0), "fees_minor": pl.lit(-100)}, [2]),
    "another event": (_OWN & (pl.col("line_number") == 2), {"event": pl.lit("paid")}, [2]),
    "another account": (_OWN & (pl.col("line_number") == 1), {"account_id": pl.lit(8)}, [1]),
    "taken away in part": (
        _OWN & (pl.col("line_number") == 3) & (pl.col("principal_minor") < 0),
        {"principal_minor": pl.lit(-99)}, [3]),
}  # fmt: skip


@pytest.mark.parametrize("what", _TAMPERED)
def test_what_differs_from_what_was_stated_is_named(what: str) -> None:
    where, changed, named = _TAMPERED[what]
    rows = booked().with_columns(
        pl.when(where).then(value).otherwise(name).alias(name) for name, value in changed.items()
    )
    assert misadjusted(_STATED, rows)["adjustment_id"].to_list() == named


def test_a_row_that_is_missing_or_too_many_is_named() -> None:
    rows = booked()
    missing = rows.filter((pl.col("line_number") != 1).fill_null(True))
    assert misadjusted(_STATED, missing)["adjustment_id"].to_list() == [1]
    more = rows.filter(line_number=1).with_columns(pl.lit(99, pl.Int64).alias("entry_number"))
    doubled = pl.concat([rows, more])
    assert misadjusted(_STATED, doubled)["adjustment_id"].to_list() == [1]
    assert doubled.select(pl.col(COLUMNS).sum()).sum_horizontal().item() == 100
