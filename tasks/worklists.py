"""Work lists, conducted."""

from __future__ import annotations

from datetime import date
from typing import Any

from recupero.steps import worklists as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("write worklists", 60)
def write_worklists(institution: str, business_date: date) -> dict[str, Any]:
    """Work items, and contacts withheld."""
    return step.write_worklists(services(), institution, business_date)
