"""The transactions inside a camt entry (``NtryDtls/TxDtls``)."""

from __future__ import annotations

from lxml import etree

from recupero.errors import StatementRefused
from recupero.statements.camt_xml import children, local_name, signed_minor, text_at, text_of
from recupero.statements.entry import Part, Problem
from recupero.statements.reasons import Reason

__all__ = ["read_parts"]

Transaction = dict[str, etree._Element]

_NOTHING = frozenset({"NOTPROVIDED", "NONREF"})


def read_parts(
    entry: etree._Element,
    amount_minor: int,
    currency: str,
    record: int,
    problems: list[Problem],
) -> tuple[Part, ...]:
    """The transactions, if they account for the entry to the cent.

    A single transaction describes the entry and carries its amount whatever it states itself
    (charges taken off, another currency). Several that do not sum to the entry give none: the
    entry stays whole, since repeating or guessing a share would book money that did not come.
    """
    details = list(entry.iter("{*}TxDtls"))
    if not details:
        return ()
    transactions = [children(each) for each in details]
    shares = [_share(each, amount_minor, currency) for each in transactions]
    if len(details) == 1:
        if shares[0] is not None and shares[0] != amount_minor:
            problems.append(Problem(record, Reason("part_differs")))
        return (_part(transactions[0], amount_minor, amount_minor > 0),)
    known = [share for share in shares if share is not None]
    if len(known) < len(details):
        rule = "parts_unstated"
    elif sum(known) != amount_minor:
        rule = "parts_do_not_sum"
    else:
        return tuple(
            _part(each, share, amount_minor > 0)
            for each, share in zip(transactions, known, strict=True)
        )
    problems.append(Problem(record, Reason(rule)))
    return ()


def _share(at: Transaction, amount_minor: int, currency: str) -> int | None:
    """What the transaction states, signed; None unless it is an amount in the entry's currency."""
    amount = at.get("Amt")
    if amount is None:
        amount = children(children(at.get("AmtDtls")).get("TxAmt")).get("Amt")
    direction = text_of(at.get("CdtDbtInd")) or ("CRDT" if amount_minor > 0 else "DBIT")
    try:
        share_minor, stated = signed_minor(amount, direction)
    except StatementRefused:
        return None
    return share_minor if stated == currency else None


def _part(at: Transaction, amount_minor: int, credit: bool) -> Part:
    references = children(at.get("Refs"))
    end_to_end = text_of(references.get("EndToEndId"))
    name, identity = _other_party(at.get("RltdPties"), "Dbtr" if credit else "Cdtr")
    return Part(
        amount_minor=amount_minor,
        bank_reference=text_of(references.get("AcctSvcrRef")),
        end_to_end="" if end_to_end in _NOTHING else end_to_end,
        payer_name=name,
        payer_id=identity,
        remittance=_remittance(at.get("RmtInf")) or text_of(at.get("AddtlTxInf")),
    )


def _other_party(parties: etree._Element | None, role: str) -> tuple[str, str]:
    """Name and identity number of *role*, else of its ultimate party."""
    at = children(parties)
    for party in (at.get(role), at.get("Ultmt" + role)):
        if party is None:
            continue
        # Version 8 put the party's elements inside a Pty: descendants, not children, are asked.
        name = text_of(next(party.iter("{*}Nm"), None))
        identity = _identity(party)
        if name or identity:
            return name, identity
    return "", ""


def _identity(party: etree._Element) -> str:
    for other in party.iter("{*}Othr", "{*}PrtryId"):
        holder = other.getparent()
        if holder is not None and local_name(holder) in ("PrvtId", "OrgId"):
            return text_at(other, "Id")
    return ""


def _remittance(node: etree._Element | None) -> str:
    """Free text first, then what is structured: references, document numbers, remarks."""
    if node is None:
        return ""
    free: list[str] = []
    structured: list[str] = []
    for each in node:
        if local_name(each) == "Ustrd":
            free.append(text_of(each))
        elif local_name(each) == "Strd":
            structured += _structured(each)
    return " ".join(text for text in (*free, *structured) if text)


def _structured(node: etree._Element) -> list[str]:
    reference = children(children(node).get("CdtrRefInf"))
    return [
        text_of(reference.get("Ref")) or text_of(reference.get("CdtrRef")),  # CdtrRef: version 01
        *(text_at(each, "Nb") for each in node.iterchildren("{*}RfrdDocInf")),
        *(text_of(each) for each in node.iterchildren("{*}AddtlRmtInf")),
    ]
