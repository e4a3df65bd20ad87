"""Unseal, conducted."""

from __future__ import annotations

from datetime import date

from recupero.steps import unseal as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("unseal", 60)
def unseal(institution: str, business_date: date) -> int:
    """How many compressed or encrypted files were opened, or refused."""
    return step.unseal(services(), institution, business_date)
