"""What was written off is what was stated then: the memorandum holds what the figures contained.

I1, I2 and I8 hold after each, and the deep check finds nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from recupero.steps.reconcile import reconcile
from recupero.steps.write_off import decide_instructions
from recupero.store.embedded import Addresses
from tests.edges.dated_bank import SUN, opened, place, tell, told
from tests.edges.one_bank import DAYS, Bank, money

MON, TUE, WED, THU, _ = DAYS


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, proven: Callable[[Bank], Bank]) -> Bank:
    """A bank of the test's own; at the end everything is proven from the files."""
    return proven(opened(migrated, tmp_path))


#: Money by its date; below zero the reversal of a payment of that amount.
History = tuple[tuple[date, int], ...]

#: By the portfolio's cut-off: money settled before it, the figure it states, money told on its day
#: around the write-off, and what the memorandum holds in the end. Each case is an account.
WRITTEN_OFF: dict[date, dict[str, tuple[History, int, History, int]]] = {
    MON: {
        "paid within": ((), 900, ((MON, 100),), 900),
        "paid after": ((), 900, ((TUE, 100),), 800),
        "paid within and after": ((), 900, ((MON, 100), (TUE, 30)), 870),
        "paid more than is left": ((), 100, ((MON, 900),), 100),
        "paid and undone within": ((), 900, ((MON, 100), (MON, -100)), 900),
        "paid within, undone after": ((), 900, ((MON, 100), (TUE, -100)), 1000),
        "settled, undone after": (((MON, 100),), 900, ((TUE, -100),), 1000),
    },
    TUE: {
        "paid within": ((), 900, ((MON, 100), (TUE, 50)), 900),
        "settled, undone within": (((MON, 100),), 1000, ((TUE, -100),), 1000),
        "settled, undone within, paid after": (
            ((MON, 100),), 1000, ((TUE, -100), (WED, 40)), 960),
    },
}  # fmt: skip


def write_off(bank: Bank, day: date, *accounts: str) -> None:
    """What *accounts* owe, on the institution's instruction."""
    claims = bank.balances()
    owing = {account: money(sum(claims[account].values())) for account in accounts}
    lines = (f"{account};{amount};{day};Acta 1" for account, amount in owing.items())
    bank.take(day, "write_off", *lines)
    decided = decide_instructions(bank.services, bank.code, day)
    assert decided == {"accepted": len(accounts), "refused": 0}


def tell_in_turn(bank: Bank, day: date, money_of: dict[str, History]) -> None:
    """By account its money, each settled before the next is told."""
    for number in range(max(map(len, money_of.values()))):
        lines = [
            told(account, f"{account} {abs(history[number][1])}", *history[number])
            for account, history in money_of.items()
            if number < len(history)
        ]
        tell(bank, day, *lines)


@pytest.mark.parametrize("cut_off", WRITTEN_OFF, ids=str)
def test_money_in_the_figures_written_off_is_in_the_memorandum(bank: Bank, cut_off: date) -> None:
    table = WRITTEN_OFF[cut_off]
    before, after = ({f"{what}, {side}": what for what in table} for side in ("before", "after"))
    cases = {account: table[what] for account, what in (before | after).items()}
    place(bank, MON, SUN, **dict.fromkeys(cases, 1000))
    tell_in_turn(bank, MON, {account: settled for account, (settled, *_) in cases.items()})
    place(bank, WED, cut_off, **{account: stated for account, (_, stated, *_) in cases.items()})
    write_off(bank, WED, *after)
    tell_in_turn(bank, WED, {account: late for account, (_, _, late, _) in cases.items()})
    write_off(bank, WED, *before)
    place(bank, THU, WED, **dict.fromkeys(cases, 0))
    assert bank.balances() == {account: {} for account in cases}
    assert bank.balances("memorandum") == {
        account: {"principal": left} for account, (*_, left) in cases.items()
    }
    assert reconcile(bank.services, bank.code, THU)["unexplained_minor"] == 0


def test_a_payment_the_memorandum_contains_bounces_into_it_as_debt(bank: Bank) -> None:
    place(bank, MON, SUN, A=1000)
    place(bank, TUE, MON, A=100)
    write_off(bank, TUE, "A")
    tell(bank, TUE, told("A", "T1", MON, 900))
    tell(bank, THU, told("A", "T1", THU, -900))
    assert bank.balances() == {"A": {}}
    assert bank.balances("memorandum") == {"A": {"principal": 1000}}
