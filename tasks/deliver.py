"""Delivery, conducted."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from recupero.steps.deliver import deliver_answers, deliver_documents
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("deliver", 60)
def deliver(institution: str, business_date: date) -> dict[str, int]:
    """Documents sent now, and found in place already."""
    return asdict(deliver_documents(services(), institution, business_date))


@conducted("answer", 60)
def answer(institution: str, business_date: date) -> dict[str, int]:
    """The first beat's documents sent now, and found in place already."""
    return asdict(deliver_answers(services(), institution, business_date))
