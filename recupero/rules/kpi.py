"""The day's indicators, each with its numerator and denominator: a bare rate proves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

#: Results in which somebody answered for the debtor.
CONTACTED = ("contact", "promise", "refusal")


@dataclass(frozen=True)
class Kpi:
    """What is counted over what; ``unit`` is accounts, efforts, promises or minor units."""

    name: str
    numerator: str
    denominator: str
    unit: str


#: Definitions printed beside the figures. Sources disagree on several, so ours are spelled out.
KPIS = (
    Kpi("coverage", "cuentas con gestión", "cuentas asignadas", "accounts"),
    Kpi("accounts_reached", "cuentas con contacto", "cuentas asignadas", "accounts"),
    Kpi("contactability", "gestiones con contacto", "gestiones", "efforts"),
    Kpi("direct_contact_rate", "contactos directos", "gestiones con contacto", "efforts"),
    Kpi("promise_rate", "promesas en contactos directos", "contactos directos", "efforts"),
    Kpi("kept_rate", "promesas cumplidas", "promesas vencidas", "promises"),
    Kpi("kept_amount_rate", "importe de cumplidas", "importe de vencidas", "minor"),
)


def kpis(
    accounts: pl.DataFrame, efforts: pl.DataFrame, promises: pl.DataFrame, business_date: date
) -> pl.DataFrame:
    """One row per indicator: business_date, kpi, numerator, denominator (Int64), unit.

    *accounts*: ``account_id`` of those assigned. *efforts*: ``account_id``, ``performed_at``,
    ``result``, ``direct``. *promises*: ``decided_on``, ``state`` (kept counts; partially kept does
    not), ``amount_minor``, of one currency. Only efforts and verdicts of *business_date* count, and
    of efforts only those on assigned accounts. A rate over nothing has denominator 0.
    """
    done = efforts.filter(pl.col("performed_at").dt.date() == business_date).join(
        accounts.select("account_id").unique(), on="account_id", how="semi"
    )
    reached = done.filter(pl.col("result").is_in(CONTACTED))
    direct = reached.filter(pl.col("direct").fill_null(False))
    decided = promises.filter(pl.col("decided_on") == business_date)
    kept = decided.filter(pl.col("state") == "kept")
    assigned = accounts["account_id"].n_unique()
    figures = {
        "coverage": (done["account_id"].n_unique(), assigned),
        "accounts_reached": (reached["account_id"].n_unique(), assigned),
        "contactability": (reached.height, done.height),
        "direct_contact_rate": (direct.height, reached.height),
        "promise_rate": (direct.filter(pl.col("result") == "promise").height, direct.height),
        "kept_rate": (kept.height, decided.height),
        "kept_amount_rate": (int(kept["amount_minor"].sum()), int(decided["amount_minor"].sum())),
    }
    return pl.DataFrame(
        [(business_date, kpi.name, *figures[kpi.name], kpi.unit) for kpi in KPIS],
        schema={
            "business_date": pl.Date,
            "kpi": pl.String,
            "numerator": pl.Int64,
            "denominator": pl.Int64,
            "unit": pl.String,
        },
        orient="row",
    )
