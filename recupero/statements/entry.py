"""The one model every bank file is read into.

A `StatementFile` holds statements, a `Statement` holds entries, an `Entry` is one booking as the
balance contains it. Amounts are signed minor units (credit +) with the exponent of their currency;
text is empty and a date is None where the file states none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from recupero.money import EXPONENT
from recupero.statements.reasons import Reason

__all__ = [
    "Entry",
    "Kind",
    "Part",
    "Problem",
    "Statement",
    "StatementFile",
    "Status",
    "currency_problem",
    "gather",
    "unread",
]

#: pending = announced, not money yet. information = money only where nothing else is said: see
#: `Statement.counted`.
Status = Literal["booked", "pending", "information"]

#: statement: end of day (camt.053, MT940). report: during the day (camt.052, MT942). notification:
#: single movements (camt.054). The last two repeat what a statement of the account will bring.
Kind = Literal["statement", "report", "notification"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the file does wrong. ``record`` is that of `Entry`, 0 for the file as a whole."""

    record: int
    reason: Reason

    @property
    def lost(self) -> bool:
        """Whether an entry is in the file and not among the entries."""
        return self.reason.rule == "entry_unread"


@dataclass(frozen=True, slots=True)
class Part:
    """One transaction of a batch entry; the parts of an entry sum to it, to the cent."""

    amount_minor: int
    bank_reference: str
    end_to_end: str
    payer_name: str
    payer_id: str
    remittance: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One booking.

    ``record`` is the ordinal of the Ntry in the file (camt) or the physical line of its :61:
    (MT940), 1-based. ``payer_*`` is the other party of a credit. ``parts`` is empty unless the
    entry is a batch whose parts are stated and sum to it.
    """

    record: int
    booking_date: date | None
    value_date: date | None
    amount_minor: int
    currency: str
    status: Status
    bank_reference: str
    end_to_end: str
    payer_name: str
    payer_id: str
    remittance: str
    reversal: bool
    raw: str
    parts: tuple[Part, ...] = ()

    @property
    def dated(self) -> date | None:
        """The booking date, else the value date."""
        return self.booking_date or self.value_date


@dataclass(frozen=True, slots=True)
class Statement:
    """One account's entries between two balances; a balance is None where none is stated.

    ``mixed``: a balance is stated in another currency than the account's, so that nothing can tie.
    """

    account: str
    currency: str
    opening_minor: int | None
    closing_minor: int | None
    entries: tuple[Entry, ...]
    number: str
    problems: tuple[Problem, ...]
    kind: Kind = "statement"
    closed_on: date | None = None
    mixed: bool = False

    @property
    def counted(self) -> tuple[Entry, ...]:
        """The entries that are money here: booked, in the statement's currency.

        Information beside a balance is not in it; a report or notification that carries
        information has nothing else to say, so there it counts.
        """
        money = ("booked",) if self.kind == "statement" else ("booked", "information")
        return tuple(e for e in self.entries if e.status in money and e.currency == self.currency)

    @property
    def credits_minor(self) -> int:
        return sum(entry.amount_minor for entry in self.counted if entry.amount_minor > 0)

    @property
    def debits_minor(self) -> int:
        """The sum of debits as a positive number."""
        return -sum(entry.amount_minor for entry in self.counted if entry.amount_minor < 0)

    @property
    def difference_minor(self) -> int | None:
        """Opening + credits - debits - closing; None without both balances."""
        if self.opening_minor is None or self.closing_minor is None:
            return None
        return self.opening_minor + self.credits_minor - self.debits_minor - self.closing_minor

    @property
    def ties(self) -> bool | None:
        """Whether the entries explain the closing balance to the cent; None without balances."""
        difference_minor = self.difference_minor
        return None if difference_minor is None else difference_minor == 0 and not self.mixed


@dataclass(frozen=True, slots=True)
class StatementFile:
    """A whole file: ``problems`` are all of it, those of its statements included."""

    format: str
    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]


def gather(
    form: str, statements: Iterable[Statement], loose: Iterable[Problem] = ()
) -> StatementFile:
    """The file from its statements and the problems outside them, in record order."""
    statements = tuple(statements)
    problems = [*loose, *(problem for each in statements for problem in each.problems)]
    if not statements:
        problems.append(Problem(0, Reason("no_statement")))
    return StatementFile(form, statements, tuple(sorted(problems, key=lambda p: p.record)))


def currency_problem(currency: str, record: int) -> Problem | None:
    """What to report when amounts had to be read without knowing the currency's decimals."""
    if currency in EXPONENT:
        return None
    if not currency:
        return Problem(record, Reason("currency_unstated"))
    return Problem(record, Reason("currency_unknown", {"currency": currency}))


def unread(record: int, why: Reason) -> Problem:
    """What to report of an entry that is in the file and cannot be read."""
    return Problem(record, Reason("entry_unread", {"why": why}))
