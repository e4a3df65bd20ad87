"""The end of retention, conducted."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from recupero.steps import retain as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("retain", 60)
def retain(institution: str, business_date: date) -> dict[str, Any]:
    """Files and papers by kind whose time is over, and how many objects went."""
    return asdict(step.retain(services(), institution, business_date))
