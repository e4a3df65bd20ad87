"""What lines that come back repaired leave alone: people of whom other lines, or later files, tell.

Such a line is one of a file whose other lines stand. A person it names may have been stated by
those, and told of since.
"""

from __future__ import annotations

import polars as pl

from recupero.steps.booking.case import Case
from recupero.store.bulk import among
from recupero.store.rows import Table, rows_of
from recupero.store.tables import contact_point_version, person_version, receipt_outcome


def told_since(case: Case) -> pl.Series:
    """Persons named in the lines that *case* brings back of whom something was told after the file
    whose lines they are; none of a file that repairs nothing.

    Portfolios of the same cut-off, and other lines of that file, say nothing newer.
    """
    if case.repairs is None:
        return _nobody()
    drawn = case.repairs.cut_off or case.repairs.business_date
    beside = rows_of(
        case.unit,
        receipt_outcome,
        receipt_outcome.c.kind == "placement",
        receipt_outcome.c.cut_off <= drawn,
    )
    named = case.person_ids(case.screened.rows).drop_nulls().unique()
    tables = (person_version, contact_point_version)
    told = pl.concat([_since(case, table, named) for table in tables])
    return told.join(beside, on="receipt_id", how="anti")["person_id"].unique()


def of_other_lines(
    case: Case, named: pl.DataFrame, ours: pl.DataFrame, parties: pl.DataFrame
) -> pl.Series:
    """Persons of accounts among *ours* that are not in the rows *named*: what other lines state of
    them has not ended; none of a file that repairs nothing.
    """
    if case.repairs is None:
        return _nobody()
    others = ours.join(named, on="account_id", how="anti")
    return parties.join(others, on="account_id", how="semi")["person_id"].unique()


def _since(case: Case, table: Table, named: pl.Series) -> pl.DataFrame:
    theirs = among(table.c.person_id, named)
    later = rows_of(case.unit, table, theirs, table.c.sequence > case.said_at)
    return later.select("person_id", "receipt_id")


def _nobody() -> pl.Series:
    return pl.Series("person_id", [], dtype=pl.Int64)
