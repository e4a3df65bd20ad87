"""Intake: what an institution dropped is vaulted, opened, read, screened, booked and answered."""

from __future__ import annotations

from datetime import date

from prefect import flow

from tasks.artifacts import show_files
from tasks.control_files import heed
from tasks.intake import note_missing, pending, take_in
from tasks.pull import pull
from tasks.unseal import unseal


@flow(name="intake", flow_run_name="intake · {institution} · {business_date}")
def intake(institution: str, business_date: date) -> None:
    """Pull every file, open what is sealed, take each in: control files first, then accounts before
    what names them.

    What could not be opened, because something of ours fails, keeps no other file waiting: it is
    told at the end.
    """
    pull(institution, business_date)
    unsealed = unseal(institution, business_date, return_state=True)
    heed(institution, business_date)
    for receipt_id in pending(institution, business_date):
        take_in(institution, receipt_id, business_date)
    note_missing(institution, business_date)
    show_files(institution, business_date)
    unsealed.result()
