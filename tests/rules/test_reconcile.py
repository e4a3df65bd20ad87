from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recupero.errors import Fault
from recupero.rules.components import COLUMNS, COMPONENTS
from recupero.rules.reconcile import (
    EVENTS,
    open_items,
    received_summary,
    roll_forward,
)

BALANCE = {"currency": pl.String} | dict.fromkeys(COLUMNS, pl.Int64)
MOVEMENT = {"event": pl.String} | BALANCE
MATCH = {
    "entry_id": pl.Int64,
    "source": pl.String,
    "class": pl.String,
    "amount_minor": pl.Int64,
    "currency": pl.String,
    "booked_on": pl.Date,
    "linked_entry_id": pl.Int64,
    "reason": pl.String,
}


def balances(*rows: tuple[Any, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=BALANCE, orient="row")


def movements(*rows: tuple[Any, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=MOVEMENT, orient="row")


def test_a_day_in_lines() -> None:
    told = roll_forward(
        movements(
            ("placed", "COP", 500, 50, 0, 0, 0, 0),
            ("paid", "COP", -70, -30, 0, 0, 0, -5),
            ("paid", "COP", 70, 30, 0, 0, 0, 5),
            ("waived", "COP", 0, -10, 0, 0, 0, 0),
        ),
        balances(("COP", 100, 0, 0, 0, 0, 0)),
        balances(("COP", 600, 40, 0, 0, 0, 0)),
    )
    assert told.explained
    shown = told.lines.select(
        "currency",
        "component",
        "opening_minor",
        "placed_minor",
        "paid_minor",
        "waived_minor",
        "closing_minor",
        "unexplained_minor",
    ).head(2)
    assert shown.rows() == [
        ("COP", "principal", 100, 500, 0, 0, 600, 0),
        ("COP", "interest", 0, 50, 0, 10, 40, 0),
    ]
    assert told.lines["component"].to_list() == list(COMPONENTS)
    assert told.lines.columns == [
        "currency",
        "component",
        "opening_minor",
        *(f"{event}_minor" for event in EVENTS),
        "closing_minor",
        "unexplained_minor",
    ]


def test_two_errors_do_not_hide_each_other() -> None:
    told = roll_forward(
        movements(),
        balances(("COP", 1, 1, 0, 0, 0, 0), ("PEN", 5, 0, 0, 0, 0, 0)),
        balances(("COP", 0, 2, 0, 0, 0, 0), ("PEN", 5, 0, 0, 0, 0, 0)),
    )
    assert (told.explained, told.unexplained_minor) == (False, 2)


def test_a_currency_that_only_closes_is_unexplained() -> None:
    told = roll_forward(movements(), balances(), balances(("PEN", 0, 0, 3, 0, 0, 0)))
    assert told.unexplained_minor == 3


def test_an_empty_ledger_is_explained() -> None:
    assert roll_forward(movements(), balances(), balances()).explained


def test_an_unknown_event_is_our_fault() -> None:
    with pytest.raises(Fault, match="gifted"):
        roll_forward(movements(("gifted", "COP", *[0] * 6)), balances(), balances())


six = st.tuples(*[st.integers(-99, 99)] * 6)
currencies = st.sampled_from(["COP", "PEN"])
moved = st.lists(st.tuples(st.sampled_from(list(EVENTS)), currencies, six), max_size=20)


@given(st.lists(st.tuples(currencies, six), max_size=5), moved, st.integers(-9, 9))
def test_closing_is_opening_plus_what_moved(
    opened: list[tuple[str, tuple[int, ...]]],
    happened: list[tuple[str, str, tuple[int, ...]]],
    stray: int,
) -> None:
    opening = balances(*((currency, *parts) for currency, parts in opened))
    moves = movements(*((event, currency, *parts) for event, currency, parts in happened))
    closing = pl.concat([opening, moves.drop("event"), balances(("COP", 0, 0, 0, stray, 0, 0))])
    told = roll_forward(moves, opening, closing.reverse())
    assert told.unexplained_minor == abs(stray)
    away = -moves.filter(pl.col("event") == "paid").select(pl.sum_horizontal(COLUMNS).sum()).item()
    assert told.lines["paid_minor"].sum() == away


def matches(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Entry, source, class, amount, day of November, linked entry."""
    full = [
        (entry, source, kind, amount, "COP", date(2026, 11, day), linked, "no_reference")
        for entry, source, kind, amount, day, linked in rows
    ]
    return pl.DataFrame(full, schema=MATCH, orient="row")


BOOKED = matches(
    (1, "statement", "matched", 100, 27, None),
    (2, "statement", "suspended", 30, 24, None),
    (3, "statement", "suspended", 7, 1, None),
    (4, "statement", "suspended", 5, 17, None),
    (5, "statement", "reversal", -5, 27, 4),
    (6, "statement", "suspended", -2, 23, None),
    (7, "payment_file", "duplicate", 100, 27, None),
    (8, "payment_file", "not_ours", 40, 27, None),
)


def test_received_by_source_and_side() -> None:
    told = received_summary(BOOKED)
    assert told.rows() == [
        ("payment_file", "COP", "credit", 2, 140, 0, 0, 0, 100, 0, 40, 0),
        ("statement", "COP", "credit", 4, 142, 100, 0, 42, 0, 0, 0, 0),
        ("statement", "COP", "debit", 2, -7, 0, 0, -2, 0, -5, 0, 0),
    ]


def test_an_entry_that_matching_lost_shows_as_difference() -> None:
    told = received_summary(BOOKED.filter(pl.col("entry_id") != 8), BOOKED)
    assert told["difference_minor"].to_list() == [40, 0, 0]
    told = received_summary(BOOKED, BOOKED.filter(pl.col("source") == "statement"))
    assert told["difference_minor"].to_list() == [-140, 0, 0]


def test_an_unknown_class_shows_as_difference() -> None:
    told = received_summary(matches((1, "statement", "lost", 9, 27, None)))
    assert told["difference_minor"].to_list() == [9]


def test_what_the_bank_dates_later_is_open_already() -> None:
    """All of it was received by then, so the report of the day lists all of it."""
    items = open_items(BOOKED, date(2026, 11, 23))
    assert items.select("entry_id", "age_days", "age").rows() == [
        (3, 22, "11-30"),
        (6, 0, "0-3"),
        (2, 0, "0-3"),
    ]


def test_open_items_are_aged_and_what_was_reversed_is_closed() -> None:
    items = open_items(BOOKED, date(2026, 11, 27))
    assert items.select("entry_id", "age_days", "age").rows() == [
        (3, 26, "11-30"),
        (6, 4, "4-10"),
        (2, 3, "0-3"),
    ]
    assert open_items(BOOKED, date(2026, 12, 2)).row(0, named=True)["age"] == ">30"
