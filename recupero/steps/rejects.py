"""Rejected lines of all runs: how many by rule, which, and what became of them; no value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from recupero.steps.services import Services
from recupero.store import manifest
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import reject, repair

#: Lines listed one by one; the counts are always of all.
EXAMPLES_MAX = 50


@dataclass(frozen=True)
class RejectList:
    """``rules`` count findings (rejects), lines, files and lines that came back mended by kind of
    file, field and rule, most first; ``lines`` and ``repaired`` count each line once. ``examples``
    are the newest first, at most ``EXAMPLES_MAX`` of the ``rejects``.
    """

    institution: str
    rejects: int
    lines: int
    repaired: int
    rules: list[dict[str, Any]]
    examples: list[dict[str, Any]]


def reject_list(
    services: Services, code: str, business_date: date | None = None, rule: str | None = None
) -> RejectList:
    """What was rejected of the institution's files, on one date and for one rule where asked."""
    with services.store.snapshot(code) as unit:
        found = _rejects(unit, business_date, rule)
    lines = found.unique(["receipt_id", "line_number"])
    by_rule = found.group_by("kind", "field", "rule").agg(
        pl.len().alias("rejects"),
        pl.struct("receipt_id", "line_number").n_unique().alias("lines"),
        pl.col("receipt_id").n_unique().alias("files"),
        pl.col("repaired_on").is_not_null().sum().alias("repaired"),
    )
    order = ["rejects", "kind", "field", "rule"]
    newest = found.sort(
        "sequence", "line_number", "number", descending=[True, False, False]
    ).select("business_date", "file", "line_number", "field", "rule", "repaired_on")
    return RejectList(
        institution=code,
        rejects=found.height,
        lines=lines.height,
        repaired=lines["repaired_on"].drop_nulls().len(),
        rules=by_rule.sort(order, descending=[True, False, False, False]).to_dicts(),
        examples=newest.head(EXAMPLES_MAX).to_dicts(),
    )


def _rejects(unit: Unit, business_date: date | None, rule: str | None) -> pl.DataFrame:
    """Every finding with its file, and the date on which its line was taken mended."""
    files = manifest.outcomes(unit, business_date).select(
        "receipt_id", "sequence", "kind", "business_date", pl.col("name").alias("file")
    )
    asked = [] if rule is None else [reject.c.rule == rule]
    found = rows_of(unit, reject, *asked).drop("institution", "recording_id")
    days = manifest.outcomes(unit).select(
        "receipt_id", pl.col("business_date").alias("repaired_on")
    )
    mended = (
        rows_of(unit, repair)
        .join(days, on="receipt_id", how="left")
        .select(
            pl.col("of_receipt_id").alias("receipt_id"),
            pl.col("of_line_number").alias("line_number"),
            "repaired_on",
        )
    )
    return found.join(files, on="receipt_id", how="inner").join(
        mended, on=["receipt_id", "line_number"], how="left", maintain_order="left"
    )
