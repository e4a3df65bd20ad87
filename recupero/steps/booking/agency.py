"""What the agency states about itself: a row holds until a newer one of its key."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from recupero.steps.booking.case import Booking, Case
from recupero.store import agency, bulk
from recupero.store.rows import Table
from recupero.store.tables import absence, effort_cost, goal, unit_value

_SOURCE = frozenset({"recorded_on", "sequence", "receipt_id", "line_number"})

#: The table's own columns, as far as the file has them under another name or form.
_TOLD: dict[Table, Callable[[], list[pl.Expr]]] = {
    absence: lambda: [pl.col("cancelled").fill_null(False)],
    effort_cost: list,
    goal: lambda: [pl.coalesce("amount_minor", "quantity").alias("target")],
    unit_value: lambda: [
        pl.col("value").str.replace(".", "", literal=True).cast(pl.Int64).alias("digits"),
        pl.col("value").str.extract(r"\.(.*)$").str.len_chars().fill_null(0).cast(pl.Int64)
        .alias("exponent"),
        pl.coalesce("valid_until", "valid_from").alias("valid_until"),
    ],
}  # fmt: skip


def book_stated(table: Table) -> Callable[[Case], Booking]:
    """The booking of files that fill *table*: rows that say something new, the rest unchanged."""

    def book(case: Case) -> Booking:
        told = case.screened.rows.with_columns(_TOLD[table]()).with_columns(
            pl.lit(case.business_date).alias("recorded_on"),
            pl.lit(case.receipt.sequence, dtype=pl.Int64).alias("sequence"),
            pl.lit(case.receipt.receipt_id, dtype=pl.Int64).alias("receipt_id"),
        )
        rows = told.select(bulk.empty_frame(table).columns)
        known = agency.newest(case.unit, table, case.business_date)
        says = [name for name in rows.columns if name not in _SOURCE]
        news = rows.join(known, on=says, how="anti", nulls_equal=True, maintain_order="left")
        return Booking(
            frames={table: news}, booked=news.height, unchanged=rows.height - news.height
        )

    return book
