"""Write-off, conducted."""

from __future__ import annotations

from datetime import date
from typing import Any

from recupero.steps import write_off as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("decide write-offs", 60)
def decide_instructions(institution: str, business_date: date) -> dict[str, Any]:
    """Instructions accepted, held and refused."""
    return step.decide_instructions(services(), institution, business_date)
