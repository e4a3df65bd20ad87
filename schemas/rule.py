"""What a rule is, and the shape of what breaks one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

#: Columns of a frame of rejects or warnings: one row per line and failing rule.
REJECT = pl.Schema(
    {
        "line_number": pl.Int64,
        "field": pl.String,
        "rule": pl.String,
        "message": pl.String,
        "value": pl.String,
        "raw": pl.String,
    }
)
#: Columns of a finding, before it is explained.
FINDING = pl.Schema({"line_number": pl.Int64, "field": pl.String, "rule": pl.String})


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition every row must keep. *ok* may look at any column; a null answer is a pass.

    The finding is laid to *field*'s account, so that a row that breaks a rule over several
    columns is found once.
    """

    code: str
    field: str
    ok: pl.Expr


@dataclass(frozen=True, slots=True)
class Context:
    """What rules depend on besides the row."""

    business_date: date
    country: str


def findings(lines: pl.Series, at: str, rule: str) -> pl.DataFrame:
    """One finding of *rule* at field *at* for each line number in *lines*."""
    return pl.DataFrame({"line_number": lines}).select(
        pl.col("line_number").cast(pl.Int64), field=pl.lit(at), rule=pl.lit(rule)
    )


def no_findings() -> pl.DataFrame:
    """An empty frame of findings."""
    return pl.DataFrame(schema=FINDING)


def no_rejects() -> pl.DataFrame:
    """An empty frame of rejects."""
    return pl.DataFrame(schema=REJECT)
