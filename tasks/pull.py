"""Pull, conducted."""

from __future__ import annotations

from datetime import date

from recupero.steps import pull as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("pull", 60)
def pull(institution: str, business_date: date) -> dict[str, int]:
    """Files received, seen before and left where they were; closed 1 where none was looked at."""
    pulled = step.pull(services(), institution, business_date)
    return {
        "received": pulled.received,
        "seen_before": pulled.seen_before,
        "skipped": pulled.skipped,
        "closed": int(pulled.closed),
    }
