"""Settlement, conducted."""

from __future__ import annotations

from datetime import date

from recupero.steps import settle as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("settle", 60)
def settle(institution: str, business_date: date) -> dict[str, int]:
    """Entries decided now, by class."""
    return step.settle(services(), institution, business_date).classes
