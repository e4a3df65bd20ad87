"""What comes later and what it may undo: another debtor, an old grant, a second write-off.

I1 and I2 hold after each, and the deep check finds nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from recupero.steps.write_off import decide_instructions
from recupero.store import contacts, facts
from recupero.store.embedded import Addresses
from recupero.store.tables import consent_version
from tests.edges import dated_bank
from tests.edges.one_bank import DAYS, Bank, services_for

MON, TUE, WED, THU, _ = DAYS
_NUMBERS = itertools.count(1)


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, proven: Callable[[Bank], Bank]) -> Bank:
    code = f"palabra-{next(_NUMBERS)}"
    return proven(Bank(services_for(tmp_path, migrated, code), code))


def place(bank: Bank, day: date, debtor: str) -> None:
    bank.take(day, "placement", f"A;{debtor};Quien {debtor};{day};2026-09-01;10,00;0,00;0,00")


def debtors(bank: Bank, day: date) -> list[str]:
    with bank.services.store.unit(bank.code) as unit:
        return contacts.debtors(unit, day)["id_number"].to_list()


def test_the_debtor_named_last_is_the_debtor_also_when_it_was_the_first(bank: Bank) -> None:
    for day, debtor in ((MON, "11"), (TUE, "22"), (WED, "11"), (THU, "33")):
        place(bank, day, debtor)
        assert debtors(bank, day) == [debtor]
    assert debtors(bank, TUE) == ["22"], "as it was known then"


def test_a_portfolio_drawn_before_the_one_booked_is_held(bank: Bank) -> None:
    place(bank, TUE, "11")
    late = f"A;22;Otro;{MON};2026-09-01;99,00;0,00;0,00"
    assert bank.take(WED, "placement", late).state == "held"
    assert debtors(bank, WED) == ["11"]
    same_day = f"A;22;Otro;{TUE};2026-09-01;99,00;0,00;0,00"
    assert bank.take(WED, "placement", same_day).state == "booked", "a correction of the newest"


@pytest.mark.parametrize(
    ("cut_off", "table"),  # each account's figure, and what it owes then
    [(TUE, {"A": (900, 1000)}), (WED, {"A": (900, 900), "B": (1000, 1000)})],
)
def test_a_portfolio_drawn_before_a_reversal_does_not_undo_it(
    bank: Bank, cut_off: date, table: dict[str, tuple[int, int]]
) -> None:
    bank.place(MON, dict.fromkeys(table, (1000,)))
    for day, amount in ((MON, 100), (WED, -100)):
        bank.pay(day, *((f"T{account}", account, amount) for account in table))
        bank.settle(day)
    dated_bank.place(
        bank, THU, cut_off, **{account: stated for account, (stated, _) in table.items()}
    )
    assert bank.balances() == {account: {"principal": owed} for account, (_, owed) in table.items()}


def granted(bank: Bank, day: date) -> list[bool]:
    with bank.services.store.unit(bank.code) as unit:
        return facts.current(unit, consent_version, day)["granted"].to_list()


def test_a_grant_told_late_does_not_undo_a_withdrawal(bank: Bank) -> None:
    place(bank, MON, "11")
    bank.take(MON, "consent", "11;call;N;2026-11-20")
    late = bank.take(TUE, "consent", "11;call;S;2026-01-05")
    assert (late.rows.booked, late.rows.unchanged) == (0, 1)
    assert granted(bank, TUE) == [False]
    bank.take(WED, "consent", f"11;call;S;{WED}")
    assert granted(bank, WED) == [True]
    bank.take(THU, "consent", f"11;call;N;{THU}")
    bank.take(THU, "consent", f"11;call;S;{THU}", "11;sms;S;2026-11-20")
    assert granted(bank, THU) == [False, True], "of one date the withdrawal stands"


def test_two_instructions_write_a_claim_off_once(bank: Bank) -> None:
    bank.place(MON, {"A": (1000,)})
    for resolution in ("Acta 1", "Acta 2"):
        bank.take(MON, "write_off", f"A;10,00;{MON};{resolution}")
    assert decide_instructions(bank.services, bank.code, MON) == {"accepted": 1, "refused": 1}
    assert (bank.balances(), bank.balances("memorandum")) == ({"A": {}}, {"A": {"principal": 1000}})


def test_a_claim_written_off_stays_so_while_portfolios_still_name_it(bank: Bank) -> None:
    bank.place(MON, {"A": (1000,), "B": (500,)})
    bank.take(MON, "write_off", f"A;10,00;{MON};Acta 1")
    decide_instructions(bank.services, bank.code, MON)
    bank.place(TUE, {"A": (1000,), "B": (400,)})
    assert bank.balances() == {"A": {}, "B": {"principal": 400}}
    assert bank.balances("memorandum") == {"A": {"principal": 1000}}


def test_amounts_that_no_sum_can_hold_are_refused_whole(bank: Bank) -> None:
    nines = [f"A{n};1{n};Ana;{MON};2026-09-01;99999999999999,99;0,00;0,00" for n in range(11)]
    assert bank.take(MON, "placement", *nines).state == "refused"
    assert bank.take(MON, "placement", *nines[:10]).state == "booked"
