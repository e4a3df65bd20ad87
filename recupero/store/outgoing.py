"""Documents: what goes out, and how its delivery ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.dialects.postgresql import insert

from recupero.store.session import Unit
from recupero.store.tables import (
    delivery,
    delivery_attempt,
    delivery_decision,
    document,
    encrypted_document,
)

#: How a delivery ends: seen over there; withheld, because its date had passed; or nobody can tell,
#: because the reply was lost and nothing of it is there. Of those the institution may say: lost.
IN_PLACE = "in_place"
TOO_LATE = "too_late"
UNCERTAIN = "uncertain"
LOST = "lost"


@dataclass(frozen=True)
class Document:
    """A document that goes out; ``address`` finds its bytes in the vault."""

    document_id: int
    kind: str
    name: str
    destination: str
    business_date: date
    address: str
    size_bytes: int


@dataclass(frozen=True)
class Encrypted:
    """A document as it leaves encrypted: where its bytes are, and for which fingerprints.

    Once ``attempted`` it may be visible over there, and no other is made.
    """

    number: int
    address: str
    size_bytes: int
    recipients: str
    attempted: bool


_DOCUMENT = [document.c[name] for name in Document.__dataclass_fields__]


def documents(unit: Unit, business_date: date | None = None) -> list[Document]:
    """Documents of a business date or of all, by destination and name."""
    query = select(*_DOCUMENT).where(document.c.institution == unit.institution)
    if business_date is not None:
        query = query.where(document.c.business_date == business_date)
    rows = unit.connection.execute(query.order_by(document.c.destination, document.c.name))
    return [Document(*row) for row in rows]


def attempt(unit: Unit, of: Document) -> None:
    """Write down that *of* may be visible over there from now on; a second time is the first."""
    row = {
        "institution": unit.institution, "document_id": of.document_id, "address": of.address,
    }  # fmt: skip
    unit.connection.execute(insert(delivery_attempt).values(row).on_conflict_do_nothing())


def attempted(unit: Unit) -> Mapping[int, str]:
    """Documents that may be visible over there though their delivery has not ended: by id, the
    address of the bytes that may."""
    ended = select(delivery.c.document_id).where(delivery.c.institution == unit.institution)
    tried = select(delivery_attempt.c.document_id, delivery_attempt.c.address).where(
        delivery_attempt.c.institution == unit.institution,
        delivery_attempt.c.document_id.not_in(ended),
    )
    return dict(unit.connection.execute(tried).tuples().all())


def encrypted(unit: Unit, of: Document) -> Encrypted | None:
    """*of* as it leaves encrypted, the last that was announced; its object may yet be missing."""
    own = encrypted_document.c
    is_attempted = exists().where(
        delivery_attempt.c.institution == own.institution,
        delivery_attempt.c.document_id == own.document_id,
        delivery_attempt.c.address == own.address,
    )
    last = (
        select(own.number, own.address, own.size_bytes, own.recipients, is_attempted)
        .where(own.institution == unit.institution, own.document_id == of.document_id)
        .order_by(own.number.desc())
        .limit(1)
    )
    row = unit.connection.execute(last).one_or_none()
    return None if row is None else Encrypted(*row)


def announce_encrypted(
    unit: Unit, of: Document, address: str, size_bytes: int, recipients: str
) -> None:
    """Write down that *of* is about to be kept encrypted too; it stands for what was before."""
    own = encrypted_document.c
    before = select(func.coalesce(func.max(own.number), 0)).where(
        own.institution == unit.institution, own.document_id == of.document_id
    )
    row = {
        "institution": unit.institution, "document_id": of.document_id,
        "number": unit.connection.execute(before).scalar_one() + 1, "address": address,
        "size_bytes": size_bytes, "recipients": recipients,
    }  # fmt: skip
    unit.connection.execute(insert(encrypted_document).values(row))


def undelivered(unit: Unit) -> list[Document]:
    """Documents whose delivery has not ended: what is still to be brought."""
    sent = select(delivery.c.document_id).where(delivery.c.institution == unit.institution)
    rows = unit.connection.execute(
        select(*_DOCUMENT)
        .where(document.c.institution == unit.institution, document.c.document_id.not_in(sent))
        .order_by(document.c.destination, document.c.name)
    )
    return [Document(*row) for row in rows]


def ended_in(outcome: str) -> ColumnElement[bool]:
    """That a row of ``delivery`` ended in *outcome*; one an operator decided about is lost where
    that was said, else in place."""
    decided = exists().where(
        delivery_decision.c.institution == delivery.c.institution,
        delivery_decision.c.document_id == delivery.c.document_id,
    )
    if outcome == LOST:
        return decided.where(delivery_decision.c.decision == LOST)
    ended = delivery.c.outcome == outcome
    if outcome == IN_PLACE:
        return ended | decided.where(delivery_decision.c.decision != LOST)
    return ended & ~decided


def delivered(unit: Unit, outcome: str, business_date: date | None = None) -> list[Document]:
    """Documents whose delivery ended in *outcome*, on a business date or on any."""
    ended = select(delivery.c.document_id).where(
        delivery.c.institution == unit.institution,
        ended_in(outcome),
        true() if business_date is None else delivery.c.business_date == business_date,
    )
    rows = unit.connection.execute(
        select(*_DOCUMENT)
        .where(document.c.institution == unit.institution, document.c.document_id.in_(ended))
        .order_by(document.c.destination, document.c.name)
    )
    return [Document(*row) for row in rows]
