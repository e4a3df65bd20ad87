"""Days of a bank with cards and loans, drawn by chance: portfolios, what files about people and
recalls say beside them, payments, settlements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random

from tests.edges.account_facts_layouts import FACT_LAYOUTS
from tests.edges.one_bank import DAYS, LAYOUTS, layout_text
from tests.edges.two_portfolios import TwoPortfolios, profile

_PHONES = ("+573011111111", "+573022222222", "+573033333333", "-")
_FILES = ("cards", "loans")
_ABOUT_PEOPLE = ("related_person", "debtor_update")
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
    others = [layout_text("recall", LAYOUTS["recall"])]
    others += [
        layout_text(kind, FACT_LAYOUTS[kind]) for kind in ("related_person", "debtor_update")
    ]
    return profile(code, 1.0) + _PAYMENTS + LAYOUTS["payment"] + "".join(others)


def play(
    bank: TwoPortfolios, seed: int, ended: Callable[[date], object] = lambda _day: None
) -> None:
    """A week of *bank*, whose profile is ``with_payments``; *ended* is told of each day's end."""
    random = Random(seed)
    portfolios = _Portfolios(random)
    for day in DAYS:
        for name, lines in portfolios.day():
            bank.state(day, name, *lines)
            for kind, line in _beside(random, day):
                bank.take(day, kind, line)
        if random.random() < 0.6:
            bank.state(day, "news", f"c{random.randint(0, 9)} 1 7,00 {_PHONES[0]}")
        paid = [(f"{day}-{n}", f"c{random.randint(0, 9)}", 100) for n in range(2)]
        bank.pay(day, *paid)
        bank.settle(day)
        ended(day)


def _beside(random: Random, day: date) -> Iterator[tuple[str, str]]:
    """Kind and row of files that say something of the accounts and people of portfolios."""
    account, person = f"{random.choice('cl')}{random.randint(0, 12)}", random.randint(100, 120)
    phone, since = random.choice(("", "3011111188")), day - timedelta(days=random.randint(0, 3))
    if random.random() < 0.3:
        role = random.choice(("guarantor", "co_debtor"))
        yield "related_person", f"{account};{role};{person};Eva;{phone};{since};"
    if random.random() < 0.3:
        yield "debtor_update", f"{person};{random.choice(('', 'Ana'))};{phone};;Calle 9;;{since}"
    if random.random() < 0.15:
        yield "recall", f"{account};{day};x;{day}{account}"


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
