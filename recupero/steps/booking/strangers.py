"""Rows of a portfolio that name an account and its debtor for the first time.

What such a row says of the account, of who answers for it and of how to reach them is all there is
to say, so it is told as one introduction. Whatever is known of either, or said of the debtor in
another row, is told fact by fact.
"""

from __future__ import annotations

import polars as pl

from recupero.steps.booking.case import Case
from recupero.steps.booking.people import Known
from recupero.store import facts
from recupero.store.introductions import POINTS
from recupero.store.tables import introduction


def are_strangers(case: Case, rows: pl.DataFrame, before: pl.DataFrame, known: Known) -> pl.Series:
    """Which of *rows*, in their order, introduce somebody: nothing is known of the account,
    neither in *before* nor by a party, or of its debtor, whom no other row names.

    Lines that come back repaired introduce nobody: others of their file may have.
    """
    accounts = pl.concat([before["account_id"], known.parties["account_id"]]).unique()
    persons = pl.concat([known.persons["person_id"], known.points["person_id"]]).unique()
    person = pl.col("person_id")
    strange = (
        pl.lit(case.repairs is None)
        & ~pl.col("account_id").is_in(accounts.implode())
        & person.is_not_null()
        & ~person.is_in(persons.implode()).fill_null(False)
        & ~person.is_duplicated()
    )
    return rows.select(strange.alias("strange"))["strange"]


def introduced(case: Case, rows: pl.DataFrame) -> pl.DataFrame:
    """*rows* as introductions: of contact points those that the layout can state; city and region
    are an address's alone.
    """
    declared = case.layout.declared
    points = [pl.col(name) if name in declared else pl.lit(None).alias(name) for *_, name in POINTS]
    lies = pl.when(pl.col("address").is_not_null())
    return (
        case.version(rows, pl.col("cut_off"))
        .with_columns(
            *points,
            id_type="debtor_id_type",
            id_number="debtor_id_number",
            name="debtor_name",
        )
        .with_columns(lies.then(name).alias(name) for name in ("city", "region"))
        .select(facts.told_columns(introduction))
    )
