"""Enrolment: who is in the register, and can be served."""

from __future__ import annotations

from recupero.errors import NotFound, StoreRefused
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
