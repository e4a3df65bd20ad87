"""Agency: our own inbox first, then our capacity divided among the institutions."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.delivery import delivery
from flows.intake import intake
from recupero.steps.services import AGENCY
from tasks.anchor import anchor


@flow(name="agency", flow_run_name="agency · {business_date}")
def agency(business_date: date) -> None:
    """Before any institution's day: what concerns several of them."""
    intake(AGENCY, business_date)
    anchor(AGENCY, business_date)
    delivery(AGENCY, business_date)
