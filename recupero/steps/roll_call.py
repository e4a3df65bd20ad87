"""Roll call: who is served where, and whose money of the day has been taken in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from recupero.errors import DraftProfile, Refused
from recupero.steps.services import AGENCY, Services
from recupero.store.enrolled import enrolled
from recupero.store.recordings import find


def summoned(services: Services) -> list[str]:
    """Whoever has a profile, even a wrong one, or is enrolled: served, or named as not served."""
    return sorted(_known(services) - {AGENCY})


def unserved(services: Services) -> dict[str, str]:
    """Why those of the summoned, and the agency, that cannot be served cannot be."""
    there = {each.code for each in enrolled(services.store)}
    reasons: dict[str, str] = {}
    for code in sorted(_known(services)):
        try:
            services.profile(code)
        except Refused as refusal:
            reasons[code] = str(refusal)
        else:
            if code not in there:
                reasons[code] = f"not enrolled: recupero institution add {code}"
    return reasons


def in_country(services: Services, country: str) -> list[str]:
    """Codes of the institutions enrolled for *country*, whatever their profiles say by now."""
    known = enrolled(services.store)
    return [each.code for each in known if each.country == country and each.code != AGENCY]


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
    them all. One without a valid profile, or not enrolled, takes no part.
    Raises :class:`~recupero.errors.Refused` naming those who are missing.
    """
    country = services.profile(code).institution.country
    served = by_country(services, services.institutions())[country]
    codes = [other for other in in_country(services, country) if other in served]
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


def _known(services: Services) -> set[str]:
    there = {each.code for each in enrolled(services.store)}
    wrong = [code for code, why in services.broken.items() if not isinstance(why, DraftProfile)]
    return {*services.profiles, *wrong, *there}
