"""``recupero retain``: what an institution's files and papers were kept for has ended."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from deployments.cli.opening import existing
from deployments.cli.output import print_json, print_lines, table
from recupero.errors import Refused
from recupero.steps.enrolment import enrolled_codes
from recupero.steps.retain import Retained, foresee
from recupero.steps.retain import retain as end_retention
from recupero.steps.services import Services
from recupero.steps.standing import standing


def retain(code: str, business_date: date, dry_run: bool, as_json: bool) -> int:
    """Destroy what is past retention, on the open date; or say what would be, on any date; 0."""
    with existing() as services:
        enrolled_codes(services, code)
        declared = services.profile(code).retention is not None
        found = foresee(services, code, business_date)
        if not dry_run:
            refuse_another_date(services, code, business_date)
            done = end_retention(services, code, business_date)
            found = replace(found, due=done.due, objects=done.objects)
    if as_json:
        told = {"institution": code, "date": business_date, "dry_run": dry_run}
        print_json({**told, **asdict(found)})
    else:
        print_lines([f"{code}: {business_date}{', dry run' if dry_run else ''}", *_lines(found)])
        print_lines([] if declared else ["  its profile declares no [retention]: all is kept"])
    return 0


def refuse_another_date(services: Services, code: str, business_date: date) -> None:
    """What is destroyed is part of a date's chain: it begins none, and is added to none closed."""
    newest = standing(services, code).last.get("business_date")
    if newest != business_date:
        mend = "its day comes first" if newest is None else f"--date {newest}"
        raise Refused(f"{business_date} is not its newest date", code, mend)


def _lines(found: Retained) -> list[str]:
    """By kind, what goes and what stays, and why."""
    rows: list[dict[str, Any]] = [
        *({"kind": kind, "number": count, "": "past retention"} for kind, count in
          found.due.items()),
        *({"kind": kind, "number": count, "": f"on hold: {reason}"}
          for reason, counts in found.held.items() for kind, count in counts.items()),
        *({"kind": kind, "number": count, "": "kept: goes with another one that stays"}
          for kind, count in found.shared.items()),
    ]  # fmt: skip
    return [*table(rows), f"  {found.objects} objects"]
