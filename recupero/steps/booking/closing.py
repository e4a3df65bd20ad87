"""Creditor attestations and write-off instructions."""

from __future__ import annotations

import polars as pl

from recupero.steps.booking.case import Booking, Case
from recupero.store import manifest
from recupero.store.rows import Table, rows_of
from recupero.store.tables import attestation, instruction

_ATTESTATION = ("line_number", "account_id", "attestation", "holds", "stated_on", "evidence")
_INSTRUCTION = ("line_number", "account_id", "amount_minor", "decided_on", "resolution")


def book_attestations(case: Case) -> Booking:
    """What the creditor states and answers for, as evidence for the requirement matrix."""
    rows, unknown = case.split_known(case.screened.rows)
    new = _new(case, rows, attestation)
    return Booking(
        frames={attestation: _of_receipt(case, new, _ATTESTATION)},
        booked=new.height,
        unchanged=rows.height - new.height,
        rejects=unknown,
    )


def book_instructions(case: Case) -> Booking:
    """Write-off instructions are held: the closing decides each one on the opinion's ground."""
    rows, unknown = case.split_known(case.screened.rows)
    new = _new(case, rows, instruction)
    return Booking(
        frames={instruction: _of_receipt(case, new, _INSTRUCTION)},
        held=new.height,
        unchanged=rows.height - new.height,
        rejects=unknown,
    )


def _new(case: Case, rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """*rows* but for the lines that an earlier sending of the same bytes brought."""
    before = [one.receipt_id for one in manifest.receipts_at(case.unit, case.receipt.address)]
    known = rows_of(case.unit, table, table.c.receipt_id.in_(before))
    return rows.join(known, on="line_number", how="anti", maintain_order="left")


def _of_receipt(case: Case, rows: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    return rows.select(pl.lit(case.receipt.receipt_id).alias("receipt_id"), *columns)
