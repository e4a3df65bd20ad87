"""Payments to components, in the order the contract or the law gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import polars as pl

from recupero.errors import Fault, Refused
from recupero.rules.components import COLUMNS, PAYABLE
from recupero.rules.match_links import ARRIVAL


@dataclass(frozen=True)
class AllocationOrder:
    """Which component is settled first, and who says so.

    A component that is not named is not settled by payments: what is left over goes to
    ``unapplied``. ``norm`` is the clause or article printed beside the receipt.
    """

    components: tuple[str, ...]
    norm: str
    source: Literal["contract", "pack"]

    def __post_init__(self) -> None:
        unknown = [name for name in self.components if name not in PAYABLE]
        if unknown or not self.components or len(set(self.components)) != len(self.components):
            raise Refused(f"allocation order must name some of {', '.join(PAYABLE)}, each once")


def allocate(
    payments: pl.DataFrame, balances: pl.DataFrame, order: AllocationOrder
) -> pl.DataFrame:
    """*payments* with the six components as paid (``<component>_minor``, Int64, never negative).

    *payments*: ``entry_id`` (unique), ``account_id``, ``amount_minor`` (positive),
    ``effective_on``, ``sequence`` and ``line_number`` (the order received) and whatever else;
    *balances*: one row per ``account_id`` with the six component columns. Payments of one account
    follow their dates, those of one date the order received, each on what the earlier ones left.
    A component at or below zero receives nothing; an account without a balance owes nothing. The
    rows come back in the order received and each sums to its ``amount_minor``.
    """
    _check(payments)
    due = balances.select("account_id", *_waterfall(order))
    paid_until = pl.col("amount_minor").cum_sum().over("account_id")
    ranked = (
        payments.sort("account_id", "effective_on", *ARRIVAL)
        .with_columns(paid_until.alias("_until"))
        .join(due, on="account_id", how="left", maintain_order="left", validate="m:1")
        .with_columns(pl.col("^_top_.*$").fill_null(0))
    )
    settled = ranked.with_columns(_settled(order)).with_columns(_left_over())
    return settled.select(*payments.columns, *COLUMNS).sort(ARRIVAL)


def _check(payments: pl.DataFrame) -> None:
    stated = pl.col("entry_id", "account_id", "effective_on", *ARRIVAL)
    if any(payments.select(stated.is_null().any()).row(0)):
        raise Fault("a payment to allocate lacks its entry, account, date or place in the order")
    if not (payments["amount_minor"] > 0).all(ignore_nulls=False):
        raise Fault("only positive payments are allocated; a reversal undoes its own posting")
    if payments["entry_id"].n_unique() != payments.height:
        raise Fault("an entry is to be allocated twice")
    # cum_sum wraps silently at int64.
    if payments["amount_minor"].cast(pl.Int128).sum() >= 2**63:
        raise Refused("the payments together exceed what int64 minor units can hold")


def _waterfall(order: AllocationOrder) -> Iterator[pl.Expr]:
    """Per named component, how much must have been paid in all until it is settled."""
    top = pl.lit(0, dtype=pl.Int64)
    for component in order.components:
        top = top + pl.col(f"{component}_minor").clip(lower_bound=0)
        yield top.alias(f"_top_{component}")


def _settled(order: AllocationOrder) -> Iterator[pl.Expr]:
    """What of each payment falls between the bottom and the top of each component."""
    until = pl.col("_until")
    before = until - pl.col("amount_minor")
    bottom = pl.lit(0, dtype=pl.Int64)
    for component in order.components:
        top = pl.col(f"_top_{component}")
        yield (until.clip(bottom, top) - before.clip(bottom, top)).alias(f"{component}_minor")
        bottom = top
    for component in PAYABLE:
        if component not in order.components:
            yield pl.lit(0, dtype=pl.Int64).alias(f"{component}_minor")


def _left_over() -> pl.Expr:
    applied = pl.sum_horizontal(f"{component}_minor" for component in PAYABLE)
    return (pl.col("amount_minor") - applied).cast(pl.Int64).alias("unapplied_minor")
