"""Night: all institutions' business day in its three beats; who fails stops nobody else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from prefect import State, flow
from prefect.runtime import flow_run

from flows.agency import agency
from flows.one_heartbeat import one_heartbeat
from flows.outcome import completed, left_waiting, outcome, started_at
from flows.receive import receive
from flows.respond import respond
from flows.slots import slots
from recupero.steps.services import AGENCY
from tasks.assess import assess
from tasks.workplace import agency_time, by_country, institutions


@flow(name="night", flow_run_name="night · {business_date}")
def night(business_date: date, release_at: datetime) -> State[Any]:
    """Agency and money, then contact slots by country, then contact, closing and delivery.

    Whoever's money is not in is not contacted, and nobody is before our own roster is in. Call it
    with ``return_state=True``: it ends failed, naming who and why, when any part did.
    *release_at*: naive is each one's local time.
    """
    with one_heartbeat():
        ours = {AGENCY: agency(business_date, return_state=True)}
        received = {
            code: receive(code, business_date, return_state=True) for code in institutions()
        }
        assessed = {
            code: assess(code, business_date, return_state=True)
            for code in completed(received, after=ours)
        }
        settled = by_country(completed(assessed))
        granted = {
            country: slots(country, codes, business_date, return_state=True)
            for country, codes in settled.items()
        }
        responded = {
            code: respond(code, business_date, release_at, return_state=True)
            for country in completed(granted)
            for code in settled[country]
        }
    return outcome(ours, received, assessed, granted, responded, left_waiting(received, responded))


@flow(name="nightly")
def nightly() -> State[Any]:
    """The night of the date it is scheduled for; letters are released when it really runs."""
    scheduled = agency_time(flow_run.scheduled_start_time)
    day = scheduled.date()
    return outcome({f"{day}": night(day, started_at(), return_state=True)})
