"""One :61: with its :86: to an `Entry`."""

from __future__ import annotations

import re
from datetime import date

from recupero.errors import StatementRefused
from recupero.statements.amounts import read_minor
from recupero.statements.entry import Entry, Problem, unread
from recupero.statements.mt940_details import read_details, stated
from recupero.statements.mt940_fields import Field
from recupero.statements.reasons import Reason, reason_of

__all__ = ["read_day", "read_entry"]

# Value date, entry date, mark, funds code, amount, transaction type, references.
_LINE = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4}|[ ]{4})?(?P<mark>[RE]?[CD])[A-Z]?[ ]?"
    r"(?P<amount>[0-9,]+)(?P<type>[NFS][A-Z0-9 ]{3})?(?P<references>.*)"
)

#: A reversed credit takes money away, a reversed debit brings it; expected ones keep their side.
_CREDIT = frozenset({"C", "RD", "EC"})
_EXPECTED = frozenset({"EC", "ED"})


def read_entry(
    head: Field, texts: list[Field], currency: str
) -> tuple[Entry | None, list[Problem]]:
    """The entry, or None when it cannot be read; *texts* are the :86: and :NS: that follow it."""
    match = _LINE.fullmatch(head.lines[0].strip())
    if match is None:
        return None, [unread(head.line, Reason("entry_malformed"))]
    try:
        amount_minor = read_minor(match["amount"], currency, ",")
    except StatementRefused as refusal:
        return None, [unread(head.line, reason_of(refusal))]
    problems: list[Problem] = []
    value_date = _value_date(match["value"], head.line, problems)
    own, _, banks = match["references"].partition("//")
    details = read_details(
        [line for each in texts if each.tag == "86" for line in each.lines],
        [line for each in texts if each.tag == "NS" for line in each.lines],
    )
    entry = Entry(
        record=head.line,
        booking_date=_booking_date(match, value_date, head.line, problems),
        value_date=value_date,
        amount_minor=amount_minor if match["mark"] in _CREDIT else -amount_minor,
        currency=currency,
        status="pending" if match["mark"] in _EXPECTED else "booked",
        bank_reference=stated(banks),
        end_to_end=details.end_to_end or stated(own),
        payer_name=details.payer_name,
        payer_id=details.payer_id,
        remittance=" ".join(part for part in (details.remittance, _supplement(head)) if part),
        reversal=match["mark"][0] == "R",
        raw="\n".join(field.raw for field in (head, *texts)),
    )
    return entry, problems


def _supplement(head: Field) -> str:
    """Supplementary details below the line, unless they are the bank's own codes (/TRCD/...)."""
    lines = [line.strip() for line in head.lines[1:]]
    return " ".join(line for line in lines if line and not line.startswith("/"))


def read_day(text: str) -> date | None:
    """YYMMDD, years 80 to 99 in the last century; None for a day that does not exist."""
    year = int(text[:2])
    return _day(year + (1900 if year >= 80 else 2000), text[2:])


def _day(year: int, month_and_day: str) -> date | None:
    try:
        return date(year, int(month_and_day[:2]), int(month_and_day[2:]))
    except ValueError:
        return None


def _value_date(text: str, record: int, problems: list[Problem]) -> date | None:
    day = read_day(text)
    if day is None:
        problems.append(Problem(record, Reason("value_date_impossible")))
    return day


def _booking_date(
    match: re.Match[str], value_date: date | None, record: int, problems: list[Problem]
) -> date | None:
    """The entry date, whose year is not written: the one that brings it nearest the value date."""
    text = match["entry"]
    if text is None or not text.strip():
        return None
    if value_date is None:
        day = read_day(match["value"][:2] + text)
    else:
        years = (value_date.year - 1, value_date.year, value_date.year + 1)
        days = [each for year in years if (each := _day(year, text)) is not None]
        day = min(days, key=lambda each: abs(each - value_date), default=None)
    if day is None:
        problems.append(Problem(record, Reason("entry_date_impossible")))
    return day
