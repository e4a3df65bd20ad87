"""A portfolio's figures are the account's whole position at the close of its cut-off date.

So what came first, the portfolio or the money, decides nothing: a claim is what the last portfolio
states less the money dated after its cut-off. I1, I2 and I8 hold after each, and the deep check
finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from recupero.steps.decided import Rows
from recupero.steps.reconcile import reconcile
from recupero.store.embedded import Addresses
from recupero.store.tables import account_cut_off, journal, match, reject
from tests.edges.dated_bank import SUN, line, opened, place, tell, told
from tests.edges.one_bank import DAYS, Bank

MON, TUE, WED, THU, _ = DAYS


@pytest.fixture
def empty(migrated: Addresses, tmp_path: Path, proven: Callable[[Bank], Bank]) -> Bank:
    """A bank of the test's own; at the end everything is proven from the files."""
    return proven(opened(migrated, tmp_path))


@pytest.fixture
def bank(empty: Bank) -> Bank:
    """Account A owes 1000 at Sunday's close."""
    place(empty, MON, SUN, A=1000)
    return empty


def pay(bank: Bank, day: date, name: str, booked_on: date, amount: int = 100) -> None:
    """A payment to A, or its reversal."""
    tell(bank, day, told("A", name, booked_on, amount))


def owed(bank: Bank) -> int:
    return sum(bank.balances()["A"].values())


# --- the rule as tables: each case is an account, its money told before a portfolio or after it ---

Cases = dict[str, date]


def sides(booked_on: Iterable[date]) -> tuple[Cases, Cases]:
    """By account the date of its money: those told before, and those told after."""
    days = tuple(booked_on)
    before, after = ({f"{side}-{day:%a}": day for day in days} for side in ("before", "after"))
    return before, after


def test_a_payment_counts_once_on_whichever_side_of_the_portfolio_it_is_told(empty: Bank) -> None:
    left = {MON: 900, TUE: 900, WED: 800}  # the portfolio states 900 at Tuesday's close
    before, after = sides(left)
    place(empty, MON, SUN, **dict.fromkeys(before | after, 1000))
    tell(empty, WED, *(told(account, account, day) for account, day in before.items()))
    place(empty, THU, TUE, **dict.fromkeys(before | after, 900))
    tell(empty, THU, *(told(account, account, day) for account, day in after.items()))
    assert empty.balances() == {
        account: {"principal": left[day]} for account, day in (before | after).items()
    }
    assert reconcile(empty.services, empty.code, THU)["unexplained_minor"] == 0


def test_a_reversal_counts_once_on_whichever_side_of_the_portfolio_it_is_told(empty: Bank) -> None:
    # stated and left: paid on Monday; the portfolio knows of a reversal up to Tuesday's close
    table = {MON: (1000, 1000), TUE: (1000, 1000), WED: (900, 1000)}
    before, after = sides(table)
    both = before | after
    place(empty, MON, SUN, **dict.fromkeys(both, 1000))
    tell(empty, MON, *(told(account, account, MON) for account in both))
    tell(empty, WED, *(told(account, account, day, -100) for account, day in before.items()))
    place(empty, THU, TUE, **{account: table[day][0] for account, day in both.items()})
    tell(empty, THU, *(told(account, account, day, -100) for account, day in after.items()))
    assert empty.balances() == {
        account: {"principal": table[day][1]} for account, day in both.items()
    }


# --- what is posted for money that the figures contain ---


def test_contained_money_is_matched_posted_and_taken_away_in_one_settlement(bank: Bank) -> None:
    place(bank, TUE, MON, A=900)
    pay(bank, WED, "T1", MON)
    assert bank.events(WED)["A"] == [
        ("paid", {"principal": -100}), ("adjusted", {"principal": 100})
    ]  # fmt: skip
    assert bank.stored(match).select("class", "posts").rows() == [("matched", True)]
    rows = bank.stored(journal).filter(pl.col("recorded_on") == WED)
    assert rows["recording_id"].n_unique() == 1
    named = rows.drop_nulls("account_id").select("entry_id", "receipt_id", "line_number")
    assert named.n_unique() == 1, "both name the payment's file and line"


def test_a_later_reversal_of_contained_money_posts_in_full_and_undoes_the_payment(
    bank: Bank,
) -> None:
    place(bank, TUE, MON, A=900)
    pay(bank, WED, "T1", MON)
    pay(bank, THU, "T1", THU, -100)
    assert bank.events(THU) == {"A": [("paid", {"principal": 100})]}
    assert bank.balances() == {"A": {"principal": 1000}}


def test_contained_money_does_not_settle_what_the_figures_say_is_owed(bank: Bank) -> None:
    """The interest is open at the cut-off, so it is what Wednesday's payment settles first."""
    bank.take(TUE, "placement", f"A;1A;Ana;{TUE};2026-09-01;8,00;1,00;0,00")
    tell(bank, WED, *(told("A", f"T{day.day}", day) for day in (MON, WED)))
    assert bank.balances() == {"A": {"principal": 800}}


def test_a_corrected_portfolio_of_one_cut_off_neither_undoes_nor_doubles_its_payments(
    bank: Bank,
) -> None:
    for stated in (900, 850):
        place(bank, TUE, TUE, A=stated)
        assert owed(bank) == stated
        pay(bank, TUE, f"T{stated}", TUE)
        assert owed(bank) == stated


def test_a_figure_that_did_not_change_is_stated_again_all_the_same(bank: Bank) -> None:
    """Tuesday's portfolio repeats the row to the letter, and no version of it is stored."""
    assert bank.place(WED, {"A": (1000,)}).rows == Rows(read=1, unchanged=1)
    pay(bank, WED, "T1", TUE)
    assert owed(bank) == 1000
    pay(bank, WED, "T2", WED)
    assert owed(bank) == 900


def test_an_account_whose_row_was_rejected_is_stated_as_before(bank: Bank) -> None:
    bank.take(WED, "placement", line("A", TUE, "mil"), line("B", TUE, 70))
    pay(bank, WED, "T1", TUE)
    assert owed(bank) == 900
    place(bank, THU, WED, A=800, B=70)
    pay(bank, THU, "T2", WED)
    assert owed(bank) == 800, "and again once a row of it was taken"


def test_in_a_delta_only_the_accounts_it_names_are_stated(
    migrated: Addresses, tmp_path: Path, proven: Callable[[Bank], Bank]
) -> None:
    bank = proven(opened(migrated, tmp_path, full="delta"))
    place(bank, MON, SUN, A=1000, B=500)
    place(bank, WED, TUE, B=500)
    tell(bank, WED, *(told(account, f"T{account}", TUE) for account in "AB"))
    assert bank.balances() == {"A": {"principal": 900}, "B": {"principal": 500}}


def test_a_contained_payment_larger_than_the_figure_bounces_as_debt(empty: Bank) -> None:
    """What it settled is in no figure any more: nothing of it is an excess, then or later."""
    stated = {"nothing": 0, "little": 20}
    place(empty, MON, SUN, **dict.fromkeys(stated, 1000))
    place(empty, TUE, MON, **stated)
    tell(empty, TUE, *(told(account, account, MON, 980) for account in stated))
    events = empty.events(TUE)
    for account in stated:
        assert ("paid", {"principal": -980}) in events[account], account
        assert ("adjusted", {"principal": 980}) in events[account], account
    tell(empty, WED, *(told(account, account, WED, -980) for account in stated))
    assert empty.balances() == {
        account: {"principal": figure + 980} for account, figure in stated.items()
    }


# --- rows of several dates ---


def test_a_row_older_than_its_accounts_last_is_rejected_and_takes_nothing_back(bank: Bank) -> None:
    place(bank, TUE, MON, A=900, B=70)
    outcome = bank.take(WED, "placement", line("A", SUN, 1000), line("B", TUE, 60))
    assert outcome.rows == Rows(read=2, booked=1, rejected=1)
    assert bank.stored(reject).select("line_number", "rule").rows() == [(1, "outdated_row")]
    assert bank.balances() == {"A": {"principal": 900}, "B": {"principal": 60}}


def test_an_account_recalled_and_placed_again_is_stated_by_its_own_row(bank: Bank) -> None:
    """Though the portfolio that recalled it was drawn later, and others after that."""
    place(bank, TUE, MON, A=900, B=70)
    place(bank, WED, TUE, B=70)
    outcome = bank.take(THU, "placement", line("A", MON, 900), line("B", WED, 60))
    assert outcome.rows == Rows(read=2, booked=2)
    pay(bank, THU, "T1", MON)
    pay(bank, THU, "T2", TUE)
    assert bank.balances() == {"A": {"principal": 800}, "B": {"principal": 60}}


def test_a_row_of_an_earlier_date_states_its_account_until_then(bank: Bank) -> None:
    bank.take(WED, "placement", line("A", MON, 1000), line("B", TUE, 60))
    assert bank.stored(account_cut_off)["cut_off"].to_list() == [MON]
    pay(bank, WED, "T1", MON)
    assert owed(bank) == 1000
    pay(bank, WED, "T2", TUE)
    assert owed(bank) == 900


# --- what an institution's zero leaves ---


def test_an_excess_told_before_a_portfolio_of_zero_stays_the_debtors(bank: Bank) -> None:
    pay(bank, MON, "T1", MON, 1300)
    place(bank, TUE, MON, A=0)
    assert bank.balances() == {"A": {"unapplied": -300}}
    place(bank, WED, TUE, A=500)
    assert bank.balances() == {"A": {"principal": 500}}, "what is owed has the excess counted in"


def test_a_credit_stated_follows_what_is_stated_later(bank: Bank) -> None:
    for day, stated, held in ((TUE, -300, -300), (WED, -120, -120), (THU, 0, 0)):
        place(bank, day, day - timedelta(days=1), A=stated)
        assert bank.balances() == {"A": {"unapplied": held} if held else {}}
