"""The services of this process: opened once, from ``RECUPERO_*``, shared by its threads."""

from __future__ import annotations

import atexit
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime
from threading import Lock

from recupero.settings import load_settings
from recupero.steps import clock, roll_call
from recupero.steps.services import AGENCY, Services, open_services
from tasks.incident import tell
from tasks.secret_block import secret_block

_lock = Lock()
_open = ExitStack()
_services: Services | None = None


def services() -> Services:
    """The process's services, opened at the first call and closed when the process ends.

    A PostgreSQL that already runs on the home is used as a guest.
    """
    global _services
    with _lock:
        if _services is None:
            opened = _open.enter_context(open_services(load_settings()))
            _services = replace(opened, secret_block=secret_block, tell=tell)
        return _services


@atexit.register
def close() -> None:
    """Close them; the next call of :func:`services` reads the settings anew."""
    global _services
    with _lock:
        _services = None
        _open.close()


def institutions() -> list[str]:
    """Codes of the institutions to be served, also of those that will be refused."""
    return roll_call.summoned(services())


def by_country(codes: Iterable[str]) -> dict[str, list[str]]:
    """*codes* by country; the agency is in none."""
    return roll_call.by_country(services(), codes)


def country_of(institution: str) -> str:
    """The country whose law binds the institution's contacts."""
    return services().profile(institution).institution.country


def agency_time(instant: datetime) -> datetime:
    """*instant* on the agency's clock."""
    return local_time(AGENCY, instant)


def local_time(institution: str, instant: datetime) -> datetime:
    """*instant* on the institution's clock, naive; one without a zone is local already."""
    return clock.local_time(services(), institution, instant)


def refuse_future(institution: str, business_date: date, instant: datetime) -> None:
    """Refuse a date that has not begun by *instant* on the institution's clock."""
    clock.refuse_future(services(), institution, business_date, instant)
