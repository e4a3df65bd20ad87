"""A file that was rejected in part for what it names, sent again as it is once that is ours.

What its first sending booked is not booked twice, and what it lacked is not lost for being the same
bytes under the same name.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from recupero.steps.intake import Rows, pending
from recupero.store.embedded import Addresses
from recupero.store.tables import instruction, receipt_outcome, reject
from tests.edges import one_bank
from tests.edges.account_facts_layouts import FACT_LAYOUTS
from tests.edges.drawn_days import with_payments
from tests.edges.one_bank import DAYS, Bank, services_for
from tests.edges.two_portfolios import TwoPortfolios

MON, TUE, WED, *_ = DAYS
_NUMBERS = itertools.count(1)
#: By kind a row of each account: A is ours from the beginning, Z from the second day on.
ROWS = {
    "hold": ("A;hardship;2026-11-20;;x", "Z;hardship;2026-11-20;;x"),
    "effort": (f"E1;A;{MON} 10:00;call;contact", f"E2;Z;{MON} 10:00;call;contact"),
    "adjustment": (
        f"M1;A;charge;{MON};5,00;0,00;0,00;x", f"M2;Z;charge;{MON};5,00;0,00;0,00;x",
    ),
    "debtor_update": (f"1A;Ana;;;;;{MON}", f"1Z;Zoe;;;;;{MON}"),
}  # fmt: skip


@pytest.fixture
def bank(
    migrated: Addresses,
    tmp_path: Path,
    proven: Callable[[Bank], Bank],
    monkeypatch: pytest.MonkeyPatch,
) -> Bank:
    for kind, layout in FACT_LAYOUTS.items():
        monkeypatch.setitem(one_bank.LAYOUTS, kind, layout)
    code = f"reenvio-{next(_NUMBERS)}"
    made = proven(Bank(services_for(tmp_path, migrated, code), code))
    made.place(MON, {"A": (1000,)})
    return made


@pytest.mark.parametrize("again", ["the same name", "another name"])
@pytest.mark.parametrize("kind", ROWS)
def test_what_was_not_ours_is_taken_and_what_was_is_not_again(
    bank: Bank, kind: str, again: str
) -> None:
    first = bank.take(MON, kind, *ROWS[kind], name=f"{kind}_1")
    assert first.rows.rejected == 1, "Z is nobody of ours"
    bank.place(TUE, {"A": (1000,), "Z": (500,)})
    name = f"{kind}_1" if again == "the same name" else f"{kind}_2"
    second = bank.take(TUE, kind, *ROWS[kind], name=name)
    assert (second.state, second.rows) == ("booked", Rows(read=2, booked=1, unchanged=1))
    bank.drop(WED, kind, *ROWS[kind], name=name)
    assert pending(bank.services, bank.code, WED) == [], "all of it was taken"
    assert bank.stored(reject).height == 1
    assert bank.stored(receipt_outcome).height == 4


def test_an_instruction_is_held_once(bank: Bank) -> None:
    lines = (f"A;1000,00;{MON};acta 1", f"Z;500,00;{MON};acta 1")
    first = bank.take(MON, "write_off", *lines, name="write_off_1")
    assert first.rows == Rows(read=2, held=1, rejected=1)
    bank.place(TUE, {"A": (1000,), "Z": (500,)})
    again = bank.take(TUE, "write_off", *lines, name="write_off_1")
    assert again.rows == Rows(read=2, held=1, unchanged=1)
    assert bank.stored(instruction).height == 2


@pytest.fixture
def fixed(
    migrated: Addresses, tmp_path: Path, proven: Callable[[TwoPortfolios], TwoPortfolios]
) -> TwoPortfolios:
    """A bank whose files have the same name every day."""
    made = TwoPortfolios(tmp_path, migrated, f"fija-{next(_NUMBERS)}", 1.0)
    policy = '[policy]\nsame_name_new_content = "process"'
    made.serve(with_payments(made.code).replace("[policy]", policy))
    return proven(made)


def test_a_portfolio_may_be_again_as_it_was_under_its_only_name(fixed: TwoPortfolios) -> None:
    for day, amount in ((MON, 5), (TUE, 6), (WED, 5)):
        outcome = fixed.state(day, "cards", f"A1 1 {amount},00", file="diario")
        assert (outcome.state, outcome.rows.booked) == ("booked", 1)
    assert fixed.balances()["A1"] == {"principal": 5_00}


def test_payments_of_before_under_their_only_name_are_answered_as_a_duplicate(
    fixed: TwoPortfolios,
) -> None:
    fixed.state(MON, "cards", "A1 1 9,00", file="diario")
    paid = [f"t{n};A1;1,00;payment;;{MON}" for n in range(2)]
    states = [
        fixed.take(day, "payment", line, name="payment_diario").state
        for day, line in ((MON, paid[0]), (TUE, paid[1]), (WED, paid[0]))
    ]
    assert states == ["booked", "booked", "duplicate"]
