"""Delivery, conducted."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from recupero.steps.deliver import deliver_answers, deliver_documents
from tasks.conducted import conducted
from tasks.workplace import local_time, services


@conducted("deliver", 60)
def deliver(institution: str, business_date: date, release_at: datetime) -> dict[str, int]:
    """Documents sent now, found in place already, and withheld because their date had passed."""
    now = local_time(institution, release_at)
    return asdict(deliver_documents(services(), institution, business_date, now))


@conducted("answer", 60)
def answer(institution: str, business_date: date) -> dict[str, int]:
    """The first beat's documents, the same way."""
    return asdict(deliver_answers(services(), institution, business_date))
