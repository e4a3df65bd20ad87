"""Receipts and documents: what came in, what became of it, what goes out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert

from recupero.store import bulk
from recupero.store.canonical import identity
from recupero.store.session import Unit
from recupero.store.tables import (
    delivery,
    delivery_attempt,
    delivery_decision,
    document,
    member,
    receipt,
    receipt_outcome,
    run_input,
)

#: States of a receipt of which nothing was taken: done with; or held, waiting for a word.
REFUSED = frozenset({"refused", "quarantined"})
NOT_TAKEN = REFUSED | {"held"}

#: How a delivery ends: seen over there; withheld, because its date had passed; or nobody can tell,
#: because the reply was lost and nothing of it is there.
IN_PLACE = "in_place"
TOO_LATE = "too_late"
UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class Receipt:
    """A file that came in; ``address`` finds its bytes in the vault.

    ``container_id`` is the receipt of the sealed file it came in, if it came in one.
    """

    receipt_id: int
    name: str
    address: str
    size_bytes: int
    side_digest: str | None
    business_date: date
    sequence: int
    duplicate_of: int | None
    container_id: int | None


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


#: Tables whose rows name objects of the vault.
_VAULTED = (receipt, document, run_input)

_RECEIPT = [
    member.c[name] if name == "container_id" else receipt.c[name]
    for name in Receipt.__dataclass_fields__
]
_DOCUMENT = [document.c[name] for name in Document.__dataclass_fields__]


def receipt_identity(key: bytes, address: str, name: str, sending: int) -> int:
    """The id of the receipt for the *sending*-th time, from 1, that these bytes came so called."""
    again = () if sending == 1 else (sending,)
    return identity(key, "receipt", address, name, *again)


def arrived(unit: Unit) -> tuple[set[str], int]:
    """The addresses of all receipts, and the last place in their order of arrival."""
    rows = unit.connection.execute(
        select(receipt.c.address, receipt.c.sequence).where(
            receipt.c.institution == unit.institution
        )
    ).all()
    return {row.address for row in rows}, max((row.sequence for row in rows), default=0)


def member_identity(key: bytes, container_id: int, address: str, name: str) -> int:
    """The id of the receipt of these bytes, so called, in the sealed file of another receipt."""
    return identity(key, "member", container_id, address, name)


def next_sequence(unit: Unit) -> int:
    """The place in the order of arrival that the next receipt takes."""
    last = unit.connection.execute(
        select(func.max(receipt.c.sequence)).where(receipt.c.institution == unit.institution)
    ).scalar()
    return (last or 0) + 1


def names_objects(unit: Unit) -> bool:
    """Whether anything the institution has is in the vault: a file, a paper, an input of a run."""
    asked = [exists().where(t.c.institution == unit.institution) for t in _VAULTED]
    return bool(unit.connection.execute(select(or_(*asked))).scalar_one())


def receipts_named(unit: Unit, name: str) -> list[Receipt]:
    """Receipts of a file name, oldest first."""
    return _receipts(unit, receipt.c.name == name)


def receipts_at(unit: Unit, address: str) -> list[Receipt]:
    """Receipts of the same bytes, oldest first."""
    return _receipts(unit, receipt.c.address == address)


def booked_receipt(unit: Unit, address: str, kind: str | None) -> Receipt | None:
    """The first receipt of these bytes that was booked, as *kind* where one is given."""
    booked = select(receipt_outcome.c.receipt_id).where(
        receipt_outcome.c.institution == unit.institution,
        receipt_outcome.c.state == "booked",
        true() if kind is None else receipt_outcome.c.kind == kind,
    )
    found = _receipts(unit, (receipt.c.address == address) & receipt.c.receipt_id.in_(booked))
    return found[0] if found else None


def last_booked(unit: Unit, kind: str) -> Receipt | None:
    """The newest receipt that was booked as *kind*."""
    booked = select(receipt_outcome.c.receipt_id).where(
        receipt_outcome.c.institution == unit.institution,
        receipt_outcome.c.state == "booked",
        receipt_outcome.c.kind == kind,
    )
    found = _receipts(unit, receipt.c.receipt_id.in_(booked))
    return found[-1] if found else None


def states(unit: Unit, receipts: list[Receipt]) -> dict[int, str]:
    """What became of *receipts*, by id; one nothing was decided about is not in it."""
    rows = unit.connection.execute(
        select(receipt_outcome.c.receipt_id, receipt_outcome.c.state).where(
            receipt_outcome.c.institution == unit.institution,
            receipt_outcome.c.receipt_id.in_([one.receipt_id for one in receipts]),
        )
    )
    return {row.receipt_id: row.state for row in rows}


def not_taken(unit: Unit, receipts: list[Receipt]) -> set[int]:
    """Ids of those *receipts* of which, or of a file in which, nothing was taken."""
    ids = [one.receipt_id for one in receipts]
    inside = _receipts(unit, member.c.container_id.in_(ids))
    became = states(unit, receipts + inside)
    left = [one for one in receipts + inside if became.get(one.receipt_id) in NOT_TAKEN]
    containers = {one.container_id for one in left if one.container_id is not None}
    return {one.receipt_id for one in left} | containers


def members_of(unit: Unit, container_id: int) -> list[Receipt]:
    """What came in a sealed file, by its receipt, in order of arrival."""
    return _receipts(unit, member.c.container_id == container_id)


def pending_receipts(unit: Unit) -> list[Receipt]:
    """Receipts nothing was decided about yet, in order of arrival."""
    decided = select(receipt_outcome.c.receipt_id).where(
        receipt_outcome.c.institution == unit.institution
    )
    return _receipts(unit, receipt.c.receipt_id.not_in(decided))


def receipts_of(unit: Unit, business_date: date) -> list[Receipt]:
    """Receipts of a date, in order of arrival."""
    return _receipts(unit, receipt.c.business_date == business_date)


def names_of(unit: Unit, receipt_ids: Collection[int]) -> dict[int, str]:
    """What the files of receipts are called, by id."""
    found = _receipts(unit, receipt.c.receipt_id.in_(sorted(receipt_ids)))
    return {one.receipt_id: one.name for one in found}


def all_receipts(unit: Unit) -> list[Receipt]:
    """Every receipt, in order of arrival."""
    return _receipts(unit, true())


def receipt_by_id(unit: Unit, receipt_id: int) -> Receipt | None:
    """One receipt, or none."""
    found = _receipts(unit, receipt.c.receipt_id == receipt_id)
    return found[0] if found else None


def outcomes(unit: Unit, business_date: date | None = None) -> pl.DataFrame:
    """Receipts with their outcome, of a business date or of all, in order of arrival."""
    query = (
        select(
            receipt.c.receipt_id,
            receipt.c.name,
            receipt.c.address,
            receipt.c.size_bytes,
            receipt.c.sequence,
            *(c for c in receipt_outcome.c if c.name not in {"institution", "receipt_id"}),
        )
        .join_from(
            receipt_outcome,
            receipt,
            (receipt.c.institution == receipt_outcome.c.institution)
            & (receipt.c.receipt_id == receipt_outcome.c.receipt_id),
        )
        .where(receipt_outcome.c.institution == unit.institution)
        .order_by(receipt.c.sequence)
    )
    if business_date is not None:
        query = query.where(receipt_outcome.c.business_date == business_date)
    return bulk.read(unit.connection, query)


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


def _receipts(unit: Unit, condition: ColumnElement[bool]) -> list[Receipt]:
    rows = unit.connection.execute(
        select(*_RECEIPT)
        .select_from(
            receipt.outerjoin(
                member,
                (member.c.institution == receipt.c.institution)
                & (member.c.receipt_id == receipt.c.receipt_id),
            )
        )
        .where(receipt.c.institution == unit.institution, condition)
        .order_by(receipt.c.sequence)
    )
    return [Receipt(*row) for row in rows]
