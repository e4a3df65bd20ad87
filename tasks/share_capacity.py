"""Sharing the agency's capacity, conducted."""

from __future__ import annotations

from datetime import date

from recupero.steps import share_capacity as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("share capacity", 15, "share capacity · {business_date}")
def share_capacity(business_date: date) -> dict[str, int]:
    """Accounts each institution's desks can carry."""
    return step.share_capacity(services(), business_date)
