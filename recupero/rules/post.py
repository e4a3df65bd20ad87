"""Journal rows for what happened. Positive = the debtor owes; every batch sums to zero."""

from __future__ import annotations

import polars as pl

from recupero.rules.components import COLUMNS

#: What institutions state; ``unapplied`` is ours alone.
STATED = COLUMNS[:-1]

#: Whose ledger: what debtors owe, not the memorandum of what was written off.
_CLAIM = pl.lit("claim").alias("ledger")

_SOURCES = (
    "receipt_id",
    "line_number",
    "entry_id",
    "reverses_recording_id",
    "reverses_entry_number",
)


def opening(accounts: pl.DataFrame) -> pl.DataFrame:
    """First placement: the stated components, event ``placed``.

    A credit balance (negative principal) is money held for the debtor: it opens as
    ``unapplied`` with principal 0, because nobody is dunned for a negative claim.
    """
    return accounts.with_columns(
        _CLAIM,
        pl.lit("placed").alias("event"),
        pl.min_horizontal("principal_minor", 0).alias("unapplied_minor"),
        pl.max_horizontal("principal_minor", 0).alias("principal_minor"),
    )


def adjustment(accounts: pl.DataFrame, balances: pl.DataFrame) -> pl.DataFrame:
    """A later snapshot: what the institution states less what our ledger holds.

    *balances* has our components per account, *accounts* the principal stated before
    (``known_principal_minor``, null where none was). Rows without a difference are left out.
    """
    ours = balances.select("account_id", *(pl.col(c).alias(f"our_{c}") for c in COLUMNS))
    differing = accounts.join(ours, on="account_id", how="inner").with_columns(
        _CLAIM,
        pl.lit("adjusted").alias("event"),
        *((pl.max_horizontal(c, 0) - pl.col(f"our_{c}")).alias(c) for c in STATED),
        (_unapplied() - pl.col("our_unapplied_minor")).alias("unapplied_minor"),
    )
    return differing.filter(pl.any_horizontal(pl.col(COLUMNS) != 0)).drop(
        pl.selectors.starts_with("our_")
    )


def _unapplied() -> pl.Expr:
    """What is unapplied at the cut-off of the components stated.

    A negative principal is the credit itself. Where something is owed, nothing is held: it is
    counted in already. A zero may be a system's floor, and then what we hold is the debtor's
    still; not so where that system stated a credit before.
    """
    floored = pl.col("known_principal_minor").fill_null(0) >= 0
    return (
        pl.when(pl.col("principal_minor") < 0)
        .then("principal_minor")
        .when(floored & (pl.sum_horizontal(STATED) == 0))
        .then(pl.min_horizontal("our_unapplied_minor", 0))
        .otherwise(0)
    )


def closing_out(balances: pl.DataFrame, event: str) -> pl.DataFrame:
    """Take the whole balance away again: ``recalled`` or ``written_off``."""
    return balances.with_columns(
        _CLAIM, pl.lit(event).alias("event"), *(-pl.col(c) for c in COLUMNS)
    ).filter(pl.any_horizontal(pl.col(COLUMNS) != 0))


def to_memorandum(balances: pl.DataFrame) -> pl.DataFrame:
    """Out of the claims and into the memorandum ledger, where recoveries will land."""
    out = closing_out(balances, "written_off")
    kept = out.with_columns(
        pl.lit("memorandum").alias("ledger"),
        pl.lit("placed").alias("event"),
        *(-pl.col(c) for c in COLUMNS),
    )
    return pl.concat([out, kept])


def payment(allocated: pl.DataFrame) -> pl.DataFrame:
    """Allocated payments (components as paid, positive) as ``paid`` rows."""
    return allocated.with_columns(
        _CLAIM, pl.lit("paid").alias("event"), *(-pl.col(c) for c in COLUMNS)
    )


def unallocated(payments: pl.DataFrame) -> pl.DataFrame:
    """Payments that stated figures contain, whole on the principal, as ``allocate`` has them.

    What they settled is not in the figures any more; allocated to what still is, they would leave
    an excess that never was, and take it from later payments. The row and the one that takes it
    away cancel on any component; on the principal, which every debt has, what comes back when the
    payment bounces is debt.
    """
    nothing = pl.lit(0, dtype=pl.Int64)
    return payments.with_columns(
        (pl.col("amount_minor") if c == "principal_minor" else nothing).alias(c) for c in COLUMNS
    )


def reversal(rows: pl.DataFrame) -> pl.DataFrame:
    """The opposite of journal *rows*, linked to them; the event's name stays."""
    return rows.with_columns(
        pl.col("recording_id").alias("reverses_recording_id"),
        pl.col("entry_number").alias("reverses_entry_number"),
        *(-pl.col(c) for c in COLUMNS),
    )


def counted_in(rows: pl.DataFrame) -> pl.DataFrame:
    """The opposite of money *rows* that the figures stated at ``cut_off`` count in already.

    They keep the money's entry, file and line, and undo nothing: a later reversal undoes the
    money's own row.
    """
    return rows.with_columns(
        pl.lit("adjusted").alias("event"),
        pl.col("cut_off").alias("effective_on"),
        pl.lit(None, dtype=pl.Int64).alias("reverses_recording_id"),
        pl.lit(None, dtype=pl.Int64).alias("reverses_entry_number"),
        *(-pl.col(c) for c in COLUMNS),
    )


def batch(rows: pl.DataFrame, first: int = 1) -> pl.DataFrame:
    """Number *rows* from *first* in a total order and add a contra row per event, currency, date.

    *rows* needs account_id, ledger, event, currency, effective_on, recorded_on and the components;
    sources (receipt, line, entry, reversal link) are kept where present.
    """
    missing = [pl.lit(None, dtype=pl.Int64).alias(c) for c in _SOURCES if c not in rows.columns]
    whole = rows.with_columns(pl.lit(None, dtype=pl.String).alias("contra"), *missing)
    per_event = ["ledger", "event", "currency", "effective_on", "recorded_on"]
    contra = (
        whole.group_by(per_event)
        .agg(-pl.col(COLUMNS).sum())
        .with_columns(
            pl.col("event").alias("contra"),
            pl.lit(None, dtype=pl.Int64).alias("account_id"),
            *(pl.lit(None, dtype=pl.Int64).alias(c) for c in _SOURCES),
        )
    )
    columns = [*per_event, "account_id", "contra", *COLUMNS, *_SOURCES]
    return (
        pl.concat([whole.select(columns), contra.select(columns)])
        .sort(
            "account_id",
            "ledger",
            "event",
            "effective_on",
            "currency",
            "entry_id",
            "line_number",
            nulls_last=True,
        )
        .with_row_index("entry_number", offset=first)
        .with_columns(pl.col("entry_number").cast(pl.Int64))
    )
