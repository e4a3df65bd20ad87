"""Finish: what a date that was cut off still owes, before the next date closes it for ever."""

from __future__ import annotations

from datetime import date

from recupero.steps.anchor import anchor
from recupero.steps.exhaust import give_opinions
from recupero.steps.reconcile import reconcile
from recupero.steps.services import Services
from recupero.steps.settle import settle
from recupero.steps.summarise import summarise
from recupero.steps.write_off import decide_instructions
from recupero.store.recordings import newest_date


def finish(services: Services, code: str, business_date: date) -> date | None:
    """Settle, close and report the institution's last date before *business_date*; that date.

    Nobody is contacted for it any more. A date that ended well repeats itself: nothing changes.
    None where there is none, or where *business_date* or a later one has begun.
    """
    with services.store.unit(code) as unit:
        last = newest_date(unit)
    if last is None or last >= business_date:
        return None
    settle(services, code, last)
    give_opinions(services, code, last)
    decide_instructions(services, code, last)
    reconcile(services, code, last)
    summarise(services, code, last)
    anchor(services, code, last)
    return last
