"""Respond: an institution's third beat, once contact slots are granted."""

from __future__ import annotations

from datetime import date, datetime

from prefect import flow

from flows.closing import closing
from flows.delivery import delivery
from flows.treatment import treatment
from tasks.retain import destroy


@flow(name="respond", flow_run_name="respond · {institution} · {business_date}")
def respond(institution: str, business_date: date, release_at: datetime) -> None:
    """Contact whom we may, close what can be closed, hand over the papers; last, destroy what
    was kept long enough: nothing waits for it."""
    treatment(institution, business_date, release_at)
    closing(institution, business_date)
    delivery(institution, business_date, release_at)
    destroy(institution)
