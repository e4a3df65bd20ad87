"""Payments and statement entries: booked as money received, matched later by the settlement."""

from __future__ import annotations

import polars as pl

from recupero.steps.booking.case import Booking, Case, by_currency
from recupero.store.canonical import identities
from recupero.store.rows import Table
from recupero.store.tables import money_entry, money_entry_detail

_ENTRY = (
    "entry_id", "source", "receipt_id", "line_number", "kind", "amount_minor",
    "currency", "booked_on", "transaction_id", "reverses",
)  # fmt: skip
_DETAIL = ("entry_id", "account_number", "payer_name", "payer_id", "remittance")


def book_money(case: Case) -> Booking:
    """Every accepted row of a payment file or statement is money received."""
    frames = _stated(case)
    entries = frames[money_entry]
    return Booking(
        frames=frames,
        booked=entries.height,
        booked_minor=by_currency(entries, "amount_minor"),
    )


def _stated(case: Case) -> dict[Table, pl.DataFrame]:
    """The file's entries, with what is personal about them apart."""
    rows = case.screened.rows
    if case.layout.kind == "payment":
        rows = _payments(rows)
    placed = rows.with_columns(pl.lit(case.receipt.receipt_id).alias("receipt_id"))
    named = placed.with_columns(
        identities(placed, "entry", ["receipt_id", "line_number"], case.identity_key).alias(
            "entry_id"
        )
    )
    return {money_entry: named.select(_ENTRY), money_entry_detail: named.select(_DETAIL)}


def _payments(rows: pl.DataFrame) -> pl.DataFrame:
    """A payment file's rows as entries; a reversal takes money back, so it counts negative."""
    reversal = pl.col("kind") == "reversal"
    return rows.with_columns(
        pl.lit("payment_file").alias("source"),
        pl.when(reversal)
        .then(-pl.col("amount_minor"))
        .otherwise(pl.col("amount_minor"))
        .alias("amount_minor"),
        pl.col("paid_on").alias("booked_on"),
        pl.lit(None, dtype=pl.String).alias("remittance"),
    )
