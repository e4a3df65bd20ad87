"""``recupero vault clear``: what nothing names goes, because somebody decided it."""

from __future__ import annotations

from datetime import date

from deployments.cli.opening import existing
from deployments.cli.output import print_lines
from deployments.cli.retain import refuse_another_date
from recupero.errors import Refused
from recupero.steps.clear import clear as clear_away
from recupero.steps.clear import foresee_clearing
from recupero.steps.enrolment import enrolled_codes


def clear(code: str, business_date: date, by: str, dry_run: bool) -> int:
    """Destroy what nothing names, on the open date, or say what would be; 0."""
    if not by.strip():
        raise Refused("names nobody", "--by")
    with existing() as services:
        enrolled_codes(services, code)
        refuse_another_date(services, code, business_date)
        if dry_run:
            found = foresee_clearing(services, code, business_date)
        else:
            found = clear_away(services, code, business_date, by)
    what = "would be destroyed" if dry_run else "destroyed"
    lines = [f"  vault object {address}" for address in found]
    print_lines([f"{code}: {business_date}: {len(found)} objects {what}", *lines])
    return 0
