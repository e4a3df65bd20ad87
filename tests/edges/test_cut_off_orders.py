"""In whatever order portfolios and money arrive: what was stated last less the money after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recupero.steps.write_off import decide_instructions
from recupero.store.embedded import Addresses
from tests.edges.dated_bank import SUN, line, opened, place
from tests.edges.one_bank import DAYS, Bank, money

Arrival = tuple[int, str, tuple[int | None, ...]]


@dataclass
class Book:
    """What must be owed, by that sentence: no journal, only the files as they came.

    Two things hang on what was settled before a portfolio: how much a zero may leave credited at
    most, and whether a payment comes back whose excess a figure above zero had counted in.
    """

    stated: dict[str, tuple[date, int]] = field(default_factory=dict)
    newest: date = SUN
    money: list[tuple[date, int]] = field(default_factory=list)
    settled: int = 0
    counted_in: int = 0
    credit_at_most: int = 0
    credit_undone: bool = False
    written_off: bool = False

    def portfolio(self, rows: list[tuple[str, date, int | None]]) -> bool:
        """Note the *rows* of a portfolio; whether it is newer than what is booked."""
        drawn = max(cut_off for _, cut_off, amount in rows if amount is not None)
        if drawn < self.newest:
            return False
        self.newest = drawn
        for account, cut_off, amount in rows:
            frozen = self.written_off and account == "A"
            known = self.stated.get(account, (SUN, 0))[0]
            if amount is not None and cut_off >= known and not frozen:
                self.stated[account] = (cut_off, amount)
                if account == "A":
                    self._credited(cut_off, amount)
        return True

    def _credited(self, cut_off: date, amount: int) -> None:
        before = self.money[: self.settled]
        held = sum(paid for day, paid in before if paid > 0 and day <= cut_off)
        self.credit_at_most = 0 if amount else held
        self.counted_in = self.settled if amount else self.counted_in

    def owed(self) -> int:
        """What A owes without a credit that a zero left."""
        cut_off, amount = self.stated["A"]
        return amount - sum(paid for day, paid in self.money if day > cut_off)


@st.composite
def arrivals(draw: st.DrawFn) -> list[Arrival]:
    """Portfolios, payments, reversals and write-offs by day of arrival, money of any date up to
    it; of a portfolio the cut-off, how much older A's row is, and A's figure (none: unreadable).
    """
    days = sorted(draw(st.lists(st.integers(0, 4), min_size=4, max_size=7)))
    kinds = st.sampled_from(["portfolio", "payment", "payment", "reversal", "write_off"])
    told: list[Arrival] = []
    paid: list[tuple[int, int, int]] = []
    for number, day in enumerate(days):
        kind = draw(kinds)
        if kind == "portfolio":
            drawn, ago = draw(st.integers(-1, day)), draw(st.integers(0, 2))
            told.append((day, kind, (drawn, ago, draw(st.sampled_from([None, 0, 500, 1000])))))
        elif kind == "payment":
            booked, amount = draw(st.integers(0, day)), draw(st.sampled_from([90, 1300]))
            told.append((day, kind, (booked, number, amount)))
            paid.append((booked, number, amount))
        elif kind == "write_off":
            told.append((day, kind, ()))
        elif paid:
            booked, named, amount = paid.pop(draw(st.integers(0, len(paid) - 1)))
            told.append((day, kind, (draw(st.integers(booked, day)), named, amount)))
    return told


def arrive(bank: Bank, book: Book, number: int, arrival: Arrival) -> None:
    """Take the file *number* in and note it."""
    day, kind, what = arrival
    on = DAYS[day]
    if kind == "portfolio":
        drawn, ago, figure = what
        cut_off = SUN + timedelta(days=(drawn or 0) + 1)
        rows = [("A", cut_off - timedelta(days=ago or 0), figure), ("B", cut_off, 700 + number)]
        lines = [line(name, dated, "mil" if owed is None else owed) for name, dated, owed in rows]
        state = "booked" if book.portfolio(rows) else "held"
        assert bank.take(on, "placement", *lines).state == state
        return
    if kind == "write_off":
        owed = sum(bank.balances()["A"].values())
        bank.take(on, "write_off", f"A;{money(max(owed, 1))};{on};Acta {number}")
        accepted = decide_instructions(bank.services, bank.code, on)["accepted"]
        assert accepted == (owed > 0)
        book.written_off = book.written_off or accepted == 1
        return
    booked, named, amount = (part or 0 for part in what)
    paid_on = DAYS[booked]
    rest = f"A;{money(amount)};{kind}"
    if kind == "payment":
        bank.take(on, "payment", f"T{named};{rest};;{paid_on}")
    else:
        bank.take(on, "payment", f"RT{named};{rest};T{named};{paid_on}")
        book.credit_undone = book.credit_undone or book.counted_in > 0
    book.money.append((paid_on, amount if kind == "payment" else -amount))


@settings(
    max_examples=5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(arrivals(), st.booleans())
def test_a_claim_is_what_was_stated_last_less_the_money_after_it(
    migrated: Addresses, tmp_path: Path, told: list[Arrival], nightly: bool
) -> None:
    """*nightly*: settled after each file, or all at the end. The same of the memorandum once A is
    written off; and nothing is unapplied that the debtor would owe.
    """
    bank, book = opened(migrated, tmp_path), Book()
    place(bank, DAYS[0], SUN, A=1000, B=800)
    book.portfolio([("A", SUN, 1000), ("B", SUN, 800)])
    for number, arrival in enumerate(told):
        arrive(bank, book, number, arrival)
        if nightly:
            bank.settle(DAYS[arrival[0]])
            book.settled = len(book.money)
    bank.settle(DAYS[-1])
    claims, kept = bank.balances(), bank.balances("memorandum")
    assert sum(claims["B"].values()) == book.stated["B"][1]
    if book.written_off:
        assert not any(claims["A"].values())
    found = (kept if book.written_off else claims)["A"]
    assert book.owed() - book.credit_at_most <= sum(found.values()) <= book.owed()
    assert book.credit_undone or found.get("unapplied", 0) <= 0
    bank.check()
