"""Intake of each receipt, conducted."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from recupero.steps import expected
from recupero.steps import intake as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("pending", 15)
def pending(institution: str, business_date: date) -> list[int]:
    """Ids of the receipts nothing was decided about, in the order to take them in."""
    return step.pending(services(), institution, business_date)


@conducted("take in", 120, "take in · {institution} · {receipt_id}")
def take_in(institution: str, receipt_id: int, business_date: date) -> dict[str, int]:
    """What became of the receipt's rows."""
    return asdict(step.take_in(services(), institution, receipt_id, business_date).rows)


@conducted("expected files", 5)
def note_missing(institution: str, business_date: date) -> int:
    """How many files that were expected did not come; an incident tells which."""
    return expected.note_missing(services(), institution, business_date)
