"""Public holidays: nation-wide ones, from the ``holidays`` library."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

import holidays


@dataclass(frozen=True, slots=True)
class Calendar:
    """Holidays of *country* in *years*; ``digest`` names the very set that was used.

    Regional and municipal holidays are not in it. A year outside *years* has no holidays here,
    so ask for the year after the business date too: plans look ahead.
    """

    country: str
    years: tuple[int, ...]
    days: frozenset[date]
    digest: str


@cache
def public_holidays(country: str, first_year: int, last_year: int) -> Calendar:
    """The calendar of *country* (ISO 3166-1 alpha-2), both years included.

    An unknown country has an empty calendar; it has no law pack either, so nobody is contacted.
    """
    years = tuple(range(first_year, last_year + 1))
    try:
        days = frozenset(holidays.country_holidays(country, years=years))
    except NotImplementedError:  # how `holidays` says that it does not know the country
        days = frozenset()
    return Calendar(country, years, days, calendar_digest(days))


def calendar_of(country: str, as_of: date) -> Calendar:
    """The calendar a run on *as_of* needs: last year, this one and the next."""
    return public_holidays(country, as_of.year - 1, as_of.year + 1)


def calendar_digest(days: Iterable[date]) -> str:
    """sha256 over the sorted ISO dates, one a line."""
    lines = "".join(f"{day.isoformat()}\n" for day in sorted(days))
    return hashlib.sha256(lines.encode()).hexdigest()
