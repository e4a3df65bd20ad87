"""SWIFT MT940 (statement) and MT942 (report during the day), as banks really write them.

Any number of messages in a file, in SWIFT blocks, under bank headers or bare. A statement starts at
:20:. What cannot be read becomes a problem with its line, and the balances show what it weighs.
"""

from __future__ import annotations

import re

from recupero.errors import StatementRefused
from recupero.statements.amounts import read_minor, rescaled
from recupero.statements.entry import (
    Entry,
    Problem,
    Statement,
    StatementFile,
    currency_problem,
    gather,
    unread,
)
from recupero.statements.mt940_entry import read_day, read_entry
from recupero.statements.mt940_fields import Field, read_fields
from recupero.statements.reasons import Reason, reason_of

__all__ = ["looks_like_mt940", "read_mt940"]

_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})([0-9,]+)")
_FLOOR = re.compile(r"([A-Z]{3})[CD]?[0-9,]+")
_CONTROL = re.compile(r"([0-9]{1,5})([A-Z]{3})([0-9,]+)")
_ENOUGH = frozenset({"25", "25P", "60F", "60M", "61", "62F", "62M"})


def looks_like_mt940(text: str) -> bool:
    """A :20: and an account, a balance or an entry, each where a tag stands."""
    seen: set[str] = set()
    for field in read_fields(text):
        seen.add(field.tag)
        if "20" in seen and seen & _ENOUGH:
            return True
    return False


def read_mt940(text: str) -> StatementFile:
    """Every statement of the decoded file (see `mt940_fields.decode`)."""
    drafts: list[_Draft] = []
    loose: list[Problem] = []
    for field in read_fields(text):
        starts = field.tag == "20" or (drafts and drafts[-1].closed_before(field))
        if starts:
            drafts.append(_Draft(field.line))
            if field.tag != "20":
                drafts[-1].wrong(field, "no_start")
        if drafts:
            drafts[-1].take(field)
        elif field.tag == "61":
            loose.append(unread(field.line, Reason("before_start")))
    statements = [draft.finish() for draft in drafts]
    report = bool(statements) and all(each.kind == "report" for each in statements)
    return gather("MT942" if report else "MT940", statements, loose)


class _Draft:
    """The fields of one statement until its currency is known and its entries can be read."""

    def __init__(self, line: int) -> None:
        self._line = line
        self._at: dict[str, Field] = {}
        self._entries: list[tuple[Field, list[Field]]] = []
        self._entry_open = False
        self._problems: list[Problem] = []

    def wrong(self, field: Field, rule: str, **values: object) -> None:
        self._problems.append(Problem(field.line, Reason(rule, values)))

    def closed_before(self, field: Field) -> bool:
        """Whether *field* opens the next statement though its :20: is missing."""
        return field.tag in ("25", "25P", "60F", "60M") and "62" in self._at

    def take(self, field: Field) -> None:
        if field.tag == "61":
            if "62" in self._at:
                self.wrong(field, "after_closing")
            self._entries.append((field, []))
            self._entry_open = True
        elif field.tag in ("86", "NS"):
            if self._entry_open:
                self._entries[-1][1].append(field)
        else:
            self._entry_open = False
            # One place for both spellings of a tag: 28 and 28C, 60F and 60M; 90C and 90D differ.
            name = field.tag if field.tag.startswith("90") else field.tag[:2]
            if name in self._at and name in ("25", "60", "62", "90C", "90D"):
                self.wrong(field, "field_repeated", tag=field.tag)
            self._at.setdefault(name, field)

    def finish(self) -> Statement:
        opening, closing = self._balance("60"), self._balance("62")
        stated = [each[1] for each in (opening, closing) if each is not None]
        currency = (stated or self._currencies() or [""])[0]
        mixed = len(set(stated)) > 1
        if mixed:
            self.wrong(self._at["62"], "balances_mixed")
        entries = [entry for each in self._entries if (entry := self._read(each, currency))]
        self._check("90C", [entry for entry in entries if entry.amount_minor > 0], currency)
        self._check("90D", [entry for entry in entries if entry.amount_minor < 0], currency)
        if "25" not in self._at:
            self._problems.append(Problem(self._line, Reason("no_account")))
        unknown = currency_problem(currency, self._line) if currency or self._entries else None
        if unknown:
            self._problems.append(unknown)
        return Statement(
            account=self._text("25"),
            currency=currency,
            opening_minor=opening and rescaled(*opening, currency),
            closing_minor=closing and rescaled(*closing, currency),
            entries=tuple(entries),
            number=self._text("28"),
            problems=tuple(self._problems),
            kind="report" if self._is_report() else "statement",
            closed_on=read_day(self._at["62"].first[1:7]) if closing else None,
            mixed=mixed,
        )

    def _text(self, name: str) -> str:
        return self._at[name].first if name in self._at else ""

    def _is_report(self) -> bool:
        return not {"60", "62"} & set(self._at) and bool({"34", "13", "90C", "90D"} & set(self._at))

    def _read(self, parts: tuple[Field, list[Field]], currency: str) -> Entry | None:
        entry, problems = read_entry(parts[0], parts[1], currency)
        self._problems += problems
        return entry

    def _currencies(self) -> list[str]:
        """Currencies that a report names in its floor limit and its control totals."""
        found = [_FLOOR.fullmatch(self._text("34"))]
        named = [match[1] for match in found if match]
        totals = [_CONTROL.fullmatch(self._text(name)) for name in ("90C", "90D")]
        return named + [match[2] for match in totals if match]

    def _balance(self, name: str) -> tuple[int, str] | None:
        """Signed minor units and currency; a balance that is there but unreadable is a problem."""
        field = self._at.get(name)
        if field is None:
            return None
        match = _BALANCE.fullmatch(field.first)
        if match is None:
            self.wrong(field, "balance_field_malformed", tag=field.tag)
            return None
        try:
            amount_minor = read_minor(match[4], match[3], ",")
        except StatementRefused as refusal:
            self.wrong(field, "balance_field_unread", tag=field.tag, why=reason_of(refusal))
            return None
        return (amount_minor if match[1] == "C" else -amount_minor), match[3]

    def _check(self, name: str, entries: list[Entry], currency: str) -> None:
        """The bank's own count and sum of credits or debits (MT942) against what was read."""
        field = self._at.get(name)
        if field is None:
            return
        match = _CONTROL.fullmatch(field.first)
        try:
            declared = (int(match[1]), read_minor(match[3], currency, ",")) if match else None
        except StatementRefused:
            declared = None
        sum_minor = sum(abs(entry.amount_minor) for entry in entries)
        if declared != (len(entries), sum_minor):
            self.wrong(field, "total_differs", tag=field.tag)
