"""In whatever order portfolios, recalls, adjustments and money arrive: what was stated last, and
what moved after it; nothing while the account is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recupero.store.embedded import Addresses
from tests.edges.dated_bank import SUN, line, opened, place, told
from tests.edges.one_bank import DAYS, Bank, money

#: Day of arrival, kind, the day it speaks of (-1 is Sunday) and an amount (0: not named).
Arrival = tuple[int, str, int, int]
_AMOUNTS = {
    "portfolio": st.sampled_from([0, 8000, 9000]), "recall": st.just(0),
    "charge": st.sampled_from([30, 70]), "correction": st.sampled_from([-40, 20]),
    "payment": st.sampled_from([11, 13]),
}  # fmt: skip


@dataclass
class Book:
    """What must be owed on account A, by that sentence: no journal, only the files as they came."""

    stated: tuple[date, int] = (SUN, 9000)
    newest: date = SUN
    placed: bool = True
    recalled_on: date | None = None
    recalls: set[date] = field(default_factory=set)
    moved: list[tuple[date, int]] = field(default_factory=list)

    def portfolio(self, cut_off: date, amount: int) -> None:
        if cut_off < self.newest:
            return
        self.newest = cut_off
        if not amount:
            # What a recall ended, no portfolio ends again: its date stays.
            self.placed = False
        elif self.placed or self.recalled_on is None or cut_off > self.recalled_on:
            self.stated, self.placed, self.recalled_on = (cut_off, amount), True, None

    def recall(self, on: date) -> None:
        if self.placed and on >= self.stated[0] and on not in self.recalls:
            self.placed, self.recalled_on = False, on
            self.recalls.add(on)

    def move(self, on: date, amount: int) -> None:
        if self.placed:
            self.moved.append((on, amount))

    def owed(self) -> int:
        cut_off, amount = self.stated
        return amount + sum(sums for on, sums in self.moved if on > cut_off) if self.placed else 0


@st.composite
def arrivals(draw: st.DrawFn) -> list[Arrival]:
    days = sorted(draw(st.lists(st.integers(0, 4), min_size=4, max_size=6)))
    told = []
    for day in days:
        kind = draw(st.sampled_from(["portfolio", *_AMOUNTS]))
        told.append((day, kind, draw(st.integers(-1, day)), draw(_AMOUNTS[kind])))
    return told


def arrive(bank: Bank, book: Book, number: int, arrival: Arrival) -> None:
    """Take the file *number* in, settle, and note what it says."""
    day, kind, of, amount = arrival
    today, on = DAYS[day], SUN + timedelta(days=of + 1)
    if kind == "portfolio":
        lines = [line("A", on, amount)] if amount else []
        bank.take(today, "placement", *lines, line("B", on, 700 + number))
        book.portfolio(on, amount)
    elif kind == "recall":
        bank.take(today, kind, f"A;{on};;")
        book.recall(on)
    elif kind == "payment":
        bank.take(today, kind, told("A", f"T{number}", on, amount))
        book.move(on, -amount)
    else:
        bank.take(today, "adjustment", f"M{number};A;{kind};{on};{money(amount)};0;0;x",
                  f"N{number};B;charge;{SUN};0,01;0;0;x")  # fmt: skip
        book.move(on, amount)
    bank.settle(today)


@settings(
    max_examples=2,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(arrivals())
def test_a_claim_is_what_was_stated_last_and_what_moved_after_it(
    migrated: Addresses, tmp_path: Path, arrived: list[Arrival]
) -> None:
    bank, book = opened(migrated, tmp_path), Book()
    place(bank, DAYS[0], SUN, A=9000, B=700)
    for number, arrival in enumerate(arrived):
        arrive(bank, book, number, arrival)
        assert sum(bank.balances()["A"].values()) == book.owed(), number
    bank.check()
