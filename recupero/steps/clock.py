"""Clock: what time it is where an institution is, and which of its dates have begun."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from recupero.errors import Refused
from recupero.steps.services import Services


def local_time(services: Services, code: str, instant: datetime) -> datetime:
    """*instant* on the institution's clock, naive; one without a zone is local already."""
    if instant.tzinfo is None:
        return instant
    zone = ZoneInfo(services.profile(code).institution.timezone)
    return instant.astimezone(zone).replace(tzinfo=None)


def refuse_future(services: Services, code: str, business_date: date, instant: datetime) -> None:
    """Raise :class:`~recupero.errors.Refused` where *business_date* is after *instant*'s date.

    Dates never go back in a chain: a mistyped one would close every date before it.
    """
    today = local_time(services, code, instant).date()
    if business_date > today:
        raise Refused(
            f"{business_date} has not begun: it is {today} there", code, f"run {today} or earlier"
        )
