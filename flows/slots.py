"""Slots: who may contact a person whom several institutions of a country know."""

from __future__ import annotations

from datetime import date

from prefect import flow

from tasks.artifacts import show_figures
from tasks.slots import grant_slots


@flow(name="slots", flow_run_name="slots · {country} · {business_date}")
def slots(country: str, institutions: list[str], business_date: date) -> None:
    """Grant among *institutions*; who took part is recorded with the grants."""
    grant_slots(country, institutions, business_date)
    for institution in institutions:
        show_figures("assessment", institution, business_date)
