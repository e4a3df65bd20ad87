"""Before the first step: the schema of this version, and every institution in the register.

A module of its own, because what migrates a schema takes longer to load than most commands run.
"""

from __future__ import annotations

from collections.abc import Iterable

from recupero.profiles.profile import Profile
from recupero.steps.services import Services
from recupero.store.owner import enrol, migrate


def prepare(services: Services, profiles: Iterable[Profile] | None = None) -> list[str]:
    """Bring the schema up to date and enrol *profiles*, all by default; returns whose were new."""
    migrate(services.owner_url, services.store.role)
    return [
        profile.code
        for profile in (services.profiles.values() if profiles is None else profiles)
        if enrol(
            services.owner_url,
            code=profile.code,
            name=profile.institution.name,
            country=profile.institution.country,
            currency=profile.institution.currency,
        )
    ]
