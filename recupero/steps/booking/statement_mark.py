"""What a booked statement is known by, and where it stands in its account's history."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from recupero.rules.overlap import Entries, Stretch
from recupero.statements.entry import Statement
from recupero.steps.documents import folio
from recupero.store.canonical import identity


@dataclass(frozen=True)
class Mark:
    """What a booked statement is known by, as its file's outcome keeps it: no account number.

    ``content``: a keyed hash of account, closing date, balances and entries. ``number``: one of
    account, closing date and number; None where the bank gives none or states no balances.
    ``ended_minor``: the closing balance; None where it is the opening one too, for what begins
    there need not go on from it. ``place``: where in the account's history it stands; None
    without both balances, and in what was booked before places were kept.
    """

    content: str
    number: str | None
    ended_minor: int | None
    place: Place | None = None


@dataclass(frozen=True)
class Place:
    """``account``: a keyed hash of account and currency. ``days``: the first and the last that an
    entry states, ISO; None where one states none. ``records``: those of the first and last entry.
    """

    account: str
    opening_minor: int
    closing_minor: int
    closed_on: str
    days: tuple[str, str] | None
    records: tuple[int, int]

    def touches(self, other: Place) -> bool:
        """Whether entries of the two may be of one day of one account."""
        if self.account != other.account:
            return False
        if self.days is None or other.days is None:
            return True
        return self.days[0] <= other.days[1] and other.days[0] <= self.days[1]

    def adjoins(self, other: Place) -> bool:
        """Whether one of the two begins at the balance at which the other ends."""
        return (
            self.opening_minor == other.closing_minor or self.closing_minor == other.opening_minor
        )


def mark_from(kept: dict[str, Any]) -> Mark:
    """The mark that an outcome *kept* as JSON."""
    place = kept.get("place")
    if place is not None:
        days = place["days"] and tuple(place["days"])
        place = Place(**{**place, "days": days, "records": tuple(place["records"])})
    return Mark(**{**kept, "place": place})


def mark_of(statement: Statement, key: bytes) -> Mark | None:
    """What *statement* is known by; none where it says too little to be told from another."""
    balanced = statement.opening_minor is not None and statement.closing_minor is not None
    number = _number(statement)
    if not statement.counted or not (balanced or number):
        return None
    account = "".join(statement.account.split()).upper(), statement.currency
    dated = (*account, statement.closed_on)
    entries = sorted(f"{entry.dated} {entry.amount_minor}" for entry in statement.counted)
    figures = (statement.opening_minor, statement.closing_minor) if balanced else (number,)
    named = folio(identity(key, "statement", *dated, number)) if balanced and number else None
    content = folio(identity(key, "statement content", *dated, *figures, *entries))
    moved = statement.opening_minor != statement.closing_minor
    place = _place(statement, folio(identity(key, "statement account", *account)))
    return Mark(content, named, statement.closing_minor if moved else None, place)


def named(statement: Statement) -> str:
    """How institutions are told which statement is meant."""
    number = f" {statement.number}" if statement.number else ""
    return f"el extracto{number} del {statement.closed_on or 'día que no dice'}"


def _place(statement: Statement, account: str) -> Place | None:
    if statement.opening_minor is None or statement.closing_minor is None:
        return None
    days = [entry.dated for entry in statement.counted]
    stated = sorted(str(day) for day in days if day is not None)
    records = [entry.record for entry in statement.counted]
    return Place(
        account,
        statement.opening_minor,
        statement.closing_minor,
        str(statement.closed_on or ""),
        (stated[0], stated[-1]) if len(stated) == len(days) else None,
        (min(records), max(records)),
    )


def _number(statement: Statement) -> str:
    """The statement's number without padding; empty where its first part is none or all zeros."""
    parts = [part.strip().lstrip("0") for part in statement.number.split("/")]
    return "/".join(parts) if parts[0] else ""


def entries_of(statement: Statement) -> Entries:
    """Its counted entries by day and amount."""
    return Counter((entry.dated, entry.amount_minor) for entry in statement.counted)


def stretch(place: Place, entries: Entries) -> Stretch:
    """What is compared; a day that booking put in for one not stated is not one."""
    compared: Entries = Counter()
    for (day, minor), count in entries.items():
        if minor:
            compared[day if place.days else None, minor] += count
    return Stretch(place.opening_minor, place.closing_minor, compared)
