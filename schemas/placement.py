"""Placement: the accounts an institution hands over, as of a cut-off date."""

from __future__ import annotations

import polars as pl

from recupero.money import EXPONENT
from schemas.identity import check_digits
from schemas.rule import Context, Rule

#: Components that are never below zero; the principal of a card in credit is.
CHARGES = ("interest_minor", "default_interest_minor", "fees_minor", "expenses_minor")


def rules(context: Context) -> tuple[Rule, ...]:
    """The rules of a placement row."""
    cut_off, due, opened = pl.col("cut_off"), pl.col("due_date"), pl.col("opened_on")
    days = pl.col("days_past_due")
    parts = pl.sum_horizontal("principal_minor", *CHARGES, ignore_nulls=False)
    return (
        *(Rule("negative", charge, pl.col(charge) >= 0) for charge in CHARGES),
        Rule("parts_do_not_sum", "total_minor", pl.col("total_minor") == parts),
        Rule("not_allowed", "currency", pl.col("currency").is_in(list(EXPONENT))),
        Rule("cut_off_in_future", "cut_off", cut_off <= context.business_date),
        Rule("required", "due_date", due.is_not_null() | days.is_not_null()),
        # Not yet due is no fault (preventive stage); not yet due and in arrears is.
        Rule("due_after_cut_off", "due_date", (due <= cut_off) | (days.fill_null(0) <= 0)),
        Rule("opened_after_cut_off", "opened_on", opened <= cut_off),
        Rule("opened_after_due", "opened_on", opened <= due),
        check_digits(context),
    )
