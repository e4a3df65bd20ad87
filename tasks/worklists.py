"""Work lists, conducted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from recupero.steps import worklists as step
from tasks.conducted import conducted
from tasks.workplace import local_time, services


@conducted("write worklists", 60)
def write_worklists(institution: str, business_date: date, release_at: datetime) -> dict[str, Any]:
    """Work items, and contacts withheld."""
    now = local_time(institution, release_at)
    return step.write_worklists(services(), institution, business_date, now)
