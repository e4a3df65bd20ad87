"""Respond: an institution's third beat, once contact slots are granted."""

from __future__ import annotations

from datetime import date, datetime

from prefect import flow

from flows.closing import closing
from flows.delivery import delivery
from flows.treatment import treatment


@flow(name="respond", flow_run_name="respond · {institution} · {business_date}")
def respond(institution: str, business_date: date, release_at: datetime) -> None:
    """Contact whom we may, close what can be closed, hand over the papers."""
    treatment(institution, business_date, release_at)
    closing(institution, business_date)
    delivery(institution, business_date, release_at)
