"""One camt ``Ntry`` element to an `Entry`."""

from __future__ import annotations

from datetime import date

from lxml import etree

from recupero.errors import StatementRefused
from recupero.statements.amounts import read_date
from recupero.statements.camt_parts import read_parts
from recupero.statements.camt_xml import children, choice_of, signed_minor, text_of
from recupero.statements.entry import Entry, Problem, Status, unread
from recupero.statements.reasons import Reason, reason_of

__all__ = ["read_entry"]

_STATUS: dict[str, Status] = {
    "BOOK": "booked",
    "PDNG": "pending",
    "FUTR": "pending",
    "INFO": "information",
    "": "booked",  # some banks leave it out of statements, where everything is booked
}


def read_entry(node: etree._Element, record: int) -> tuple[Entry | None, list[Problem]]:
    """The entry, or None when its amount cannot be read, and what is wrong with it."""
    problems: list[Problem] = []
    at = children(node)
    try:
        # CdtDbtInd is the direction of the entry as booked, whether or not it is a reversal.
        amount_minor, currency = signed_minor(at.get("Amt"), text_of(at.get("CdtDbtInd")))
    except StatementRefused as refusal:
        return None, [unread(record, reason_of(refusal))]
    parts = read_parts(node, amount_minor, currency, record, problems)
    only = parts[0] if len(parts) == 1 else None
    note = text_of(at.get("AddtlNtryInf"))
    entry = Entry(
        record=record,
        booking_date=_day(at.get("BookgDt"), record, problems),
        value_date=_day(at.get("ValDt"), record, problems),
        amount_minor=amount_minor,
        currency=currency,
        status=_status(at.get("Sts"), record, problems),
        bank_reference=text_of(at.get("AcctSvcrRef")) or (only.bank_reference if only else ""),
        end_to_end=only.end_to_end if only else "",
        payer_name=only.payer_name if only else "",
        payer_id=only.payer_id if only else "",
        remittance=(only.remittance if only else "") or note,
        reversal=text_of(at.get("RvslInd")) in ("true", "1"),
        raw=etree.tostring(node, encoding="unicode", with_tail=False),
        parts=parts if len(parts) > 1 else (),
    )
    return entry, problems


def _status(node: etree._Element | None, record: int, problems: list[Problem]) -> Status:
    status = _STATUS.get(choice_of(node))
    if status is None:
        problems.append(Problem(record, Reason("status_unknown")))
        return "pending"
    return status


def _day(node: etree._Element | None, record: int, problems: list[Problem]) -> date | None:
    if node is None:
        return None
    try:
        return read_date(choice_of(node))
    except StatementRefused as refusal:
        problems.append(Problem(record, reason_of(refusal)))
        return None
