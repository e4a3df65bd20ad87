"""A portfolio's figures are the account's whole position at the close of its cut-off date.

So what came first, the portfolio or the money, decides nothing: a claim is what the last portfolio
states less the money dated after its cut-off. I1, I2 and I8 hold after each, and the deep check
finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from recupero.rules.components import COMPONENTS
from recupero.steps.intake import Rows
from recupero.steps.reconcile import reconcile
from recupero.steps.write_off import decide_instructions
from recupero.store import ledger
from recupero.store.cluster import APPLICATION
from recupero.store.embedded import Addresses, EmbeddedPostgres
from recupero.store.owner import migrate
from recupero.store.tables import account_cut_off, journal, match, reject
from tests.edges.dated_bank import SUN, line, opened, place
from tests.edges.enrolled_store import made_database
from tests.edges.one_bank import DAYS, Bank, money

MON, TUE, WED, THU, _ = DAYS


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Iterator[Addresses]:
    with made_database(postgres, "cut_off") as made:
        migrate(made.owner_url, APPLICATION)
        yield made


@pytest.fixture
def bank(database: Addresses, tmp_path: Path) -> Iterator[Bank]:
    """Account A owes 1000 at Sunday's close; at the end everything is proven from the files."""
    made = opened(database, tmp_path)
    place(made, MON, SUN, A=1000)
    yield made
    made.check()


def pay(bank: Bank, day: date, name: str, booked_on: date, amount: int = 100) -> None:
    """A payment to A, or its reversal where negative, told and settled on *day*."""
    kind = f"payment;;{booked_on}" if amount > 0 else f"reversal;{name};{booked_on}"
    named = name if amount > 0 else f"R{name}"
    bank.take(day, "payment", f"{named};A;{money(abs(amount))};{kind}")
    bank.settle(day)


def owed(bank: Bank) -> int:
    return sum(bank.balances()["A"].values())


def write_off(bank: Bank, day: date) -> None:
    """What A owes, on the institution's instruction."""
    bank.take(day, "write_off", f"A;{money(owed(bank))};{day};Acta 1")
    assert decide_instructions(bank.services, bank.code, day) == {"accepted": 1, "refused": 0}


def memorandum(bank: Bank) -> dict[str, int]:
    """The components of the one account written off that are not zero."""
    with bank.services.store.unit(bank.code) as unit:
        (row,) = ledger.balances(unit, ledger="memorandum").iter_rows(named=True)
    return {name: row[f"{name}_minor"] for name in COMPONENTS if row[f"{name}_minor"]}


# --- the rule as a table ---


@pytest.mark.parametrize("told", ["before", "after"])
@pytest.mark.parametrize(
    ("booked_on", "left"),
    [(MON, 900), (TUE, 900), (WED, 800)],  # the portfolio states 900 at Tuesday's close
)
def test_a_payment_counts_once_on_whichever_side_of_the_portfolio_it_is_told(
    bank: Bank, told: str, booked_on: date, left: int
) -> None:
    if told == "before":
        pay(bank, WED, "T1", booked_on)
    place(bank, THU, TUE, A=900)
    if told == "after":
        pay(bank, THU, "T1", booked_on)
    assert bank.balances() == {"A": {"principal": left}}
    assert reconcile(bank.services, bank.code, THU)["unexplained_minor"] == 0


@pytest.mark.parametrize("told", ["before", "after"])
@pytest.mark.parametrize(
    ("booked_on", "stated", "left"),
    # paid on Monday; the portfolio knows of a reversal up to Tuesday's close
    [(MON, 1000, 1000), (TUE, 1000, 1000), (WED, 900, 1000)],
)
def test_a_reversal_counts_once_on_whichever_side_of_the_portfolio_it_is_told(
    bank: Bank, told: str, booked_on: date, stated: int, left: int
) -> None:
    pay(bank, MON, "T1", MON)
    if told == "before":
        pay(bank, WED, "T1", booked_on, -100)
    place(bank, THU, TUE, A=stated)
    if told == "after":
        pay(bank, THU, "T1", booked_on, -100)
    assert bank.balances() == {"A": {"principal": left}}


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
    lines = (f"T{day.day};A;1,00;payment;;{day}" for day in (MON, WED))
    bank.take(WED, "payment", *lines)
    bank.settle(WED)
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
    database: Addresses, tmp_path: Path
) -> None:
    bank = opened(database, tmp_path, full="delta")
    place(bank, MON, SUN, A=1000, B=500)
    place(bank, WED, TUE, B=500)
    lines = [f"T{n};{n};1,00;payment;;{TUE}" for n in "AB"]
    bank.take(WED, "payment", *lines)
    bank.settle(WED)
    assert bank.balances() == {"A": {"principal": 900}, "B": {"principal": 500}}
    bank.check()


@pytest.mark.parametrize("stated", [0, 20])
def test_a_contained_payment_larger_than_the_figure_bounces_as_debt(
    bank: Bank, stated: int
) -> None:
    """What it settled is in no figure any more: nothing of it is an excess, then or later."""
    place(bank, TUE, MON, A=stated)
    pay(bank, TUE, "T1", MON, 980)
    assert ("paid", {"principal": -980}) in bank.events(TUE)["A"]
    assert ("adjusted", {"principal": 980}) in bank.events(TUE)["A"]
    pay(bank, WED, "T1", WED, -980)
    assert bank.balances() == {"A": {"principal": stated + 980}}


# --- what was written off is what was stated then ---

#: Money by its date; below zero the reversal of a payment of that amount.
History = tuple[tuple[date, int], ...]


@pytest.mark.parametrize("told", ["before", "after"])
@pytest.mark.parametrize(
    ("settled", "portfolio", "late", "left"),
    [
        # money settled on Monday, portfolio of Tuesday (cut-off, figure), money told around the
        # write-off, and what the memorandum holds in the end
        ((), (MON, 900), ((MON, 100),), 900),
        ((), (TUE, 900), ((MON, 100), (TUE, 50)), 900),
        ((), (MON, 900), ((TUE, 100),), 800),
        ((), (MON, 900), ((MON, 100), (TUE, 30)), 870),
        ((), (MON, 100), ((MON, 900),), 100),
        ((), (MON, 900), ((MON, 100), (MON, -100)), 900),
        ((), (MON, 900), ((MON, 100), (TUE, -100)), 1000),
        (((MON, 100),), (TUE, 1000), ((TUE, -100),), 1000),
        (((MON, 100),), (MON, 900), ((TUE, -100),), 1000),
        (((MON, 100),), (TUE, 1000), ((TUE, -100), (WED, 40)), 960),
    ],
)
def test_money_in_the_figures_written_off_is_in_the_memorandum(
    bank: Bank, told: str, settled: History, portfolio: tuple[date, int], late: History, left: int
) -> None:
    for booked_on, amount in settled:
        pay(bank, MON, "T100", booked_on, amount)
    place(bank, WED, portfolio[0], A=portfolio[1])
    if told == "after":
        write_off(bank, WED)
    for booked_on, amount in late:
        pay(bank, WED, f"T{abs(amount)}", booked_on, amount)
    if told == "before":
        write_off(bank, WED)
    place(bank, THU, WED, A=0)
    assert bank.balances() == {"A": {}}
    assert memorandum(bank) == {"principal": left}
    assert reconcile(bank.services, bank.code, THU)["unexplained_minor"] == 0


def test_a_payment_the_memorandum_contains_bounces_into_it_as_debt(bank: Bank) -> None:
    place(bank, TUE, MON, A=100)
    write_off(bank, TUE)
    pay(bank, TUE, "T1", MON, 900)
    pay(bank, THU, "T1", THU, -900)
    assert (owed(bank), memorandum(bank)) == (0, {"principal": 1000})


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
