"""Enrolment: who is in the register, and can be served."""

from __future__ import annotations

from recupero.errors import NotFound, StoreRefused
from recupero.profiles.profile import Profile
from recupero.settings import Settings
from recupero.steps.services import Services
from recupero.store.embedded import EmbeddedPostgres
from recupero.store.enrolled import Enrolled, enrolled
from recupero.store.session import Store


def registered(settings: Settings) -> list[Enrolled]:
    """Every enrolled institution; asks the database alone, so that no profile can be in the way."""
    if settings.database_url is not None:
        return enrolled(Store(settings.database_url))
    with EmbeddedPostgres(settings.home) as postgres:
        return enrolled(Store(postgres.addresses().database_url))


def refuse_another(services: Services, profile: Profile) -> None:
    """Refuse a profile of another country or currency than its institution is enrolled with.

    Before anything is recorded enrolling corrects the register; afterwards all that is stored is of
    the one it names.
    """
    (there,) = [each for each in enrolled(services.store) if each.code == profile.code]
    stated = profile.institution
    if (there.country, there.currency) != (stated.country, stated.currency):
        raise StoreRefused(
            f"has a history in {there.country} {there.currency}, its profile says "
            f"{stated.country} {stated.currency}",
            profile.code,
            "mend the profile, or enrol the other under a code of its own",
        )


def enrolled_codes(services: Services, code: str | None = None) -> list[str]:
    """The codes in the register, or *code* alone where it is one of them."""
    known = [each.code for each in enrolled(services.store)]
    if code is None:
        if not known:
            raise StoreRefused("holds no institution yet", "database", "recupero institution add")
        return known
    if code not in known:
        raise NotFound("there is no such institution", code, f"known: {', '.join(known) or 'none'}")
    return [code]
