"""Delivery: every document made goes where it belongs, and is seen in place there."""

from __future__ import annotations

from datetime import date, datetime

from prefect import flow

from tasks.artifacts import show_documents
from tasks.deliver import deliver


@flow(name="delivery", flow_run_name="delivery · {institution} · {business_date}")
def delivery(institution: str, business_date: date, release_at: datetime) -> None:
    """Send what is not yet seen in place; letters and work lists only on their own date."""
    deliver(institution, business_date, release_at)
    show_documents(institution, business_date)
