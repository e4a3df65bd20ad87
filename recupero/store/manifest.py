"""Receipts: what came in and what became of it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import ColumnElement, cast, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB

from recupero.store import bulk
from recupero.store.canonical import identity
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import (
    document,
    member,
    receipt,
    receipt_outcome,
    reject,
    repair,
    run_input,
)

#: States of a receipt of which nothing was taken: done with; or held, waiting for a word.
REFUSED = frozenset({"refused", "quarantined"})
NOT_TAKEN = REFUSED | {"held"}

#: Rules of rejected rows that may well be taken later, as they are: once what they name is ours.
TAKEN_LATER = frozenset({"unknown_account", "person_not_known", "not_opened_yet"})


@dataclass(frozen=True)
class Receipt:
    """A file that came in; ``address`` finds its bytes in the vault.

    ``container_id`` is the receipt of the sealed file it came in, if it came in one, or of the
    control file that brought it again.
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


#: Tables whose rows name objects of the vault.
_VAULTED = (receipt, document, run_input)

_RECEIPT = [
    member.c[name] if name == "container_id" else receipt.c[name]
    for name in Receipt.__dataclass_fields__
]


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


def subject_of(receipt_id: int) -> str:
    """The natural key of the decision about a plain file."""
    return f"intake:{receipt_id}"


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


def receipts_beginning(unit: Unit, text: str) -> list[Receipt]:
    """Receipts whose file name begins with *text*, oldest first."""
    return _receipts(unit, receipt.c.name.startswith(text, autoescape=True))


def receipts_at(unit: Unit, address: str) -> list[Receipt]:
    """Receipts of the same bytes, oldest first."""
    return _receipts(unit, receipt.c.address == address)


def booked_receipt(unit: Unit, address: str, kind: str | None) -> Receipt | None:
    """The first receipt of these bytes that was booked, as *kind* where one is given.

    Not one that has rows to be taken later: sent again, as its acknowledgement asks, it is judged.
    """
    booked = select(receipt_outcome.c.receipt_id).where(
        receipt_outcome.c.institution == unit.institution,
        receipt_outcome.c.state == "booked",
        true() if kind is None else receipt_outcome.c.kind == kind,
    )
    found = _receipts(unit, (receipt.c.address == address) & receipt.c.receipt_id.in_(booked))
    later = _taken_later(unit, found)
    return next((one for one in found if one.receipt_id not in later), None)


def last_booked(unit: Unit, kind: str) -> Receipt | None:
    """The newest receipt that was booked as *kind*; one that brought back lines of another says
    nothing after it.
    """
    found = booked_since(unit, kind, 0)
    return found[-1] if found else None


def booked_since(unit: Unit, kind: str, sequence: int) -> list[Receipt]:
    """Receipts that arrived after the *sequence*-th and were booked as *kind*, in order of arrival;
    not those that brought back lines of another.
    """
    booked = select(receipt_outcome.c.receipt_id).where(
        receipt_outcome.c.institution == unit.institution,
        receipt_outcome.c.state == "booked",
        receipt_outcome.c.kind == kind,
        cast(receipt_outcome.c.control, JSONB)["repairs"].astext.is_(None),
    )
    return _receipts(unit, receipt.c.receipt_id.in_(booked) & (receipt.c.sequence > sequence))


def states(unit: Unit, receipts: list[Receipt]) -> dict[int, str]:
    """What became of *receipts*, by id; one nothing was decided about is not in it."""
    if not receipts:
        return {}
    rows = unit.connection.execute(
        select(receipt_outcome.c.receipt_id, receipt_outcome.c.state).where(
            receipt_outcome.c.institution == unit.institution,
            receipt_outcome.c.receipt_id.in_([one.receipt_id for one in receipts]),
        )
    )
    return {row.receipt_id: row.state for row in rows}


def outcomes_of(unit: Unit, receipts: list[Receipt]) -> dict[int, dict[str, Any]]:
    """The rows of what became of *receipts*, by id; of an undecided one there is none."""
    ids = [one.receipt_id for one in receipts]
    rows = rows_of(unit, receipt_outcome, receipt_outcome.c.receipt_id.in_(ids)) if ids else None
    return {} if rows is None else {row["receipt_id"]: row for row in rows.iter_rows(named=True)}


def control_file(outcome: dict[str, Any]) -> int | None:
    """The receipt of the control file with which a file was judged that has this *outcome*."""
    told = json.loads(outcome["control"] or "{}").get("control_file")
    return None if told is None else int(told)


def not_taken(unit: Unit, receipts: list[Receipt]) -> set[int]:
    """Ids of those *receipts* of which, or of a file in which, nothing was taken, or not all that
    may be taken later."""
    if not receipts:
        return set()
    ids = [one.receipt_id for one in receipts]
    inside = _receipts(unit, member.c.container_id.in_(ids))
    became = states(unit, receipts + inside)
    later = _taken_later(unit, receipts + inside)
    left = [
        one
        for one in receipts + inside
        if became.get(one.receipt_id) in NOT_TAKEN or one.receipt_id in later
    ]
    containers = {one.container_id for one in left if one.container_id is not None}
    return {one.receipt_id for one in left} | containers


def _taken_later(unit: Unit, receipts: list[Receipt]) -> set[int]:
    """Ids of those *receipts* with rejected rows that may be taken when they come again; one that
    came back repaired was taken.
    """
    if not receipts:
        return set()
    came_back = exists().where(
        repair.c.institution == reject.c.institution,
        repair.c.of_receipt_id == reject.c.receipt_id,
        repair.c.of_line_number == reject.c.line_number,
    )
    rows = unit.connection.execute(
        select(reject.c.receipt_id)
        .where(
            reject.c.institution == unit.institution,
            reject.c.receipt_id.in_([one.receipt_id for one in receipts]),
            reject.c.rule.in_(sorted(TAKEN_LATER)),
            ~came_back,
        )
        .distinct()
    )
    return set(rows.scalars())


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
