"""Reconciliation, conducted."""

from __future__ import annotations

from datetime import date
from typing import Any

from recupero.steps import reconcile as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("reconcile", 30)
def reconcile(institution: str, business_date: date) -> dict[str, Any]:
    """The report's version, what was received and what is open."""
    return step.reconcile(services(), institution, business_date)
