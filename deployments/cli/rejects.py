"""``recupero rejects``: the rejected lines of all runs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from deployments.cli.opening import existing
from deployments.cli.output import print_json, print_lines, table
from recupero.steps.enrolment import enrolled_codes
from recupero.steps.rejects import RejectList, reject_list


def rejects(code: str | None, day: date | None, rule: str | None, as_json: bool) -> int:
    """Print what was rejected, of one institution or of each; 0. Counts are complete, examples
    are capped and said to be.
    """
    with existing() as services:
        found = [reject_list(services, each, day, rule) for each in enrolled_codes(services, code)]
    if as_json:
        print_json({"institutions": {each.institution: asdict(each) for each in found}})
    else:
        print_lines([line for each in found for line in _lines(each)])
    return 0


def _lines(found: RejectList) -> list[str]:
    told = (
        f"{found.institution}: {found.rejects} rejects on {found.lines} lines, "
        f"{found.repaired} of them repaired since"
    )
    shown = len(found.examples)
    rest = [f"  the newest {shown} of {found.rejects}"] if shown < found.rejects else []
    return [told, *table(found.rules), "", *table(found.examples), *rest, ""]
