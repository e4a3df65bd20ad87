"""In whatever order portfolios and money arrive: what was stated last less the money after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recupero.store.cluster import APPLICATION
from recupero.store.embedded import Addresses, EmbeddedPostgres
from recupero.store.owner import migrate
from tests.edges.dated_bank import SUN, line, opened, place
from tests.edges.enrolled_store import made_database
from tests.edges.one_bank import DAYS, money


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Iterator[Addresses]:
    with made_database(postgres, "orders") as made:
        migrate(made.owner_url, APPLICATION)
        yield made


@dataclass
class Book:
    """What must be owed, by that sentence: no journal, only the files as they came."""

    stated: dict[str, tuple[date, int]] = field(default_factory=dict)
    newest: date = SUN
    money: list[tuple[str, date, int]] = field(default_factory=list)

    def portfolio(self, rows: list[tuple[str, date, int | None]]) -> bool:
        """Note the *rows* of a portfolio; whether it is newer than what is booked."""
        drawn = max(cut_off for _, cut_off, amount in rows if amount is not None)
        if drawn < self.newest:
            return False
        self.newest = drawn
        for account, cut_off, amount in rows:
            if amount is not None and cut_off >= self.stated.get(account, (SUN, 0))[0]:
                self.stated[account] = (cut_off, amount)
        return True

    def owed(self) -> dict[str, int]:
        return {
            account: amount
            - sum(m for number, day, m in self.money if number == account and day > cut_off)
            for account, (cut_off, amount) in self.stated.items()
        }


@st.composite
def arrivals(draw: st.DrawFn) -> list[tuple[int, str, tuple[int, ...]]]:
    """Portfolios, payments and reversals by day of arrival, each of any date up to it."""
    days = sorted(draw(st.lists(st.integers(0, 4), min_size=4, max_size=7)))
    told: list[tuple[int, str, tuple[int, ...]]] = []
    paid: list[tuple[int, ...]] = []
    for day in days:
        kind = draw(st.sampled_from(["portfolio", "payment", "payment", "reversal"]))
        if kind == "portfolio":
            drawn, ago, amount = (draw(st.integers(-1, day)), draw(st.integers(0, 2)),
                                  draw(st.sampled_from([0, 500, 1000])))  # fmt: skip
            told.append((day, kind, (drawn, ago, amount)))
        elif kind == "payment":
            told.append((day, kind, (draw(st.integers(0, day)), draw(st.sampled_from([90, 1300])))))
            paid.append(told[-1][2])
        elif paid:
            booked, amount = paid.pop(draw(st.integers(0, len(paid) - 1)))
            told.append((day, kind, (draw(st.integers(booked, day)), booked, amount)))
    return told


@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(arrivals(), st.booleans())
def test_a_claim_is_what_was_stated_last_less_the_money_after_it(
    database: Addresses, tmp_path: Path, told: list[tuple[int, str, tuple[int, ...]]], nightly: bool
) -> None:
    """*nightly*: settled after each file, or all at the end."""
    bank, book = opened(database, tmp_path), Book()
    names: dict[tuple[int, int], list[str]] = {}
    place(bank, DAYS[0], SUN, A=1000, B=800)
    book.portfolio([("A", SUN, 1000), ("B", SUN, 800)])
    for number, (day, kind, what) in enumerate(told):
        on = DAYS[day]
        if kind == "portfolio":
            drawn, ago, amount = what
            cut_off = SUN + timedelta(days=drawn + 1)
            rows = [
                ("A", cut_off - timedelta(days=ago), amount or None),
                ("B", cut_off, 700 + number),
            ]
            lines = [line(name, dated, "mil" if stated is None else stated)
                     for name, dated, stated in rows]  # fmt: skip
            state = "booked" if book.portfolio(rows) else "held"
            assert bank.take(on, "placement", *lines).state == state
        elif kind == "payment":
            names.setdefault((what[0], what[1]), []).append(f"T{number}")
            bank.take(on, "payment", f"T{number};A;{money(what[1])};payment;;{DAYS[what[0]]}")
            book.money.append(("A", DAYS[what[0]], what[1]))
        else:
            name, amount = names[what[1], what[2]].pop(), money(what[2])
            bank.take(on, "payment", f"R{name};A;{amount};reversal;{name};{DAYS[what[0]]}")
            book.money.append(("A", DAYS[what[0]], -what[2]))
        if nightly:
            bank.settle(on)
    bank.settle(DAYS[-1])
    assert {name: sum(parts.values()) for name, parts in bank.balances().items()} == book.owed()
    bank.check()
