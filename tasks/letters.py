"""Letters, conducted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from recupero.steps import letters as step
from tasks.conducted import conducted
from tasks.workplace import local_time, services


@conducted("write letters", 120)
def write_letters(institution: str, business_date: date, release_at: datetime) -> dict[str, Any]:
    """Letters written and permissions refused at release."""
    now = local_time(institution, release_at)
    return step.write_letters(services(), institution, business_date, now)
