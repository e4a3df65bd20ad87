"""Settlement: money received is matched, posted and explained to the cent."""

from __future__ import annotations

from datetime import date

from prefect import flow

from tasks.artifacts import show_figures
from tasks.reconcile import reconcile
from tasks.settle import settle


@flow(name="settlement", flow_run_name="settlement · {institution} · {business_date}")
def settlement(institution: str, business_date: date) -> None:
    """Match and post; a difference left over is an error, not a report."""
    settle(institution, business_date)
    reconcile(institution, business_date)
    show_figures("settlement", institution, business_date)
