"""What surrounds the entries of a camt statement: account, balances and the bank's own sums."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from lxml import etree

from recupero.errors import StatementRefused
from recupero.statements.amounts import read_date, read_minor, rescaled
from recupero.statements.camt_xml import children, choice_of, signed_minor, text_at, text_of
from recupero.statements.entry import Entry, Kind, Problem, Statement, currency_problem
from recupero.statements.reasons import Reason, reason_of

__all__ = ["read_frame"]

#: Balance codes that close or open the booked position; PRCD is the previous day's closing.
_OPENING = ("OPBD", "PRCD")
_CLOSING = ("CLBD",)
_CURRENCY = re.compile(r"[A-Z]{3}")


class Balance(NamedTuple):
    amount_minor: int
    currency: str
    day: date | None


def read_frame(
    node: etree._Element,
    kind: Kind,
    ordinal: int,
    entries: list[Entry],
    problems: list[Problem],
) -> Statement:
    """The statement of a container element whose entries have been read; *ordinal* is 1-based."""
    wrong: list[Reason] = []
    balances = _balances(node, wrong)
    opening = _pick(balances, _OPENING, wrong)
    closing = _pick(balances, _CLOSING, wrong)
    currency = _currency(node, [opening, closing], entries)
    mixed = [each for each in (opening, closing) if each and each.currency != currency]
    wrong += [
        Reason("balance_currency", {"currency": each.currency, "account": currency})
        for each in mixed
    ]
    wrong += _sums_against(node, currency, entries)
    at = children(node)
    account = _account(at.get("Acct"))
    if not account:
        wrong.append(Reason("no_account"))
    frame = [Problem(0, Reason("statement", {"ordinal": ordinal, "why": why})) for why in wrong]
    frame += [
        Problem(entry.record, Reason("entry_currency"))
        for entry in entries
        if entry.currency != currency
    ]
    unknown = currency_problem(currency, 0) if currency or entries else None
    return Statement(
        account=account,
        currency=currency,
        opening_minor=_figure(opening, currency),
        closing_minor=_figure(closing, currency),
        entries=tuple(entries),
        number=text_of(at.get("ElctrncSeqNb")) or text_of(at.get("LglSeqNb")),
        problems=(*problems, *frame, *([unknown] if unknown else [])),
        kind=kind,
        closed_on=closing.day if closing else None,
        mixed=bool(mixed),
    )


def _balances(node: etree._Element, wrong: list[Reason]) -> list[tuple[str, Balance]]:
    found: list[tuple[str, Balance]] = []
    for each in node.iterchildren("{*}Bal"):
        at = children(each)
        code = text_at(at.get("Tp"), "CdOrPrtry", "Cd") or text_at(at.get("Tp"), "Cd")
        if code not in (*_OPENING, *_CLOSING):
            continue
        # The Bank of Lithuania leaves the mark out; its statements tie when that means a credit.
        direction = text_of(at.get("CdtDbtInd")) or "CRDT"
        try:
            amount_minor, currency = signed_minor(at.get("Amt"), direction)
        except StatementRefused as refusal:
            wrong.append(Reason("balance_unread", {"name": code, "why": reason_of(refusal)}))
            continue
        found.append((code, Balance(amount_minor, currency, _day(at.get("Dt")))))
    return found


def _pick(
    balances: list[tuple[str, Balance]], codes: tuple[str, ...], wrong: list[Reason]
) -> Balance | None:
    """The balance with the first of *codes* that is stated; none if it is stated twice, unlike."""
    for code in codes:
        stated = [balance for each, balance in balances if each == code]
        if len({(balance.amount_minor, balance.currency) for balance in stated}) > 1:
            wrong.append(Reason("balances_differ", {"name": code}))
            return None
        if stated:
            return stated[0]
    return None


def _figure(balance: Balance | None, currency: str) -> int | None:
    """The balance's figure as stated, with the decimals of the account's currency."""
    return balance and rescaled(balance.amount_minor, balance.currency, currency)


def _currency(node: etree._Element, balances: list[Balance | None], entries: list[Entry]) -> str:
    """The account's currency as declared, else that of its balances, else of its first entry."""
    declared = text_at(node, "Acct", "Ccy")
    if _CURRENCY.fullmatch(declared):
        return declared
    stated = [balance.currency for balance in balances if balance is not None]
    stated += [entry.currency for entry in entries[:1]]
    return stated[0] if stated else ""


def _account(node: etree._Element | None) -> str:
    """IBAN or whatever identifies the account; version 01 has other element names."""
    identity = children(children(node).get("Id"))
    for name in ("IBAN", "BBAN", "UPIC"):
        if name in identity:
            return text_of(identity[name])
    for name in ("Othr", "PrtryAcct"):
        if name in identity:
            return text_at(identity[name], "Id")
    return ""


def _sums_against(node: etree._Element, currency: str, entries: list[Entry]) -> list[Reason]:
    """The bank's own counts and sums (``TxsSummry``) that the entries do not bear out.

    Banks differ on whether entries that are not booked belong to them: either way is accepted.
    """
    summary = children(children(node).get("TxsSummry"))
    wrong: list[Reason] = []
    for name, sign in (("TtlNtries", 0), ("TtlCdtNtries", 1), ("TtlDbtNtries", -1)):
        if name not in summary:
            continue
        mine = [e for e in entries if e.currency == currency and e.amount_minor * sign >= 0]
        readings = [mine, [entry for entry in mine if entry.status == "booked"]]
        at = children(summary[name])
        count, total = text_of(at.get("NbOfNtries")), text_of(at.get("Sum"))
        if re.fullmatch("[0-9]{1,18}", count) and int(count) not in [
            len(each) for each in readings
        ]:
            wrong.append(Reason("count_differs", {"name": name}))
        sums = [sum(abs(entry.amount_minor) for entry in each) for each in readings]
        if total and not _sum_agrees(total, currency, sums):
            wrong.append(Reason("sum_differs", {"name": name}))
    return wrong


def _sum_agrees(total: str, currency: str, sums_minor: list[int]) -> bool:
    try:
        return read_minor(total, currency, ".") in sums_minor
    except StatementRefused:
        return False


def _day(node: etree._Element | None) -> date | None:
    try:
        return read_date(choice_of(node))
    except StatementRefused:
        return None
