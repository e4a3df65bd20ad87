"""Roll call: who is served where, and whose money of the day has been taken in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from recupero.errors import Refused
from recupero.steps.services import Services
from recupero.store.recordings import find


def by_country(services: Services, codes: Iterable[str]) -> dict[str, list[str]]:
    """*codes* by the country of the institution; the agency and others without one left out."""
    grouped: dict[str, list[str]] = defaultdict(list)
    served = set(services.institutions())
    for code in sorted(served.intersection(codes)):
        grouped[services.profile(code).institution.country].append(code)
    return dict(sorted(grouped.items()))


def neighbours(services: Services, code: str, business_date: date) -> list[str]:
    """All institutions of *code*'s country, once each has been assessed on the date.

    Contact slots are granted among all that know a person: who asked alone and first would get
    them all. Raises :class:`~recupero.errors.Refused` naming those who are missing.
    """
    country = services.profile(code).institution.country
    codes = by_country(services, services.institutions())[country]
    missing = [other for other in codes if not _assessed(services, other, business_date)]
    if missing:
        raise Refused(
            f"{', '.join(missing)} not settled on {business_date}",
            f"contact slots of {country}",
            "run their day first, or the night, which goes on without them",
        )
    return codes


def _assessed(services: Services, code: str, business_date: date) -> bool:
    with services.store.unit(code) as unit:
        return find(unit, f"assessment:{business_date}") is not None
