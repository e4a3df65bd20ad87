"""Treatment: which contacts are due, which are lawful, and the papers that follow."""

from __future__ import annotations

from datetime import date, datetime

from prefect import flow

from tasks.artifacts import show_figures
from tasks.letters import write_letters
from tasks.plan import plan
from tasks.worklists import write_worklists


@flow(name="treatment", flow_run_name="treatment · {institution} · {business_date}")
def treatment(institution: str, business_date: date, release_at: datetime) -> None:
    """Ask of each contact whether it may be made; ask again of each at *release_at*."""
    plan(institution, business_date)
    write_letters(institution, business_date, release_at)
    write_worklists(institution, business_date, release_at)
    show_figures("treatment", institution, business_date)
