"""Receive: an institution's first beat. Money comes before letters."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.intake import intake
from flows.settlement import settlement
from tasks.deliver import answer
from tasks.finish import finish


@flow(name="receive", flow_run_name="receive · {institution} · {business_date}")
def receive(institution: str, business_date: date) -> None:
    """Finish what the last date owes; then take in, settle and answer for what came."""
    finish(institution, business_date)
    intake(institution, business_date)
    settlement(institution, business_date)
    answer(institution, business_date)
