"""Money of claims that ended, taken back or written off: nothing of them stays in the ledger.

I1, I2 and I8 hold after each, and the deep check finds nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from recupero.steps.assess import accounts_of_day
from recupero.steps.reconcile import reconcile
from recupero.steps.write_off import decide_instructions
from recupero.store.embedded import Addresses
from recupero.store.tables import journal, match, write_off
from tests.edges.one_bank import DAYS, Bank, services_for

MON, TUE, WED, THU, FRI = DAYS
_NUMBERS = itertools.count(1)
B = {"B": (70,)}


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, proven: Callable[[Bank], Bank]) -> Bank:
    """Account A of two is paid 100 on Monday; at the end all is proven from the files."""
    code = f"retirada-{next(_NUMBERS)}"
    made = proven(Bank(services_for(tmp_path, migrated, code), code))
    made.place(MON, {"A": (1000, 50), **B})
    made.pay(MON, ("T1", "A", 100))
    made.settle(MON)
    return made


def reasons(bank: Bank) -> list[str]:
    return bank.stored(match)["reason"].drop_nulls().to_list()


def test_a_payment_reversed_after_the_recall_leaves_no_claim(bank: Bank) -> None:
    bank.place(TUE, B)
    bank.pay(WED, ("T1", "A", -100))
    assert bank.settle(WED).classes == {"reversal": 1}
    assert bank.events(WED)["A"] == [
        ("paid", {"principal": 50, "interest": 50}),
        ("recalled", {"principal": -50, "interest": -50}),
    ]
    assert bank.balances() == {"A": {}, "B": {"principal": 70}}
    assert reconcile(bank.services, bank.code, WED)["unexplained_minor"] == 0


def test_a_reversal_known_only_to_us_is_kept_when_the_account_returns(bank: Bank) -> None:
    bank.place(TUE, B)
    bank.pay(THU, ("T1", "A", -100))
    bank.settle(THU)
    drawn_before = [f"{n};1{n};Ana;{WED};2026-09-01;{owed};0,00;0,00"
                    for n, owed in (("A", "9,50"), ("B", "0,70"))]  # fmt: skip
    bank.take(FRI, "placement", *drawn_before)
    assert sum(bank.balances()["A"].values()) == 1050


def test_a_payment_for_a_recalled_account_is_suspended_and_told_apart(bank: Bank) -> None:
    bank.place(TUE, B)
    bank.pay(WED, ("T2", "A", 300))
    bank.statement(WED, ("S1", "A", 40))
    assert bank.settle(WED).classes == {"suspended": 2}
    assert reasons(bank) == ["account_recalled"] * 2
    assert bank.events(WED) == {}
    assert reconcile(bank.services, bank.code, WED)["open_items"] == 2


def test_the_bank_still_confirms_what_was_paid_before_the_recall(bank: Bank) -> None:
    bank.place(TUE, B)
    bank.statement(WED, ("T1", "A", 100))
    assert bank.settle(WED).classes == {"matched": 1}
    assert (reasons(bank), bank.events(WED)) == ([], {})


def test_money_suspended_is_reversed_without_a_posting(bank: Bank) -> None:
    bank.place(TUE, B)
    bank.pay(WED, ("T2", "A", 300))
    bank.settle(WED)
    bank.pay(THU, ("T2", "A", -300))
    assert bank.settle(THU).classes == {"reversal": 1}
    assert bank.events(THU) == {}


def test_an_account_placed_again_takes_payments_again(bank: Bank) -> None:
    bank.place(TUE, B)
    bank.place(WED, {"A": (800,), **B})
    bank.pay(WED, ("T2", "A", 300), ("T1", "A", -100))
    assert bank.settle(WED).classes == {"matched": 1, "reversal": 1}
    assert sum(bank.balances()["A"].values()) == 600


def test_a_claim_written_off_takes_recoveries_though_no_portfolio_names_it(bank: Bank) -> None:
    bank.take(MON, "write_off", f"A;9,50;{MON};Acta 1")
    assert decide_instructions(bank.services, bank.code, MON)["accepted"] == 1
    bank.place(TUE, B)
    bank.pay(WED, ("T2", "A", 300))
    assert bank.settle(WED).classes == {"matched": 1}
    recovered = bank.stored(journal).filter(
        pl.col("recorded_on") == WED, pl.col("account_id").is_not_null()
    )
    assert recovered.select("ledger", "event").rows() == [("memorandum", "paid")]


def memorandum(bank: Bank) -> int:
    """What is left of account A in the memorandum."""
    return sum(bank.balances("memorandum")["A"].values())


@pytest.mark.parametrize("recalled_too", [False, True])
def test_a_payment_reversed_after_the_write_off_is_written_off_too(
    bank: Bank, recalled_too: bool
) -> None:
    bank.take(MON, "write_off", f"A;9,50;{MON};Acta 1")
    assert decide_instructions(bank.services, bank.code, MON)["accepted"] == 1
    if recalled_too:
        bank.place(TUE, B)
    bank.pay(WED, ("T1", "A", -100), ("T2", "A", 30))
    assert bank.settle(WED).classes == {"matched": 1, "reversal": 1}
    assert (bank.balances()["A"], memorandum(bank)) == ({}, 1020)
    events = [event for event, _ in bank.events(WED)["A"]]
    assert sorted(events) == ["paid", "paid", "placed", "written_off"]
    assert reconcile(bank.services, bank.code, WED)["unexplained_minor"] == 0
    with bank.services.store.unit(bank.code) as unit:
        day = accounts_of_day(unit, THU).filter(pl.col("account_number") == "A")
    assert day.select("balance_minor", "written_off").rows() == ([] if recalled_too else [(0, 1)])


def test_what_a_reversal_added_to_the_write_off_cannot_be_written_off_again(bank: Bank) -> None:
    bank.take(MON, "write_off", f"A;9,50;{MON};Acta 1")
    decide_instructions(bank.services, bank.code, MON)
    bank.pay(WED, ("T1", "A", -100))
    bank.settle(WED)
    bank.take(THU, "write_off", f"A;1,00;{THU};Acta 2")
    assert decide_instructions(bank.services, bank.code, THU) == {"accepted": 0, "refused": 1}
    (refused,) = bank.stored(write_off).filter(business_date=THU)["reason"]
    assert refused == "nothing_to_write_off"
    assert memorandum(bank) == 1050
