"""Roster: the agency's collectors, their country, capacity in accounts and skills."""

from __future__ import annotations

import polars as pl

from schemas.rule import Context, Rule


def rules(_: Context) -> tuple[Rule, ...]:
    """The rules of a roster row."""
    return (
        Rule("not_allowed", "country", pl.col("country").str.contains(r"^[A-Z]{2}$")),
        Rule("negative", "capacity", pl.col("capacity") >= 0),
    )
