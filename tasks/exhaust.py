"""Exhaustion of efforts, conducted."""

from __future__ import annotations

from datetime import date
from typing import Any

from recupero.steps import exhaust as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("give opinions", 60)
def give_opinions(institution: str, business_date: date) -> dict[str, Any]:
    """Opinions given, and withheld by condition."""
    return step.give_opinions(services(), institution, business_date)
