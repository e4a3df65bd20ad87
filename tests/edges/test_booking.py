"""What each kind of row books, as a table: stated, recorded, owed afterwards. I1 and I2 hold."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from recupero.steps.decided import Rows
from recupero.steps.intake import pending, take_in
from recupero.store.embedded import Addresses
from recupero.store.tables import account_version, effort, match, money_entry, person_version
from tests.edges.one_bank import DAYS, Bank, services_for

MON, TUE, WED, THU, FRI = DAYS
_NUMBERS = itertools.count(1)


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path, proven: Callable[[Bank], Bank]) -> Bank:
    """A bank of the test's own; at the end everything it booked is proven from its files."""
    code = f"banco-{next(_NUMBERS)}"
    return proven(Bank(services_for(tmp_path, migrated, code), code))


# --- portfolios ---

Figures = tuple[int, ...]
Event = tuple[str, dict[str, int]]

#: By account what the portfolios of three days state of it (None: they do not name it), what is
#: posted on which day, and what is owed in the end (None: it never owed).
STATED: dict[str, tuple[list[Figures | None], dict[date, Event], dict[str, int] | None]] = {
    "of three components": (
        [(1000, 50, 7), (1000, 50, 7), (1000, 50, 7)],
        {MON: ("placed", {"principal": 1000, "interest": 50, "fees": 7})},
        {"principal": 1000, "interest": 50, "fees": 7}),
    "in credit, which is held and no negative claim": (
        [(-300, 20), (-300, 20), (-300, 20)],
        {MON: ("placed", {"interest": 20, "unapplied": -300})},
        {"interest": 20, "unapplied": -300}),
    "owes nothing": ([(0,), (0,), (0,)], {}, None),
    "owes later": (
        [(0,), (500,), (500,)], {TUE: ("placed", {"principal": 500})}, {"principal": 500}),
    "moved": (
        [(1000, 50), (900, 80), (900, 80)],
        {MON: ("placed", {"principal": 1000, "interest": 50}),
         TUE: ("adjusted", {"principal": -100, "interest": 30})},
        {"principal": 900, "interest": 80}),
    "no longer named": (
        [(1000, 50), None, None],
        {MON: ("placed", {"principal": 1000, "interest": 50}),
         TUE: ("recalled", {"principal": -1000, "interest": -50})},
        {}),
    "named again": (
        [(1000,), None, (800,)],
        {MON: ("placed", {"principal": 1000}), TUE: ("recalled", {"principal": -1000}),
         WED: ("adjusted", {"principal": 800})},
        {"principal": 800}),
}  # fmt: skip


def test_what_portfolios_state_is_what_is_posted_and_owed(bank: Bank) -> None:
    rows = [Rows(read=7, booked=7), Rows(read=5, booked=2, unchanged=3),
            Rows(read=6, booked=1, unchanged=5)]  # fmt: skip
    for number, (day, told) in enumerate(zip((MON, TUE, WED), rows, strict=True)):
        named = {account: figures[number] for account, (figures, *_) in STATED.items()}
        outcome = bank.place(day, {one: owed for one, owed in named.items() if owed is not None})
        assert outcome.rows == told, "a later cut-off is no change"
        assert bank.events(day) == {
            account: [events[day]] for account, (_, events, _) in STATED.items() if day in events
        }
    assert bank.balances() == {
        account: owed for account, (*_, owed) in STATED.items() if owed is not None
    }
    assert bank.stored(account_version)["state"].to_list().count("vanished") == 2


def test_a_repeated_portfolio_is_unchanged_and_records_no_version(bank: Bank) -> None:
    first = bank.place(MON, {"A": (1000,), "B": (2000,)})
    versions = bank.stored(account_version).height
    again = bank.take(MON, "placement", *lines("B", 2000), *lines("A", 1000))
    assert (first.rows, again.rows) == (Rows(read=2, booked=2), Rows(read=2, unchanged=2))
    assert bank.stored(account_version).height == versions
    assert bank.balances() == {"A": {"principal": 1000}, "B": {"principal": 2000}}


def lines(number: str, principal_minor: int) -> tuple[str, ...]:
    return (f"{number};1{number};Ana;{MON};2026-09-01;{principal_minor // 100},00;0,00;0,00",)


def test_the_same_bytes_are_a_duplicate_under_any_name(bank: Bank) -> None:
    bank.take(MON, "placement", *lines("A", 1000), name="placement_1")
    again = bank.take(TUE, "placement", *lines("A", 1000), name="placement_2")
    assert (again.state, again.rows) == ("duplicate", Rows())
    assert bank.balances() == {"A": {"principal": 1000}}


def test_a_known_name_with_other_content_is_held(bank: Bank) -> None:
    bank.take(MON, "placement", *lines("A", 1000), name="placement_1")
    other = bank.take(TUE, "placement", *lines("A", 9000), name="placement_1")
    assert (other.state, other.rows) == ("held", Rows())
    assert bank.balances() == {"A": {"principal": 1000}}


def test_a_row_that_moves_money_is_booked_even_when_its_facts_are_known(bank: Bank) -> None:
    """The portfolio does not know Monday's payment yet; its figures stand, and that is said."""
    bank.place(MON, {"A": (1000,), "B": (500,)})
    bank.pay(MON, ("T1", "A", 400))
    bank.settle(MON)
    again = bank.take(MON, "placement", *lines("B", 500), *lines("A", 1000))
    assert again.rows == Rows(read=2, booked=1, unchanged=1)
    assert bank.balances() == {"A": {"principal": 1000}, "B": {"principal": 500}}


def test_rejected_is_not_vanished(bank: Bank) -> None:
    bank.place(MON, {"A": (1000,), "B": (70,)})
    broken = f"A;1A;Ana;{TUE};2026-09-01;mil;0,00;0,00"
    outcome = bank.place(TUE, {"B": (70,)}, broken)
    assert outcome.rows == Rows(read=2, unchanged=1, rejected=1)
    assert bank.balances() == {"A": {"principal": 1000}, "B": {"principal": 70}}


def test_two_portfolios_taken_in_at_once_open_each_account_once(bank: Bank) -> None:
    for amount in (1000, 2000):
        bank.drop(MON, "placement", *lines("A", amount), *lines("B", amount))
    receipts = pending(bank.services, bank.code, MON)
    with ThreadPoolExecutor(2) as pool:
        taken = pool.map(lambda one: take_in(bank.services, bank.code, one, MON), receipts)
        assert {outcome.state for outcome in taken} == {"booked"}
    events = [event for event, _ in bank.events(MON)["A"]]
    assert sorted(events) == ["adjusted", "placed"]


def test_a_debtor_with_two_accounts_is_one_person(bank: Bank) -> None:
    rows = [f"{n};7;Ana;{MON};2026-09-01;10,00;0,00;0,00" for n in ("A", "B")]
    assert bank.take(MON, "placement", *rows).rows == Rows(read=2, booked=2)
    assert bank.stored(person_version).height == 1


def test_two_spellings_of_a_name_are_unchanged_in_whatever_order_they_come(bank: Bank) -> None:
    rows = [f"{n};7;{name};{MON};2026-09-01;10,00;0,00;0,00" for n, name in ("AX", "BY")]
    bank.take(MON, "placement", *rows)
    assert bank.take(TUE, "placement", *reversed(rows)).rows == Rows(read=2, unchanged=2)
    assert bank.stored(person_version)["name"].to_list() == ["X"]


def test_a_file_of_no_rows_recalls_nobody(bank: Bank) -> None:
    """A full portfolio of nothing is an accident at the sender, not the end of a mandate."""
    bank.place(MON, {"A": (1000,)})
    assert bank.take(TUE, "placement", "").state != "booked"
    assert bank.balances() == {"A": {"principal": 1000}}


# --- contact results ---


def test_a_contact_result_of_an_account_we_do_not_hold_is_rejected(bank: Bank) -> None:
    bank.place(MON, {"A": (1000,)})
    known, unknown = (f"E{n};{n};{MON} 10:00;call;contact" for n in ("A", "Z"))
    assert bank.take(MON, "effort", known, unknown).rows == Rows(read=2, booked=1, rejected=1)
    again = bank.take(TUE, "effort", known, f"E2;A;{TUE} 10:00;call;no_contact")
    assert again.rows == Rows(read=2, booked=1, unchanged=1)
    assert bank.stored(effort).height == 2


# --- money ---


def test_payments_settle_components_in_order_each_on_what_is_left(bank: Bank) -> None:
    bank.place(MON, {"A": (1000, 50, 7)})
    bank.pay(MON, ("T1", "A", 20))
    assert bank.settle(MON).classes == {"matched": 1}
    bank.pay(TUE, ("T2", "A", 100))
    bank.settle(TUE)
    assert ("paid", {"interest": -13, "fees": -7}) in bank.events(MON)["A"]
    assert bank.events(TUE)["A"] == [("paid", {"principal": -63, "interest": -37})]
    assert bank.balances() == {"A": {"principal": 937}}


def test_an_overpayment_is_held_for_the_debtor(bank: Bank) -> None:
    bank.place(MON, {"A": (1000,)})
    bank.pay(MON, ("T1", "A", 1300))
    bank.settle(MON)
    assert bank.balances() == {"A": {"unapplied": -300}}


def test_a_payment_nobody_can_place_is_suspended_and_posts_nothing(bank: Bank) -> None:
    bank.place(MON, {"A": (1000,)})
    bank.pay(MON, ("T1", "Z", 100), ("T2", "", 50))
    assert bank.settle(MON).classes == {"suspended": 2}
    assert bank.stored(match)["reason"].sort().to_list() == ["no_reference", "unknown_reference"]
    assert bank.balances() == {"A": {"principal": 1000}}


def test_a_reversal_posts_the_opposite_of_what_it_undoes(bank: Bank) -> None:
    """Told once the payment is settled, or together with it."""
    bank.place(MON, {"later": (1000, 50), "together": (1000, 50)})
    bank.pay(MON, ("T1", "later", 300))
    assert bank.settle(MON).classes == {"matched": 1}
    bank.pay(MON, ("T2", "together", 300))
    bank.pay(MON, ("T2", "together", -300))
    assert bank.settle(MON).classes == {"matched": 1, "reversal": 1}
    bank.pay(TUE, ("T1", "later", -300))
    assert bank.settle(TUE).classes == {"reversal": 1}
    assert ("paid", {"principal": 250, "interest": 50}) in bank.events(MON)["together"]
    assert bank.events(TUE) == {"later": [("paid", {"principal": 250, "interest": 50})]}
    whole = {"principal": 1000, "interest": 50}
    assert bank.balances() == {"later": whole, "together": whole}


def test_a_reversal_is_undone_once(bank: Bank) -> None:
    bank.place(MON, {"A": (1000,)})
    bank.pay(MON, ("T1", "A", 300))
    bank.settle(MON)
    bank.pay(TUE, ("T1", "A", -300))
    bank.settle(TUE)
    bank.take(WED, "payment", f"R9;A;3,00;reversal;T1;{WED}")
    assert bank.settle(WED).classes == {"suspended": 1}
    assert bank.balances() == {"A": {"principal": 1000}}


def test_the_same_transaction_again_posts_nothing(bank: Bank) -> None:
    """Under another date it may be another payment under a wrong id: somebody must look at it."""
    bank.place(MON, {"A": (1000,), "B": (1000,)})
    bank.pay(MON, ("T1", "A", 300), ("T2", "B", 300))
    bank.settle(MON)
    met = {f"T1;A;3,00;payment;;{MON}": "duplicate", f"T2;B;3,00;payment;;{TUE}": "suspended",
           f"T3;Z;3,00;payment;;{TUE}": "suspended"}  # fmt: skip
    bank.take(TUE, "payment", *met)
    bank.settle(TUE)
    lines = bank.stored(money_entry).select("entry_id", "line_number")
    matched = bank.stored(match).filter(pl.col("business_date") == TUE).join(lines, on="entry_id")
    found = matched.sort("line_number")["class"]
    assert dict(zip(met, found, strict=True)) == met
    assert bank.events(TUE) == {}
    assert bank.balances() == {"A": {"principal": 700}, "B": {"principal": 700}}


def test_the_second_source_of_a_receipt_confirms_it_and_posts_nothing(bank: Bank) -> None:
    """Of A the institution's file comes first, of B the bank's statement."""
    bank.place(MON, {"A": (1000,), "B": (1000,)})
    a, b = ("T1", "A", 300), ("T2", "B", 300)
    for day, paid, stated in ((MON, a, b), (TUE, b, a)):
        bank.pay(day, paid)
        bank.statement(day, stated)
        bank.settle(day)
    details = bank.stored(match).sort("business_date").select("class", "detail", "posts").rows()
    first, second = ("matched", None, True), ("matched", "corroborates", False)
    assert details == [first, first, second, second]
    assert bank.balances() == {"A": {"principal": 700}, "B": {"principal": 700}}
    bank.pay(WED, ("T1", "A", -300), ("T2", "B", -300))
    bank.settle(WED)
    whole = {"A": {"principal": 1000}, "B": {"principal": 1000}}
    assert bank.balances() == whole, "undone, whoever posted it"


def test_nothing_to_settle_changes_nothing(bank: Bank) -> None:
    bank.place(MON, {"A": (1000,)})
    bank.pay(MON, ("T1", "A", 300))
    bank.settle(MON)
    assert bank.settle(MON).entries == 0
    assert bank.stored(money_entry).height == 1
