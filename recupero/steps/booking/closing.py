"""Creditor attestations and write-off instructions."""

from __future__ import annotations

import polars as pl

from recupero.steps.booking.case import Booking, Case
from recupero.store.tables import attestation, instruction

_ATTESTATION = ("line_number", "account_id", "attestation", "holds", "stated_on", "evidence")
_INSTRUCTION = ("line_number", "account_id", "amount_minor", "decided_on", "resolution")


def book_attestations(case: Case) -> Booking:
    """What the creditor states and answers for, as evidence for the requirement matrix."""
    rows, unknown = case.split_known(case.screened.rows)
    stated = _of_receipt(case, rows, _ATTESTATION)
    return Booking(frames={attestation: stated}, booked=rows.height, rejects=unknown)


def book_instructions(case: Case) -> Booking:
    """Write-off instructions are held: the closing decides each one on the opinion's ground."""
    rows, unknown = case.split_known(case.screened.rows)
    held = _of_receipt(case, rows, _INSTRUCTION)
    return Booking(frames={instruction: held}, held=rows.height, rejects=unknown)


def _of_receipt(case: Case, rows: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    return rows.select(pl.lit(case.receipt.receipt_id).alias("receipt_id"), *columns)
