"""Accounts that their institution takes back by naming them, without a portfolio."""

from __future__ import annotations

import polars as pl

from recupero.rules import post
from recupero.rules.components import COLUMNS
from recupero.steps.booking import recall as portfolio
from recupero.steps.booking.case import Booking, Case, Ended, rejects
from recupero.steps.stated import known_cut_offs
from recupero.store import facts, ledger
from recupero.store.rows import rows_of
from recupero.store.tables import account_version, journal, recall

_ROW = ("line_number", "recalled_on", "reason", "recall_id")


def book_recalls(case: Case) -> Booking:
    """A version that ends each account named, and ``recalled`` for what it owed.

    It ends as where a full portfolio no longer names it. Unchanged is what is not placed any more,
    or was taken back by this recall before and came again since. A recall from before the account
    was last stated is rejected: what stated it since knows better. One that takes more than the
    policy lets go at once is held.
    """
    before = facts.current(case.unit, account_version, case.business_date)
    rows, unknown = _known(case, before)
    placed = rows.filter(pl.col("state") == "placed")
    news = placed.join(
        rows_of(case.unit, recall), on=["account_id", "recalled_on"], how="anti",
        maintain_order="left",
    )  # fmt: skip
    outdated = (pl.col("recalled_on") < pl.col("cut_off")).fill_null(False)
    refused = pl.concat([unknown, rejects(news.filter(outdated), "recalled_before", "recalled_on")])
    gone = news.filter(~outdated)
    balances = ledger.balances(case.unit)
    recalled = portfolio.taken_back(gone, balances)
    hold = portfolio.excess(case, portfolio.placed(before, ()).height, recalled)
    if hold is not None:
        held = case.screened.rows.height - refused.height
        return Booking({}, held=held, rejects=refused, hold=hold, ended=Ended(recalled))
    return Booking(
        frames={
            account_version: _versions(case, gone),
            recall: _recalls(case, gone),
            journal: _journal(case, gone, balances),
        },
        booked=gone.height,
        unchanged=rows.height - news.height,
        rejects=refused,
        ended=Ended(recalled),
    )


def _known(case: Case, before: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with the version *before* of the account they name and until when it is stated."""
    rows = case.screened.rows.select("account_number", *_ROW)
    named = rows.with_columns(case.account_ids(rows).alias("account_id")).drop("account_number")
    facts_known = before.drop("line_number")
    stated = known_cut_offs(case.unit, before).select("account_id", "cut_off")
    return (
        named.join(facts_known, on="account_id", how="inner", maintain_order="left").join(
            stated, on="account_id", how="left", maintain_order="left"
        ),
        case.not_known(named.join(before, on="account_id", how="anti"), "unknown_account"),
    )


def _versions(case: Case, gone: pl.DataFrame) -> pl.DataFrame:
    """What was known of the accounts, ended from the day they were taken back."""
    ended = case.version(gone, pl.col("recalled_on")).with_columns(
        pl.lit("recalled").alias("state")
    )
    return ended.select(facts.told_columns(account_version))


def _recalls(case: Case, gone: pl.DataFrame) -> pl.DataFrame:
    return gone.select(
        pl.lit(case.receipt.receipt_id, dtype=pl.Int64).alias("receipt_id"),
        "line_number", "account_id", "recalled_on", "reason",
        pl.col("recall_id").alias("reference"),
    )  # fmt: skip


def _journal(case: Case, gone: pl.DataFrame, balances: pl.DataFrame) -> pl.DataFrame:
    """What the accounts owed, taken from the ledger as of the day they were taken back."""
    owed = gone.select(
        "account_id", "line_number", pl.col("recalled_on").alias("effective_on")
    ).join(balances, on="account_id", how="inner")
    entries = post.closing_out(owed, "recalled").select(
        "account_id", "ledger", "event", "currency", "effective_on", "line_number", *COLUMNS,
        pl.lit(case.business_date).alias("recorded_on"),
        pl.lit(case.receipt.receipt_id, dtype=pl.Int64).alias("receipt_id"),
    )  # fmt: skip
    return post.batch(entries)
