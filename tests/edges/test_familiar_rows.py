"""Rows that say again what stands are not looked at, and nothing is booked otherwise for it.

The oracle is the deep check: it books every file again, and takes nothing from memory.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from recupero.steps.booking import familiar, placement
from recupero.steps.booking.familiar import Concerned
from recupero.store import fingerprints
from recupero.store.embedded import Addresses
from recupero.store.tables import account_version, recording
from tests.edges.drawn_days import play, with_payments
from tests.edges.one_bank import DAYS, Bank, profile_text, services_for
from tests.edges.two_portfolios import TwoPortfolios, profile

MON, TUE, WED, THU, FRI = DAYS
_NUMBERS = itertools.count(1)
_ADJUSTMENTS = """
[[layout]]
kind = "adjustment"
version = "v1"
from = 2026-01-01
name = 'adjustment.*'
format = "delimited"
dates = "%Y-%m-%d"
decimal = ","
constants = { currency = "COP" }
[layout.columns]
adjustment_id = 0
account_number = 1
event = 2
effective_on = 3
principal_minor = 4
reason = 5
"""


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[Concerned]:
    """What each portfolio made the booking look at, however much that is."""
    seen: list[Concerned] = []

    def spied(case: placement.Case) -> Concerned:
        found = familiar.concerned(case)
        if case.unit.rehearsed is None:
            seen.append(found)
        return found

    monkeypatch.setattr(placement, "concerned", spied)
    monkeypatch.setattr(familiar, "_SHARE_MAX", 100)
    return seen


@pytest.fixture
def bank(
    migrated: Addresses, tmp_path: Path, proven: Callable[[TwoPortfolios], TwoPortfolios]
) -> TwoPortfolios:
    made = TwoPortfolios(tmp_path, migrated, f"repetida-{next(_NUMBERS)}", 1.0)
    made.serve(with_payments(made.code))
    return proven(made)


@pytest.mark.parametrize("seed", range(2))
def test_by_chance(bank: TwoPortfolios, looked_at: list[Concerned], seed: int) -> None:
    play(bank, seed)
    assert sum(each.familiar.height for each in looked_at) > 10


@pytest.fixture
def dated(migrated: Addresses, tmp_path: Path, proven: Callable[[Bank], Bank]) -> Bank:
    """A bank whose rows bear a cut-off each; an adjustment is its id, account, event and so on."""
    code = f"fechada-{next(_NUMBERS)}"
    text = profile_text(code) + _ADJUSTMENTS
    return proven(Bank(services_for(tmp_path, migrated, code, text=text), code))


def _drawn(account: str, day: int, amount: str) -> str:
    return f"{account};1{account};Ana;2026-11-{day};2026-09-01;{amount};0,00;0,00"


MOVED: dict[str, Callable[[Bank], object]] = {
    "a payment": lambda bank: (bank.pay(TUE, ("t1", "A", 100_00)), bank.settle(TUE)),
    "a charge": lambda bank: bank.take(TUE, "adjustment", "j1;A;charge;2026-11-24;50,00;x"),
}


@pytest.mark.parametrize("moved", MOVED)
def test_a_row_drawn_before_the_others_is_looked_at_again(dated: Bank, moved: str) -> None:
    """What came between its cut-off and theirs is in its next figures, though they are the same."""
    dated.take(MON, "placement", _drawn("A", 22, "500,00"), _drawn("B", 22, "600,00"))
    MOVED[moved](dated)
    dated.take(WED, "placement", _drawn("A", 23, "500,00"), _drawn("B", 24, "600,00"))
    dated.take(THU, "placement", _drawn("A", 25, "500,00"), _drawn("B", 25, "600,00"))
    assert dated.balances()["A"] == {"principal": 500_00}


def test_a_portfolio_that_is_agreed_no_longer_keeps_its_accounts(bank: TwoPortfolios) -> None:
    """No file of the cards' takes back the loans, however the profile has changed."""
    bank.state(MON, "cards", *ROWS)
    bank.state(MON, "loans", "B1 3 5,00", "B2 4 6,00")
    head, *layouts = profile(bank.code, 1.0).split("\n[[layout]]")
    left = [layout for layout in layouts if 'portfolio = "loans"' not in layout]
    bank.serve("\n[[layout]]".join([head, *left]))
    bank.state(TUE, "cards", *ROWS, "A9 9 1,00")
    assert set(bank.stored(account_version)["state"]) == {"placed"}


ROWS = ("A1 1 5,00 +573011111111", "A2 1 6,00 +573011111111", "A3 2 7,00", "A4 - 8,00")

#: What happens between two equal files, and the accounts looked at then; A4 names nobody.
BETWEEN: dict[str, tuple[Callable[[TwoPortfolios], object], set[str]]] = {
    "nothing": (lambda bank: None, {"A4"}),
    "a payment": (lambda bank: (bank.pay(MON, ("t", "A3", 100)), bank.settle(MON)), {"A3", "A4"}),
    "the other portfolio names the person": (
        lambda bank: bank.state(MON, "loans", "B1 2 1,00 +573022222222"), {"A3", "A4"},
    ),
    "the other portfolio names another person": (
        lambda bank: bank.state(MON, "loans", "B1 9 1,00"), {"A4"},
    ),
    "a delta about one account of a person": (
        lambda bank: bank.state(MON, "news", "A1 1 5,50 +573011111111"), {"A1", "A2", "A4"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("between", BETWEEN)
def test_what_makes_a_row_worth_a_look(
    bank: TwoPortfolios, looked_at: list[Concerned], between: str
) -> None:
    happens, numbers = BETWEEN[between]
    bank.state(MON, "cards", *ROWS)
    happens(bank)
    bank.state(TUE, "cards", *reversed(ROWS))
    assert set(looked_at[-1].rows["account_number"]) == numbers
    assert looked_at[-1].familiar.height == len(ROWS) - len(numbers)


def test_a_changed_row_brings_its_person_s_others(
    bank: TwoPortfolios, looked_at: list[Concerned]
) -> None:
    bank.state(MON, "cards", *ROWS[:3])
    bank.state(TUE, "cards", ROWS[0], "A2 1 6,00 +573033333333", ROWS[2])
    assert set(looked_at[-1].rows["account_number"]) == {"A1", "A2"}


def test_a_rejected_row_s_account_is_no_stranger_and_not_gone(
    bank: TwoPortfolios, looked_at: list[Concerned]
) -> None:
    bank.state(MON, "cards", *ROWS[:3])
    bank.state(TUE, "cards", *ROWS[:2], "A3 2 lost")
    assert set(bank.stored(account_version)["state"]) == {"placed"}
    bank.state(WED, "cards", *ROWS[:3])
    assert set(looked_at[-1].rows["account_number"]) == {"A3"}


OTHERWISE = {
    "another layout": lambda bank, patch: bank.serve(profile(bank.code, 1.0, "b")),
    "another way of booking": lambda bank, patch: patch.setattr(familiar, "_BOOKED_AS", 0),
    "two accounts of one key": lambda bank, patch: patch.setattr(
        fingerprints, "last", _swapped(fingerprints.last)
    ),
    "most of it changed": lambda bank, patch: patch.setattr(familiar, "_SHARE_MAX", 0),
}


def _swapped(last: Callable[..., fingerprints.Fingerprints]) -> Callable[..., object]:
    def swapped(*asked: object) -> fingerprints.Fingerprints:
        known = last(*asked)
        rows = known.rows.with_columns(account_id=known.rows["account_id"].reverse())
        return fingerprints.Fingerprints(known.receipt_id, known.cut_off, known.made_as, rows)

    return swapped


@pytest.mark.parametrize("how", OTHERWISE)
def test_where_memory_does_not_serve_everything_is_looked_at(
    bank: TwoPortfolios, looked_at: list[Concerned], monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    bank.state(MON, "cards", *ROWS)
    OTHERWISE[how](bank, monkeypatch)
    bank.state(TUE, "cards", "A1 1 9,00 +573011111111", *ROWS[1:])
    assert looked_at[-1].accounts is None
    assert looked_at[-1].rows.height == len(ROWS)
    assert bank.stored(recording).filter(kind="intake").height == 2
