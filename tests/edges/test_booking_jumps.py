"""A portfolio against what was known: counted in its answer; what does not follow is told, held or
rejected, as the policy says.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from recupero.profiles.load import parse_profile
from recupero.steps.intake import Outcome, Rows
from recupero.store.embedded import Addresses
from tests.edges.one_bank import DAYS, money, profile_text, services_for
from tests.edges.two_portfolios import TwoPortfolios

MON, TUE, WED, THU, FRI = DAYS
_NUMBERS = itertools.count(1)


class Jumping(TwoPortfolios):
    """A bank of one portfolio, with a product; its policy may change."""

    def __init__(self, home: Path, database: Addresses, code: str) -> None:
        services = services_for(home, database, code, text=self.text(code))
        super(TwoPortfolios, self).__init__(services, code)

    @staticmethod
    def text(code: str, policy: str = "") -> str:
        text = profile_text(code).replace("fees_minor = 7", "fees_minor = 7\nproduct = 8", 1)
        return text.replace("[[layout]]", f"{policy}\n[[layout]]", 1)

    def agreed(self, policy: str) -> None:
        self.serve(self.text(self.code, policy))

    def portfolio(self, day: date, *rows: str) -> Outcome:
        """Of rows ``ACCOUNT DEBTOR PRINCIPAL INTEREST DUE PRODUCT``."""
        lines = []
        for row in rows:
            number, debtor, principal, interest, due, product = row.split()
            amounts = [money(int(principal)), money(int(interest)), "0,00"]
            cells = [number, debtor, "Ana", f"{day - timedelta(days=1)}", due, *amounts, product]
            lines.append(";".join(cells))
        return self.take(day, "placement", *lines)

    def told(self, record: str) -> list[tuple[str, ...]]:
        """Concept, line, rule and number of the answer's rows of one *record*."""
        rows = [line.replace('"', "").split(";") for line in self.paper(".csv").splitlines()]
        return [(r[3], r[4], r[6], r[10]) for r in rows if r[0] == record]

    def compared(self) -> dict[str, int]:
        return {name: int(number) for name, _, _, number in self.told("comparacion")}


@pytest.fixture
def bank(migrated: Addresses, tmp_path: Path) -> Jumping:
    """Its first portfolio has nothing to be compared with, so no limit holds it."""
    opened = Jumping(tmp_path, migrated, f"salto-{next(_NUMBERS)}")
    opened.agreed("balance_jump_share_max = 0")
    assert opened.portfolio(MON, *KNOWN).state == "booked"
    opened.agreed("")
    return opened


KNOWN = ("A 1 1000 0 2026-09-01 x", "B 2 1000 0 2026-09-01 x", "C 3 1000 0 2026-09-01 x")
#: A's balance rises, B falls due earlier, C answers for another product.
JUMPS = ("A 1 1001 0 2026-09-01 x", "B 2 1000 0 2026-08-01 x", "C 9 1000 0 2026-09-01 y")
RULES = [("1", "balance_up"), ("2", "due_date_back"), ("3", "id_reused")]


def test_accounts_are_counted_by_what_the_portfolio_says_of_them(bank: Jumping) -> None:
    assert bank.compared() == {
        "new": 3, "changed": 0, "unchanged": 0, "returned": 0, "vanished": 0
    }  # fmt: skip
    bank.portfolio(TUE, "A 1 900 0 2026-09-01 x", KNOWN[1], "D 4 5 0 2026-09-01 x")
    assert bank.compared() == {
        "new": 1, "changed": 1, "unchanged": 1, "returned": 0, "vanished": 1
    }  # fmt: skip
    bank.portfolio(WED, *KNOWN)
    assert bank.compared() == {
        "new": 0, "changed": 1, "unchanged": 1, "returned": 1, "vanished": 1
    }  # fmt: skip
    assert "Vueltas a informar Retiradas 0 1 1 1 1" in bank.paper(".pdf")


def test_a_rejected_row_is_neither_vanished_nor_counted(bank: Jumping) -> None:
    rows = bank.portfolio(TUE, *KNOWN[:2], "C 3 1000 0 mañana x").rows
    assert rows == Rows(read=3, unchanged=2, rejected=1)
    assert bank.compared() == {
        "new": 0, "changed": 0, "unchanged": 2, "returned": 0, "vanished": 0
    }  # fmt: skip


def test_a_jump_is_booked_and_told_unless_agreed_otherwise(bank: Jumping) -> None:
    assert bank.portfolio(TUE, *JUMPS).rows == Rows(read=3, booked=3)
    assert [(line, rule) for _, line, rule, _ in bank.told("aviso")] == RULES
    assert bank.balances()["A"] == {"principal": 1001}


def test_a_jump_that_is_rejected_leaves_the_account_as_it_was(
    bank: Jumping, proven: Callable[[Jumping], Jumping]
) -> None:
    proven(bank)
    bank.agreed('jumps = { balance_up = "reject", id_reused = "reject" }')
    before, points = bank.balances(), bank.points(MON)
    assert bank.portfolio(TUE, *JUMPS).rows == Rows(read=3, booked=1, rejected=2)
    assert [(line, rule) for _, line, rule, _ in bank.told("rechazo")] == [RULES[0], RULES[2]]
    assert [(line, rule) for _, line, rule, _ in bank.told("aviso")] == [RULES[1]]
    assert (bank.balances(), bank.points(TUE)) == (before, points)


def test_a_jump_may_hold_the_file_until_it_is_agreed(bank: Jumping) -> None:
    bank.agreed('jumps = { due_date_back = "hold" }')
    outcome = bank.portfolio(TUE, *JUMPS)
    assert (outcome.state, outcome.rows) == ("held", Rows(read=3, held=3))
    assert {one[0] for one in bank.told("aviso")} == {"held"}
    assert "1 con un vencimiento anterior al informado" in bank.paper(".pdf")
    bank.agreed('jumps = { due_date_back = "accept" }')
    assert bank.portfolio(TUE, *JUMPS).state == "booked"


def test_a_payment_that_the_institution_did_not_take_off_is_a_jump(bank: Jumping) -> None:
    bank.pay(MON, ("T1", "A", 100))
    bank.settle(MON)
    bank.portfolio(WED, *KNOWN)
    assert [(line, rule) for _, line, rule, _ in bank.told("aviso")] == [RULES[0]]


def test_interest_that_accrues_is_none_and_neither_is_the_share_agreed(bank: Jumping) -> None:
    bank.agreed("jumps = { balance_up_share_max = 0.01 }")
    bank.portfolio(TUE, "A 1 1000 50 2026-09-01 x", "B 2 1010 0 2026-09-01 x", KNOWN[2])
    assert bank.told("aviso") == []


def test_another_debtor_of_the_same_obligation_is_told_as_that(bank: Jumping) -> None:
    bank.portfolio(TUE, *KNOWN[:2], "C 9 1000 0 2026-09-01 x")
    assert [rule for _, _, rule, _ in bank.told("aviso")] == ["debtor_changed"]


def test_a_recalled_number_with_another_debtor_is_reused(bank: Jumping) -> None:
    bank.portfolio(TUE, *KNOWN[:2])
    bank.portfolio(WED, *KNOWN[:2], "C 9 3000 0 2026-07-01 x")
    assert [rule for _, _, rule, _ in bank.told("aviso")] == ["id_reused"]


@pytest.mark.parametrize(("days_max", "state"), [(3, "held"), (4, "booked")])
def test_a_cut_off_older_than_agreed_holds_the_file(
    bank: Jumping, days_max: int, state: str
) -> None:
    bank.agreed(f"cut_off_age_days_max = {days_max}")
    lines = [f"A;1;Ana;{MON};2026-09-01;1,00;0,00;0,00;x"]
    assert bank.take(FRI, "placement", *lines).state == state


def test_a_cut_off_after_the_business_date_is_rejected(bank: Jumping) -> None:
    lines = [f"{n};1;Ana;{day};2026-09-01;1,00;0,00;0,00;x" for n, day in (("A", TUE), ("B", MON))]
    assert bank.take(MON, "placement", *lines).rows == Rows(read=2, booked=1, rejected=1)


def test_what_is_done_about_a_jump_is_one_of_three_things() -> None:
    with pytest.raises(Exception, match=r"policy\.jumps\.balance_up"):
        parse_profile(
            Jumping.text("banco", 'jumps = { balance_up = "ask" }').encode(), "banco.toml"
        )


def test_the_total_is_told_against_the_balance_known_and_the_payments_since(bank: Jumping) -> None:
    """Known: 3000 less a payment of 100. B's interest, D new, C gone, A's row rejected."""
    bank.pay(MON, ("T1", "B", 100))
    bank.settle(MON)
    bank.portfolio(
        TUE, "A 1 1000 0 mañana x", "B 2 900 7 2026-09-01 x", "D 4 50 0 2026-09-01 x"
    )  # fmt: skip
    rows = [line.replace('"', "").split(";") for line in bank.paper(".csv").splitlines()]
    assert {r[3]: r[11] for r in rows if r[0] == "saldo"} == {
        "known": "29.00", "placed": "0.50", "adjusted": "0.07", "recalled": "-10.00",
        "unstated": "-10.00", "total": "9.57",
    }  # fmt: skip
    assert "Total del archivo $ 9,57" in bank.paper(".pdf")


@pytest.mark.parametrize(("owed", "state"), [(1150, "booked"), (849, "held")])
def test_a_total_farther_from_it_than_agreed_holds_the_file(
    bank: Jumping, owed: int, state: str
) -> None:
    """Three accounts of 1000: a twentieth of it is 150."""
    bank.agreed("balance_jump_share_max = 0.05")
    assert bank.portfolio(TUE, f"A 1 {owed} 0 2026-09-01 x", *KNOWN[1:]).state == state
    assert ("se esperaban $ 30,00" in bank.paper(".pdf")) == (state == "held")
