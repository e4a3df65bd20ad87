"""``recupero status``: what came in, what became of it, and what still waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from deployments.cli.opening import existing
from deployments.cli.output import print_json, print_lines, table
from recupero.money import to_plain
from recupero.steps.enrolment import enrolled_codes
from recupero.steps.roll_call import unserved
from recupero.steps.standing import Standing, overview, standing

#: The columns of the line per institution, the day's own figures.
_OVERVIEW = (
    "institution", "business_date", "files", "accounts", "paid_minor", "closing_minor", "contacts",
    "withheld", "letters", "attention",
)  # fmt: skip


def status(code: str | None, as_json: bool) -> int:
    """Print where one institution stands, or all; 1 when one is not served or its server fails."""
    with existing() as services:
        problems = unserved(services)
        found = [standing(services, each) for each in enrolled_codes(services, code)]
        days = overview(services) if code is None else []
    if code is not None:
        problems = {each: problem for each, problem in problems.items() if each == code}
    if as_json:
        standings = {each.institution: asdict(each) for each in found}
        print_json({"institutions": standings, "not_served": problems, "days": days})
    else:
        print_lines([f"{each}: NOT SERVED: {problem}" for each, problem in problems.items()])
        ordered = [{name: day[name] for name in _OVERVIEW} for day in days]
        print_lines([*table(in_units(ordered)), ""] if days else [])
        print_lines([line for each in found for line in lines_of(each)])
    return 1 if problems or any(each.incidents for each in found) else 0


def lines_of(found: Standing) -> list[str]:
    if not found.last:
        return [*_stopped(found), f"{found.institution}: nothing recorded yet", ""]
    last = found.last
    lines = [
        *_stopped(found),
        f"{found.institution}: last recording {last['position']}, {last['kind']} of "
        f"{last['business_date']}, head {last['head'][:16]}",
        f"  files      {_counts(found.files)}",
        f"  rows       {_counts(found.rows)}",
        f"  documents  {found.documents}, {len(found.undelivered)} not delivered",
    ]
    if found.left:
        lines.append(f"  not taken  {_counts(found.left)}")
    if found.undecided_entries:
        lines.append(f"  money      {found.undecided_entries} entries await settlement")
    if found.unmatched_withdrawals:
        lines.append(
            f"  consents   {found.unmatched_withdrawals} withdrawals of people nobody placed: "
            "they stop nothing yet"
        )
    for title, rows in (
        ("balances", found.balances), ("received", found.received), ("open items", found.open_items)
    ):  # fmt: skip
        if rows:
            lines += [f"  {title}", *(f"  {line}" for line in table(in_units(rows)))]
    lines += [f"  not delivered: {name}" for name in found.undelivered]
    lines += [f"  uncertain, ask whether it arrived: {name}" for name in found.uncertain]
    lines += [f"  withheld, its date had passed: {name}" for name in found.withheld]
    return [*lines, ""]


def _stopped(found: Standing) -> Iterator[str]:
    for each in found.incidents:
        yield (
            f"{found.institution}: {each['side']} {each['kind'].upper()} since "
            f"{each['since']:%Y-%m-%d %H:%M} UTC, {each['times']} failures, the last: "
            f"{each['detail']} ({each['to_do']})"
        )


def in_units(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """*rows* with amounts in their currency's units instead of minor ones; several by currency."""
    return [
        {
            name.removesuffix("_minor"): _amount(row, name) if name.endswith("_minor") else value
            for name, value in row.items()
        }
        for row in rows
    ]


def _amount(row: dict[str, Any], name: str) -> object:
    minor, currency = row[name], row.get("currency")
    if isinstance(minor, Mapping):
        return " ".join(f"{to_plain(amount, of)} {of}" for of, amount in minor.items()) or None
    if minor is None or currency is None:
        return minor
    return to_plain(minor, currency)


def _counts(numbers: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in numbers.items())
