"""What an institution moves on its accounts itself is booked as stated, and counts once.

I1, I2 and I8 hold after each, and the deep check finds nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from recupero.steps.intake import Outcome, Rows
from recupero.steps.reconcile import reconcile
from recupero.steps.trace_account import account_sections
from recupero.steps.write_off import decide_instructions
from recupero.store import ledger
from recupero.store.embedded import Addresses
from recupero.store.tables import adjustment, journal, recording, reject
from tests.edges.dated_bank import SUN, opened, place, tell, told
from tests.edges.one_bank import DAYS, Bank, money

MON, TUE, WED, THU, FRI = DAYS
_IDS = itertools.count(1)


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, proven: Callable[[Bank], Bank]) -> Bank:
    """A bank of the test's own; at the end everything is proven from the files."""
    return proven(opened(migrated, tmp_path))


def moved(
    account: str, event: str, on: date, *amounts: int, name: str | None = None, why: str = "x"
) -> str:
    """The line of an adjustment of principal, interest and fees."""
    three = ";".join(map(money, (*amounts, 0, 0, 0)[:3]))
    return f"{name or f'M{next(_IDS)}'};{account};{event};{on};{three};{why}"


def recorded_of(bank: Bank, day: date) -> pl.Expr:
    """Rows of the recordings of *day*."""
    of_day = bank.stored(recording).filter(business_date=day)["recording_id"]
    return pl.col("recording_id").is_in(of_day.to_list())


def adjust(bank: Bank, day: date, *lines: str) -> Outcome:
    return bank.take(day, "adjustment", *lines)


Figures = tuple[int, ...]
#: By account: principal, interest and fees stated, the adjustment, the journal's event and what is
#: owed after it.
BOOKED: dict[str, tuple[Figures, tuple[str, *Figures], tuple[str, dict[str, int]], dict[str, int]]]
BOOKED = {
    "a fee is charged": (
        (1000, 50), ("charge", 0, 0, 30),
        ("charged", {"fees": 30}), {"principal": 1000, "interest": 50, "fees": 30}),
    "interest accrues": (
        (1000, 50), ("accrual", 0, 12),
        ("accrued", {"interest": 12}), {"principal": 1000, "interest": 62}),
    "all interest is waived": (
        (1000, 50), ("waiver", 0, 50),
        ("waived", {"interest": -50}), {"principal": 1000}),
    "a correction goes either way": (
        (1000, 50), ("correction", -100, 5),
        ("adjusted", {"principal": -100, "interest": 5}), {"principal": 900, "interest": 55}),
    "interest becomes principal": (
        (1000, 50), ("reclassification", 50, -50),
        ("reclassified", {"principal": 50, "interest": -50}), {"principal": 1050}),
    "what is given back is owed again": (
        (1000,), ("refund", 200), ("refunded", {"principal": 200}), {"principal": 1200}),
    "a credit given back is no debt": (
        (-300,), ("refund", 300), ("refunded", {"unapplied": 300}), {}),
    "more than the credit is": (
        (-300,), ("refund", 400),
        ("refunded", {"principal": 100, "unapplied": 300}), {"principal": 100}),
    "a purchase uses the credit up first": (
        (-300, 20), ("charge", 100), ("charged", {"unapplied": 100}),
        {"interest": 20, "unapplied": -200}),
}  # fmt: skip


def test_each_event_moves_what_it_states(bank: Bank) -> None:
    bank.place(MON, {account: stated for account, (stated, *_) in BOOKED.items()})
    lines = [moved(one, event, MON, *sums) for one, (_, (event, *sums), *_) in BOOKED.items()]
    assert adjust(bank, TUE, *lines).rows == Rows(read=9, booked=9)
    assert bank.events(TUE) == {one: [event] for one, (*_, event, _) in BOOKED.items()}
    assert bank.balances() == {one: owed for one, (*_, owed) in BOOKED.items()}
    assert reconcile(bank.services, bank.code, TUE)["unexplained_minor"] == 0
    rows = bank.stored(adjustment)
    assert rows.filter(event="waiver")["interest_minor"].to_list() == [50], "as the file has it"
    with bank.services.store.unit(bank.code) as unit:
        (traced,) = account_sections(unit, rows["account_id"][0])["adjustments"]
        day = ledger.movements(unit, TUE, TUE)
    assert (traced["reason"], traced["effective_on"]) == ("x", MON)
    assert set(day["event"]) == {
        "charged", "accrued", "waived", "adjusted", "reclassified", "refunded",
    }  # fmt: skip


def test_a_credit_given_back_is_gone_from_the_next_portfolio_of_zero_too(bank: Bank) -> None:
    place(bank, MON, SUN, A=1000)
    tell(bank, MON, told("A", "T1", MON, 1300))
    adjust(bank, TUE, moved("A", "refund", TUE, 300))
    place(bank, WED, TUE, A=0)
    assert bank.balances() == {"A": {}}


def test_it_counts_once_on_whichever_side_of_the_portfolio_it_is_told(bank: Bank) -> None:
    """A charge of 100: the portfolio states 1100 at Tuesday's close, if the charge was by then."""
    left = {MON: (1100, 1100), TUE: (1100, 1100), WED: (1000, 1100)}
    before, after = ({f"{side}-{day:%a}": day for day in left} for side in ("before", "after"))
    both = before | after
    place(bank, MON, SUN, **dict.fromkeys(both, 1000))
    adjust(bank, WED, *(moved(one, "charge", day, 100) for one, day in before.items()))
    place(bank, THU, TUE, **{one: left[day][0] for one, day in both.items()})
    adjust(bank, THU, *(moved(one, "charge", day, 100) for one, day in after.items()))
    assert bank.balances() == {one: {"principal": left[day][1]} for one, day in both.items()}
    events = [(name, sums["principal"]) for name, sums in bank.events(THU)["after-Tue"]]
    assert sorted(events) == [("adjusted", -100), ("adjusted", 100), ("charged", 100)]
    (one,) = bank.stored(adjustment).filter(recorded_of(bank, THU), effective_on=TUE)["account_id"]
    with bank.services.store.unit(bank.code) as unit:
        traced = account_sections(unit, one)["journal"]
    assert [row["rule"] for row in traced] == [None, None, "as_stated", "in_stated_figures"]
    assert reconcile(bank.services, bank.code, THU)["unexplained_minor"] == 0


def test_an_id_stands_for_one_adjustment_for_ever(bank: Bank) -> None:
    place(bank, MON, SUN, A=1000)
    first = moved("A", "charge", MON, 100, name="M-1")
    adjust(bank, TUE, first)
    again = moved("A", "charge", MON, 100, name="M-1", why="the same, in other words")
    other = moved("A", "charge", MON, 101, name="M-1")
    assert adjust(bank, WED, again).rows == Rows(read=1, unchanged=1)
    assert adjust(bank, WED, other).rows == Rows(read=1, rejected=1)
    twice = (moved("A", "charge", MON, 5, name="M-2"), moved("A", "charge", MON, 6, name="M-2"))
    mixed = adjust(bank, WED, *twice, moved("A", "charge", MON, 1))
    assert mixed.rows == Rows(read=3, booked=1, rejected=2), "which is meant?"
    rules = sorted(bank.stored(reject)["rule"])
    assert rules == ["adjustment_id_reused", "duplicate_key", "duplicate_key"]
    assert bank.balances() == {"A": {"principal": 1101}}


def test_what_cannot_be_moved_is_rejected_and_moves_nothing(bank: Bank) -> None:
    bank.place(MON, {"A": (1000, 50), "B": (1000, 50), "C": (80,)})
    bank.take(MON, "write_off", f"C;0,80;{MON};Acta 1")
    assert decide_instructions(bank.services, bank.code, MON)["accepted"] == 1
    outcome = adjust(
        bank, TUE,
        moved("A", "waiver", TUE, 0, 51), moved("A", "charge", TUE, 7),  # one is lost, so is all
        moved("B", "waiver", TUE, 0, 60), moved("B", "accrual", TUE, 0, 10),  # together they are
        moved("C", "charge", TUE, 1), moved("D", "charge", TUE, 1),
    )  # fmt: skip
    assert outcome.rows == Rows(read=6, booked=2, rejected=4)
    assert bank.stored(reject).select("line_number", "rule").rows() == [
        (1, "component_below_zero"), (2, "component_below_zero"),
        (5, "written_off"), (6, "unknown_account"),
    ]  # fmt: skip
    assert bank.balances() == {
        "A": {"principal": 1000, "interest": 50}, "B": {"principal": 1000}, "C": {},
    }  # fmt: skip
    assert bank.stored(journal).filter(pl.col("event") == "charged").is_empty()
