"""``recupero delivery``: an operator's word about a paper of which nobody can tell."""

from __future__ import annotations

from datetime import date, datetime

from deployments.cli.opening import existing
from deployments.cli.output import print_lines
from recupero.errors import NotFound, Refused

_SAID = {"arrived": "it arrived", "resent": "it was sent again", "lost": "it did not arrive"}
_WOULD = {
    "arrived": "record that it arrived", "resent": "send it again",
    "lost": "record that it did not arrive",
}  # fmt: skip


def delivery(
    wanted: str, institution: str | None, arrived: bool, resend: bool, lost: bool, by: str,
    on: date, now: datetime, dry_run: bool,
) -> int:  # fmt: skip
    """Record that *wanted* arrived or did not, or send it again, whichever one is asked; 0."""
    from recupero.steps.decide_delivery import Decision, decide_delivery, uncertain_papers
    from recupero.steps.enrolment import enrolled_codes

    if not by.strip():
        raise Refused("names nobody", "--by")
    asked: dict[Decision, bool] = {"arrived": arrived, "resent": resend, "lost": lost}
    chosen = [decision for decision, is_asked in asked.items() if is_asked]
    if len(chosen) != 1:
        raise Refused("wants exactly one of --arrived, --resend and --lost", wanted)
    [decision] = chosen
    with existing() as services:
        found = [
            (code, paper)
            for code in enrolled_codes(services, institution)
            for paper in uncertain_papers(services, code, wanted)
        ]
        if not found:
            raise NotFound("no uncertain delivery is called that", mend="see: recupero status")
        if len(found) > 1:
            raise Refused("names several papers", wanted, "name one by its folio")
        [(code, paper)] = found
        done = decide_delivery(services, code, paper, decision, by, on, now, dry_run=dry_run)
    if dry_run and done.fresh:
        print_lines([f"{code}: {paper.name}, dry run: would {_WOULD[decision]}"])
    else:
        before = "" if done.fresh else ", as recorded before"
        print_lines([f"{code}: {paper.name}: {_SAID[decision]}{before}"])
    return 0
