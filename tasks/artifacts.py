"""What operations see of a day: one table a story and institution, under a name that stays.

Counts, totals and ids only. A file is called by a name that its layout declares or else by its
receipt, an error by its rule.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from prefect.artifacts import create_table_artifact

from recupero.steps.day_figures import documents_of_day, figures_of_day
from recupero.steps.files_seen import files_seen
from tasks.conducted import conducted
from tasks.workplace import services

#: Which recordings a story's table tells the totals of.
_KINDS = {
    "settlement": ("settlement", "reconciliation"),
    "assessment": ("quota", "assessment", "slots"),
    "treatment": ("permissions", "letters", "worklists"),
    "closing": ("opinions", "write_off", "reconciliation", "retention"),
}


@conducted("show files", 5)
def show_files(institution: str, business_date: date) -> int:
    """Table ``intake-…``: every file seen, with its outcome, and their totals; returns its rows."""
    files = files_seen(services(), institution, business_date)
    return _show("intake", institution, business_date, files)


@conducted("show figures", 5, "show {story} · {institution}")
def show_figures(story: str, institution: str, business_date: date) -> int:
    """Table ``<story>-…``: the totals the story's steps recorded; returns how many."""
    figures = figures_of_day(services(), institution, business_date, _KINDS[story])
    return _show(story, institution, business_date, [asdict(figure) for figure in figures])


@conducted("show documents", 5)
def show_documents(institution: str, business_date: date) -> int:
    """Table ``delivery-…``: documents by kind, made and in place; returns how many kinds."""
    papers = documents_of_day(services(), institution, business_date)
    return _show("delivery", institution, business_date, papers)


def artifact_key(story: str, institution: str) -> str:
    """``intake-banco-andino``; the agency's own is ``intake-agency``."""
    return f"{story}-{institution.strip('_')}"


def _show(story: str, institution: str, business_date: date, rows: list[dict[str, Any]]) -> int:
    create_table_artifact(
        table=rows,
        key=artifact_key(story, institution),
        description=f"{institution} · {business_date}",
    )
    return len(rows)
