"""Creditor attestations and write-off instructions: what says the same counts once.

It may have come before in the same file, in the repair of a rejected line or in a file of its own.
"""

from __future__ import annotations

import polars as pl

from recupero.steps.booking.case import Booking, Case
from recupero.store import manifest
from recupero.store.rows import rows_of
from recupero.store.tables import attestation, instruction, write_off

#: All that an attestation says, and an instruction: equal in these, they are the same.
_ATTESTED = ("account_id", "attestation", "holds", "stated_on", "evidence")
_INSTRUCTED = ("account_id", "amount_minor", "decided_on", "resolution")


def book_attestations(case: Case) -> Booking:
    """What the creditor states and answers for, as evidence for the requirement matrix."""
    rows, unknown = case.split_known(case.screened.rows)
    known = rows_of(case.unit, attestation)
    new = rows.join(known, on=_ATTESTED, how="anti", maintain_order="left")
    return Booking(
        frames={attestation: _of_receipt(case, new, _ATTESTED)},
        booked=new.height,
        unchanged=rows.height - new.height,
        rejects=unknown,
    )


def book_instructions(case: Case) -> Booking:
    """Write-off instructions are held: the closing decides each one on the opinion's ground.

    One that waits or was accepted is not held again. One that was refused may be given again, in a
    file of other bytes: what it was refused for may be gone.
    """
    rows, unknown = case.split_known(case.screened.rows)
    new = rows.join(_given(case), on=_INSTRUCTED, how="anti", maintain_order="left")
    return Booking(
        frames={instruction: _of_receipt(case, new, _INSTRUCTED)},
        held=new.height,
        unchanged=rows.height - new.height,
        rejects=unknown,
    )


def _given(case: Case) -> pl.DataFrame:
    """The instructions that are not to be held again."""
    same_bytes = [one.receipt_id for one in manifest.receipts_at(case.unit, case.receipt.address)]
    refused = rows_of(
        case.unit,
        write_off,
        write_off.c.accepted.is_(False),
        write_off.c.receipt_id.not_in(same_bytes),
    )
    line = ["receipt_id", "line_number"]
    return rows_of(case.unit, instruction).join(refused, on=line, how="anti")


def _of_receipt(case: Case, rows: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    return rows.select(pl.lit(case.receipt.receipt_id).alias("receipt_id"), "line_number", *columns)
