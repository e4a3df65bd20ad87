"""The end of retention, conducted: recorded with the day, destroyed once the day is delivered."""

from __future__ import annotations

from datetime import date

from recupero.steps import retain as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("retain", 60)
def retain(institution: str, business_date: date) -> dict[str, int]:
    """Files and papers by kind whose time is over, as recorded."""
    return step.record_due(services(), institution, business_date)


@conducted("destroy", 60)
def destroy(institution: str) -> int:
    """How many objects went; none where another worker has the inbox: the next night's."""
    return step.destroy_if_free(services(), institution)
