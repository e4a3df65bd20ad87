"""Agency: our own inbox and capacity before any institution's day, our own papers after all."""

from __future__ import annotations

from datetime import date, datetime

from prefect import flow

from flows.delivery import delivery
from flows.intake import intake
from recupero.steps.services import AGENCY
from tasks.anchor import anchor
from tasks.retain import destroy, retain


@flow(name="agency", flow_run_name="agency · {business_date}")
def agency(business_date: date) -> None:
    """Before any institution's day: what concerns several of them."""
    intake(AGENCY, business_date)


@flow(name="agency papers", flow_run_name="agency papers · {business_date}")
def agency_papers(business_date: date, release_at: datetime) -> None:
    """Once every institution is done: none of them waits for what concerns ourselves alone."""
    retain(AGENCY, business_date)
    anchor(AGENCY, business_date)
    delivery(AGENCY, business_date, release_at)
    destroy(AGENCY)
