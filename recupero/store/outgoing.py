"""Documents: what goes out, and how its delivery ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.dialects.postgresql import insert

from recupero.store.session import Unit
from recupero.store.tables import delivery, delivery_attempt, delivery_decision, document

#: How a delivery ends: seen over there; withheld, because its date had passed; or nobody can tell,
#: because the reply was lost and nothing of it is there.
IN_PLACE = "in_place"
TOO_LATE = "too_late"
UNCERTAIN = "uncertain"


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


def attempted(unit: Unit) -> frozenset[int]:
    """Ids of documents that may be visible over there though their delivery has not ended."""
    ended = select(delivery.c.document_id).where(delivery.c.institution == unit.institution)
    tried = select(delivery_attempt.c.document_id).where(
        delivery_attempt.c.institution == unit.institution,
        delivery_attempt.c.document_id.not_in(ended),
    )
    return frozenset(unit.connection.execute(tried).scalars())


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
    """That a row of ``delivery`` ended in *outcome*; one an operator decided about is in place."""
    decided = exists().where(
        delivery_decision.c.institution == delivery.c.institution,
        delivery_decision.c.document_id == delivery.c.document_id,
    )
    ended = delivery.c.outcome == outcome
    return ended | decided if outcome == IN_PLACE else ended & ~decided


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
