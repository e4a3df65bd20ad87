"""``recupero trace``: from a figure back to file, line and rule."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from deployments.cli.opening import existing
from deployments.cli.output import print_json, print_lines, table
from deployments.cli.status import in_units
from recupero.errors import NotFound
from recupero.steps.enrolment import enrolled_codes
from recupero.steps.tracing import Traced
from recupero.steps.tracing import trace as trace_back


def trace(
    wanted: str,
    institution: str | None,
    as_known: date | None,
    as_of: date | None,
    *,
    as_json: bool,
) -> int:
    """Print all that *wanted* names, in one institution or in each by itself; 0."""
    with existing() as services:
        found = [
            traced
            for code in enrolled_codes(services, institution)
            for traced in trace_back(services, code, wanted, as_known=as_known, as_of=as_of)
        ]
    if not found:
        known = f", as known on {as_known}" if as_known else ""
        raise NotFound(f"no account, document, folio or file is called that{known}")
    if as_json:
        print_json({"found": [asdict(traced) for traced in found]})
    else:
        print_lines([line for traced in found for line in _lines(traced)])
    return 0


def _lines(traced: Traced) -> list[str]:
    lines = [f"{traced.institution}: {traced.kind} {traced.folio}"]
    for title, rows in traced.sections.items():
        lines += ["", title.replace("_", " ")]
        shown = in_units([_told(row) for row in rows])
        lines += _upright(shown[0]) if len(shown) == 1 else table(_without_empty(shown))
    return [*lines, ""]


def _upright(row: dict[str, Any]) -> list[str]:
    """One row, a line for each thing it says."""
    told = {name: value for name, value in row.items() if value is not None}
    width = max(map(len, told), default=0)
    return [f"  {name.ljust(width)}  {value}" for name, value in told.items()]


def _without_empty(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """*rows* without the columns in which none of them says anything."""
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    return [{name: row[name] for name in names} for row in rows]


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
        for name, value in row.items()
    }
