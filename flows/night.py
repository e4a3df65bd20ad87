"""Night: all institutions' business day in its three beats; who fails stops nobody else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from prefect import State, flow
from prefect.runtime import flow_run

from flows.agency import agency, agency_papers
from flows.one_heartbeat import one_heartbeat
from flows.outcome import completed, date_passed, left_waiting, outcome, started_at
from flows.receive import receive
from flows.respond import respond
from flows.slots import slots
from recupero.steps.services import AGENCY
from tasks.assess import assess
from tasks.workplace import agency_time, by_country, institutions, refuse_future


@flow(name="night", flow_run_name="night · {business_date}")
def night(business_date: date, release_at: datetime) -> State[Any]:
    """Agency and money, then contact slots by country, then contact, closing and delivery; last of
    all the agency's own papers.

    Whoever's money is not in is not contacted, and nobody is before our own roster is in. Call it
    with ``return_state=True``: it ends failed, naming who and why, when any part did.
    *release_at*: naive is each one's local time; on its date at the agency *business_date* must
    have begun.
    """
    refuse_future(AGENCY, business_date, release_at)
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
        papers = {
            code: agency_papers(business_date, release_at, return_state=True)
            for code in completed(ours)
        }
    waiting = left_waiting(received, responded)
    return outcome(ours, received, assessed, granted, responded, waiting, papers)


@flow(name="nightly")
def nightly() -> State[Any]:
    """The night of the date it is scheduled for; letters are released when it really runs.

    One that runs on a later date conducts nothing: what lies in the inboxes by then is later too.
    """
    day, started = agency_time(flow_run.scheduled_start_time).date(), started_at()
    return date_passed(day, agency_time(started).date()) or outcome(
        {f"{day}": night(day, started, return_state=True)}
    )
