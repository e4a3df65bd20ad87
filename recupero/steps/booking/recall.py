"""Portfolios that cannot be taken at their word, and the accounts a full one no longer names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from recupero.money import to_text
from recupero.rules.components import COLUMNS
from recupero.steps.booking.case import Case, Hold, by_currency
from recupero.store import facts, manifest
from recupero.store.tables import account_version
from reports.labels import count

_COMPLETE = "Si el archivo está incompleto, envíe la cartera completa con otro nombre. "
_AGREE = (
    "Si de verdad retira esas cuentas, acuérdelo con la agencia, que sube ese máximo "
    "(vanished_share_max), y envíe este mismo archivo con otro nombre."
)
_DATE_MEND = (
    "Envíe la cartera vigente; si la fecha de corte está equivocada, corríjala y envíe el archivo "
    "con otro nombre."
)


def outdated(case: Case, elsewhere: Sequence[int]) -> Hold | None:
    """Why the file is held, where it was drawn before a portfolio that is booked already, or longer
    ago than agreed.

    The first would put back what the newer one said: amounts, debtors, telephones, recalls. Lines
    that come back repaired may be late: each is judged by its own cut-off.
    """
    drawn = case.screened.rows["cut_off"].max()
    if case.repairs or not isinstance(drawn, date):
        return None
    age_days, age_max = (case.business_date - drawn).days, case.profile.policy.cut_off_age_days_max
    if age_max is not None and age_days > age_max:
        return Hold(
            rule="old_cut_off",
            reason=f"la cartera es del {drawn:%d/%m/%Y}, {age_days} días antes de la fecha de "
            f"operación; se acordaron {age_max} como máximo",
            mend=_DATE_MEND,
        )
    booked = manifest.outcomes(case.unit).filter(
        (pl.col("kind") == "placement")
        & (pl.col("state") == "booked")
        & ~pl.col("receipt_id").is_in(list(elsewhere))
    )
    newest = booked["cut_off"].max()
    if not isinstance(newest, date) or drawn >= newest:
        return None
    return Hold(
        rule="outdated_portfolio",
        reason=f"la cartera es del {drawn:%d/%m/%Y}, anterior a la ya registrada, del "
        f"{newest:%d/%m/%Y}: aplicarla desharía lo que aquella informó",
        mend=_DATE_MEND,
    )


def placed(before: pl.DataFrame, elsewhere: Sequence[int]) -> pl.DataFrame:
    """The accounts of *before* placed with us, but for those of the institution's other portfolios.

    *elsewhere* are the receipts that stated those.
    """
    return before.filter(
        (pl.col("state") == "placed") & ~pl.col("receipt_id").is_in(list(elsewhere))
    )


def vanished(case: Case, ours: pl.DataFrame) -> pl.DataFrame:
    """Versions saying that accounts of *ours* are gone from a full snapshot; their facts stay.

    Rejected is not vanished: an account whose row was rejected keeps what we knew of it.
    """
    columns = facts.told_columns(account_version)
    if case.layout.snapshot != "full":
        return ours.select(columns).clear()
    named = case.screened.readable_keys.unique().alias("account_number").to_frame()
    missing = ours.join(named, on="account_number", how="anti", maintain_order="left")
    versions = case.version(missing).with_columns(
        pl.lit("vanished").alias("state"), pl.lit(0, dtype=pl.Int64).alias("line_number")
    )
    return versions.select(columns)


def taken_back(gone: pl.DataFrame, balances: pl.DataFrame) -> pl.DataFrame:
    """account_number, currency and amount_minor that the recall of *gone* takes from the ledger."""
    owed = balances.select(
        "account_id",
        pl.col("currency").alias("owed_in"),
        pl.sum_horizontal(COLUMNS).alias("amount_minor"),
    )
    return (
        gone.select("account_id", "account_number", "currency")
        .join(owed, on="account_id", how="left")
        .select(
            "account_number",
            pl.coalesce("owed_in", "currency").alias("currency"),
            pl.col("amount_minor").fill_null(0),
        )
        .sort("account_number", "currency")
    )


def excess(case: Case, ours_count: int, recalled: pl.DataFrame) -> Hold | None:
    """Why the file is held, where *recalled* is more of ours than the policy lets go at once.

    A portfolio cut off on its way looks like a recall, and nothing in it says which it is; a file
    that names accounts to be recalled may be one that should have named others.
    """
    gone, share_max = recalled["account_number"].n_unique(), case.profile.policy.vanished_share_max
    if gone <= share_max * ours_count:
        return None
    country = case.profile.institution.country
    owed = by_currency(recalled, "amount_minor")
    amounts = " y ".join(to_text(amount, currency) for currency, amount in owed.items())
    missing = f"{count(gone, country)} de las {count(ours_count, country)} cuentas asignadas"
    agreed = f"más del {share_max * 100:g} % acordado"
    if case.layout.kind == "recall":
        reason, mend = f"el archivo retira {missing}, {agreed}; deben {amounts}", _AGREE
    else:
        reason = (
            f"la cartera completa no nombra {missing}, {agreed}; las que faltan deben {amounts}"
        )
        mend = _COMPLETE + _AGREE
    return Hold(rule="vanished_share", reason=reason, mend=mend)
