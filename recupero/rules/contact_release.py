"""What ends a permission between plan and release, besides the contact law itself."""

from __future__ import annotations

import polars as pl

from recupero.rules.law import Source

NOTHING_OWED = Source(
    "nothing_owed", "Regla de la casa: nadie es requerido por lo que no debe", None
)
DEBTOR_REPLACED = Source(
    "debtor_replaced", "Regla de la casa: el permiso vale para la persona que lo tiene", None
)


def withdrawn(permissions: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """*permissions* as they stand once the ground of some is gone, in the order given.

    *accounts*: ``account_id`` (unique), ``person_id``, ``balance_minor`` and ``contactable`` as
    known now; an account that is not there is no longer ours to collect. Adds ``contactable``,
    which :func:`~recupero.rules.contact.still_lawful` asks for. Withdraws, never allows.
    """
    known = accounts.select(
        "account_id", "balance_minor", "contactable", pl.col("person_id").alias("_debtor")
    )
    joined = permissions.join(known, on="account_id", how="left", maintain_order="left")
    owes = (pl.col("balance_minor") > 0).fill_null(False)
    same = pl.col("person_id").eq_missing(pl.col("_debtor"))
    allowed = pl.col("allowed")
    why = (
        pl.when(allowed & ~owes)
        .then(pl.struct(_words(NOTHING_OWED)))
        .when(allowed & ~same)
        .then(pl.struct(_words(DEBTOR_REPLACED)))
        .otherwise(pl.struct("rule", "norm", "confidence"))
    )
    told = joined.with_columns(
        pl.col("contactable").fill_null(False), (allowed & owes & same).alias("allowed"), _why=why
    )
    return (
        told.drop("rule", "norm", "confidence", "balance_minor", "_debtor")
        .unnest("_why")
        .select(*permissions.columns, "contactable")
    )


def _words(source: Source) -> list[pl.Expr]:
    words = {"rule": source.code, "norm": source.norm, "confidence": source.confidence}
    return [pl.lit(word, pl.String).alias(name) for name, word in words.items()]
