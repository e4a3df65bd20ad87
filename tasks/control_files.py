"""Control files, conducted."""

from __future__ import annotations

from datetime import date

from recupero.steps import control_files as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("control files", 15)
def heed(institution: str, business_date: date) -> int:
    """How many control files were taken in, before the files they speak of."""
    return step.heed(services(), institution, business_date)
