"""Delivery: every document made goes where it belongs, and is seen in place there."""

from __future__ import annotations

from datetime import date

from prefect import flow

from tasks.artifacts import show_documents
from tasks.deliver import deliver


@flow(name="delivery", flow_run_name="delivery · {institution} · {business_date}")
def delivery(institution: str, business_date: date) -> None:
    """Send what is not yet seen in place."""
    deliver(institution, business_date)
    show_documents(institution, business_date)
