"""Assessment, conducted."""

from __future__ import annotations

from datetime import date
from typing import Any

from recupero.steps import assess as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("assess", 60)
def assess(institution: str, business_date: date) -> dict[str, Any]:
    """Accounts by the action that would be due."""
    return step.assess(services(), institution, business_date)
