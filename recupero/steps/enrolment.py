"""Enrolment: an institution's partitions, made by the owner role; a rerun changes nothing."""

from __future__ import annotations

from recupero.errors import NotFound, StoreRefused
from recupero.profiles.profile import Profile
from recupero.steps.services import Services
from recupero.store.enrolled import Enrolled, enrolled
from recupero.store.owner import enrol, migrate


def enrol_profile(services: Services, profile: Profile) -> bool:
    """Bring the schema up to date and register the institution; returns whether it was new."""
    migrate(services.owner_url, services.store.role)
    institution = profile.institution
    return enrol(
        services.owner_url,
        code=institution.code,
        name=institution.name,
        country=institution.country,
        currency=institution.currency,
    )


def enrolled_codes(services: Services, code: str | None = None) -> list[str]:
    """The codes in the register, or *code* alone where it is one of them."""
    known = [each.code for each in register(services)]
    if code is None:
        if not known:
            raise StoreRefused("holds no institution yet", "database", "recupero institution add")
        return known
    if code not in known:
        raise NotFound("there is no such institution", code, f"known: {', '.join(known) or 'none'}")
    return [code]


def register(services: Services) -> list[Enrolled]:
    """Every enrolled institution, the agency included."""
    return enrolled(services.store)
