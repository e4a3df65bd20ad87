"""The day's part of the chain, conducted."""

from __future__ import annotations

from datetime import date
from typing import Any

from recupero.steps import anchor as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("anchor", 10)
def anchor(institution: str, business_date: date) -> dict[str, Any]:
    """How many recordings the institution is told the heads of."""
    return step.anchor(services(), institution, business_date)
