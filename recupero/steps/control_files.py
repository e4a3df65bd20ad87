"""Control files are taken in before the files they speak of, as soon as the other is there."""

from __future__ import annotations

from datetime import date

from recupero.profiles.profile import Profile
from recupero.profiles.sealed import outermost
from recupero.steps.booking.control import is_control, spoken_of, waited
from recupero.steps.intake import take_in
from recupero.steps.lease import leased
from recupero.steps.services import Services
from recupero.store import manifest
from recupero.store.manifest import Receipt
from recupero.store.recordings import is_closed
from recupero.store.session import Unit


def heed(services: Services, code: str, business_date: date) -> int:
    """Take in the control files whose files are there or are waited for no longer; how many.

    What one brings again gets a receipt, so the inbox's lease is needed. None on a closed date.
    """
    profile = services.profile(code)
    with services.store.unit(code) as unit:
        waiting = [] if is_closed(unit, business_date) else manifest.pending_receipts(unit)
        ready = [one.receipt_id for one in waiting if _is_ready(unit, profile, one, business_date)]
    if ready:
        with leased(services, code, "inbox") as ours:
            for receipt_id in ready:
                take_in(services, code, receipt_id, business_date, ours.confirm)
    return len(ready)


def _is_ready(unit: Unit, profile: Profile, one: Receipt, business_date: date) -> bool:
    if outermost(one.name) is not None or not is_control(profile, one.name, business_date):
        return False
    return waited(profile, one, business_date) or spoken_of(unit, profile, one.name) is not None
