"""The day's summary, conducted."""

from __future__ import annotations

from datetime import date
from typing import Any

from recupero.steps import summarise as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("summarise", 30)
def summarise(institution: str, business_date: date) -> dict[str, Any]:
    """The page operations read, and how many things on it need somebody."""
    return step.summarise(services(), institution, business_date)
