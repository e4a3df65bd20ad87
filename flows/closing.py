"""Closing: opinions, write-offs, the money explained once more, and the day on a page."""

from __future__ import annotations

from datetime import date

from prefect import flow

from tasks.anchor import anchor
from tasks.artifacts import show_figures
from tasks.exhaust import give_opinions
from tasks.reconcile import reconcile
from tasks.retain import retain
from tasks.summarise import summarise
from tasks.write_off import decide_instructions


@flow(name="closing", flow_run_name="closing · {institution} · {business_date}")
def closing(institution: str, business_date: date) -> None:
    """Opinions on closing days; instructions to write off whenever some came in; what was kept
    long enough is recorded, and the day's chain tells it."""
    give_opinions(institution, business_date)
    decide_instructions(institution, business_date)
    reconcile(institution, business_date)
    summarise(institution, business_date)
    retain(institution, business_date)
    anchor(institution, business_date)
    show_figures("closing", institution, business_date)
