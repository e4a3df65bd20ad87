"""Days of a bank with cards and loans, drawn by chance: files, payments, settlements."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.edges.one_bank import DAYS, LAYOUTS
from tests.edges.two_portfolios import TwoPortfolios, profile

_PHONES = ("+573011111111", "+573022222222", "+573033333333", "-")
_FILES = ("cards", "loans")
_PAYMENTS = """
[[layout]]
kind = "payment"
version = "v1"
from = 2026-01-01
name = 'payment.*'
format = "delimited"
dates = "%Y-%m-%d"
decimal = ","
"""


def with_payments(code: str) -> str:
    """The profile of such a bank."""
    return profile(code, 1.0) + _PAYMENTS + LAYOUTS["payment"]


def play(bank: TwoPortfolios, seed: int) -> None:
    """A week of *bank*, whose profile is ``with_payments``."""
    random = Random(seed)
    portfolios = _Portfolios(random)
    for day in DAYS:
        for name, lines in portfolios.day():
            bank.state(day, name, *lines)
        if random.random() < 0.6:
            bank.state(day, "news", f"c{random.randint(0, 9)} 1 7,00 {_PHONES[0]}")
        paid = [(f"{day}-{n}", f"c{random.randint(0, 9)}", 100) for n in range(2)]
        bank.pay(day, *paid)
        bank.settle(day)


class _Portfolios:
    """What a bank with cards and loans writes day by day, by chance."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._rows = {name: {f"{name[0]}{n}": self._row() for n in range(12)} for name in _FILES}

    def day(self) -> Iterator[tuple[str, list[str]]]:
        """The day's files, in some order, each account with a few changes to it."""
        names = list(_FILES)
        self._random.shuffle(names)
        for name in names:
            rows = self._rows[name]
            for account in list(rows):
                self._change(rows, account)
            lines = [f"{account} {row}" for account, row in rows.items()]
            self._random.shuffle(lines)
            yield name, lines

    def _row(self) -> str:
        amount = f"{self._random.randint(0, 99)},00"
        if self._random.random() < 0.05:
            amount = "lost"
        person = self._random.choice(("1", "2", "-", *map(str, range(100, 112))))
        contacts = self._random.choices(_PHONES, k=2)
        return f"{person} {amount} {' '.join(contacts)}"

    def _change(self, rows: dict[str, str], account: str) -> None:
        chance = self._random.random()
        if chance < 0.04:
            del rows[account]
        elif chance < 0.1:
            rows[account] = self._row()
        elif chance < 0.13:
            rows[f"{account[0]}{self._random.randint(0, 12)}"] = self._row()
