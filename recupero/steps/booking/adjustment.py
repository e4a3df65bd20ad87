"""What an institution itself moves on its accounts: charges, accruals, waivers, corrections."""

from __future__ import annotations

import polars as pl

from recupero.rules import post
from recupero.rules.adjust import below_zero, credit_first, movements
from recupero.rules.components import COLUMNS
from recupero.steps.booking.case import Booking, Case, by_currency, rejects
from recupero.steps.stated import restated_now
from recupero.store import facts, ledger
from recupero.store.canonical import identities
from recupero.store.rows import rows_of
from recupero.store.tables import account_version, adjustment, journal

#: What may not differ under one id; how its reason is worded may.
_CONTENT = ("account_id", "event", "currency", "effective_on", *post.STATED)


def book_adjustments(case: Case) -> Booking:
    """Journal rows of the event stated, component by component; an id is booked once.

    An adjustment counts beside a portfolio's figures, or is in them, as money does: one that took
    effect up to the account's cut-off is posted, and taken away again in the same batch. Rejected
    are adjustments of accounts not placed or written off, in another currency, under a known id
    with another content, and those of an account that together take a component below zero.
    """
    rows = _named(case)
    known = rows_of(case.unit, adjustment).select("adjustment_id", *_CONTENT)
    news = rows.join(known, on="adjustment_id", how="anti", maintain_order="left")
    repeated = rows.join(known, on=["adjustment_id", *_CONTENT], how="semi")
    ids = pl.concat([news, repeated])["adjustment_id"]
    reused = rows.filter(~pl.col("adjustment_id").is_in(ids.implode()))
    accounts = facts.current(case.unit, account_version, case.business_date)
    bookable, refused = _bookable(case, news, accounts)
    stated = restated_now(case.unit, accounts)
    moved = movements(bookable).join(stated, on="account_id", how="left", maintain_order="left")
    inside = (pl.col("effective_on") <= pl.col("cut_off")).fill_null(False)
    balances = ledger.balances(case.unit)
    beside = credit_first(moved.filter(~inside), balances)
    falling = below_zero(beside, balances)
    lost = beside.join(falling, on="account_id", how="semi")
    kept = beside.join(falling, on="account_id", how="anti", maintain_order="left")
    booked = bookable.filter(~pl.col("line_number").is_in(lost["line_number"].implode()))
    return Booking(
        frames={
            adjustment: booked.select(c.name for c in adjustment.c if c.name in booked.columns),
            journal: _journal(case, kept, moved.filter(inside)),
        },
        booked=booked.height,
        unchanged=repeated.height,
        rejects=pl.concat([
            rejects(reused, "adjustment_id_reused", "adjustment_id"),
            refused,
            rejects(lost, "component_below_zero"),
        ]),
        booked_minor=by_currency(movements(booked), *COLUMNS),
    )  # fmt: skip


def moved_after(case: Case, rows: pl.DataFrame) -> pl.DataFrame:
    """account_id and the components that adjustments moved which took effect after the ``cut_off``
    of each of *rows*: figures of that date do not contain them.
    """
    nothing = pl.DataFrame(schema=dict.fromkeys(("account_id", *COLUMNS), pl.Int64))
    if rows.is_empty():
        return nothing
    stated = rows_of(case.unit, adjustment, adjustment.c.effective_on > rows["cut_off"].min())
    later = stated.join(rows.select("account_id", "cut_off"), on="account_id", how="inner").filter(
        pl.col("effective_on") > pl.col("cut_off")
    )
    if later.is_empty():
        return nothing
    receipts = sorted(set(later["receipt_id"]))
    booked = rows_of(
        case.unit, journal, journal.c.receipt_id.in_(receipts), journal.c.ledger == "claim"
    )
    own = booked.join(later, on=["receipt_id", "line_number", "account_id"], how="semi")
    return own.select("account_id", *COLUMNS)


def _named(case: Case) -> pl.DataFrame:
    """The accepted rows with the ids that follow from what they name."""
    rows = case.screened.rows
    return rows.with_columns(
        identities(rows, "adjustment", ["adjustment_id"], case.identity_key),
        case.account_ids(rows).alias("account_id"),
        pl.col("adjustment_id").alias("reference"),
        pl.lit(case.receipt.receipt_id, dtype=pl.Int64).alias("receipt_id"),
    )


def _bookable(
    case: Case, rows: pl.DataFrame, accounts: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """*rows* of *accounts* placed with us and not written off, in their currency; and rejects."""
    placed = accounts.filter(pl.col("state") == "placed")
    written_off = ledger.balances(case.unit, ledger="memorandum")
    ours = rows.join(placed, on="account_id", how="semi", maintain_order="left")
    claims = ours.join(written_off, on="account_id", how="anti", maintain_order="left")
    same = claims.join(placed, on=["account_id", "currency"], how="semi", maintain_order="left")
    return same, pl.concat([
        case.not_known(rows.join(ours, on="line_number", how="anti"), "unknown_account"),
        rejects(ours.join(claims, on="line_number", how="anti"), "written_off"),
        rejects(claims.join(same, on="line_number", how="anti"), "currency_changed", "currency"),
    ])  # fmt: skip


def _journal(case: Case, beside: pl.DataFrame, inside: pl.DataFrame) -> pl.DataFrame:
    """Every adjustment as stated; those in the figures are taken away again after them."""
    recorded = pl.lit(case.business_date).alias("recorded_on")
    own = post.batch(pl.concat([beside, inside], how="diagonal").with_columns(recorded))
    counted = post.counted_in(inside.with_columns(recorded))
    return pl.concat([own, post.batch(counted, first=own.height + 1)])
