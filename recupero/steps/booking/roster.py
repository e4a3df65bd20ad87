"""The agency's roster of collectors."""

from __future__ import annotations

import polars as pl

from recupero.steps.booking.case import Booking, Case
from recupero.store.rows import Table
from recupero.store.tables import collector


def book_roster(case: Case) -> Booking:
    """Collectors with capacity and skills, as the agency states them on this date."""
    frames = _stated(case)
    return Booking(frames=frames, booked=frames[collector].height)


def _stated(case: Case) -> dict[Table, pl.DataFrame]:
    """The roster's rows as the file states them."""
    return {
        collector: case.screened.rows.select(
            "collector_code",
            pl.lit(case.business_date).alias("recorded_on"),
            pl.lit(case.receipt.sequence, dtype=pl.Int64).alias("sequence"),
            pl.lit(case.receipt.receipt_id).alias("receipt_id"),
            "line_number",
            "country",
            "capacity",
            "skills",
        )
    }
