"""Permissions, conducted."""

from __future__ import annotations

from datetime import date
from typing import Any

from recupero.steps import plan as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("plan", 60)
def plan(institution: str, business_date: date) -> dict[str, Any]:
    """Contacts allowed, and withheld by rule."""
    return step.plan(services(), institution, business_date)
