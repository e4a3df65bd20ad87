"""Day: one institution's business day, alone."""

from __future__ import annotations

from datetime import date, datetime

from prefect import flow

from flows.one_heartbeat import one_heartbeat
from flows.receive import receive
from flows.respond import respond
from flows.slots import slots
from tasks.assess import assess
from tasks.slots import neighbours
from tasks.workplace import country_of, refuse_future


@flow(name="day", flow_run_name="day · {institution} · {business_date}")
def day(institution: str, business_date: date, release_at: datetime) -> None:
    """Receive at once; respond once every institution of the country has received.

    Until then the day ends refused and names who is missing; run again, it goes on from there.
    *release_at*: when letters leave; naive is the institution's local time. On its date there
    *business_date* must have begun.
    """
    refuse_future(institution, business_date, release_at)
    with one_heartbeat():
        receive(institution, business_date)
        assess(institution, business_date)
        slots(country_of(institution), neighbours(institution, business_date), business_date)
        respond(institution, business_date, release_at)
