"""What the last date still owes, conducted."""

from __future__ import annotations

from datetime import date

from recupero.steps import finish as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("finish the last date", 60)
def finish(institution: str, business_date: date) -> date | None:
    """The date that was finished, or found finished."""
    return step.finish(services(), institution, business_date)
