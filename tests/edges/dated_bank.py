"""A bank whose portfolios say until when their figures hold, whatever day they are taken in."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path

from recupero.steps.intake import Outcome
from recupero.store.embedded import Addresses
from tests.edges.one_bank import DAYS, Bank, money, profile_text, services_for

#: The day before the first business day.
SUN = DAYS[0] - timedelta(days=1)
_NUMBERS = itertools.count(1)


def opened(database: Addresses, home: Path, **replaced: str) -> Bank:
    """A bank of the test's own; *replaced* is a word of its profile and what stands there."""
    code = f"corte-{next(_NUMBERS)}"
    folder = home / code
    folder.mkdir()
    text = profile_text(code)
    for old, new in replaced.items():
        text = text.replace(f'"{old}"', f'"{new}"')
    return Bank(services_for(folder, database, code, text=text), code)


def line(number: str, cut_off: date, owed: int | str) -> str:
    amount = owed if isinstance(owed, str) else money(owed)
    return f"{number};1{number};Ana;{cut_off};2026-09-01;{amount};0,00;0,00"


def place(bank: Bank, day: date, cut_off: date, **owed: int) -> Outcome:
    """A portfolio drawn at the close of *cut_off*, taken in on *day*."""
    lines = (line(number, cut_off, amount) for number, amount in owed.items())
    return bank.take(day, "placement", *lines)


def told(account: str, name: str, booked_on: date, amount: int = 100) -> str:
    """The line of a payment, or of its reversal where negative."""
    rest = f"{account};{money(abs(amount))}"
    if amount > 0:
        return f"{name};{rest};payment;;{booked_on}"
    return f"R{name};{rest};reversal;{name};{booked_on}"


def tell(bank: Bank, day: date, *lines: str) -> None:
    """Payments and reversals, told and settled on *day*."""
    bank.take(day, "payment", *lines)
    bank.settle(day)
