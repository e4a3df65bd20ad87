"""Contact slots of a country, conducted."""

from __future__ import annotations

from datetime import date

from recupero.steps import roll_call
from recupero.steps import slots as step
from tasks.conducted import conducted
from tasks.workplace import services


@conducted("neighbours", 5)
def neighbours(institution: str, business_date: date) -> list[str]:
    """The country's institutions; refused, naming who is missing, until all are assessed."""
    return roll_call.neighbours(services(), institution, business_date)


@conducted("grant slots", 60, "grant slots · {country}")
def grant_slots(country: str, institutions: list[str], business_date: date) -> dict[str, int]:
    """Contacts refused per institution."""
    return step.grant_slots(services(), country, institutions, business_date)
