"""Jumps of a portfolio against what was known: told, held or rejected as the policy says."""

from __future__ import annotations

from typing import get_args

import polars as pl

from recupero.profiles.profile import Done
from recupero.rules.components import COLUMNS
from recupero.rules.jumps import (
    FIELD,
    FOUND,
    UNEXPLAINED,
    balance_up,
    due_date_back,
    other_debtor,
    together,
)
from recupero.rules.post import STATED
from recupero.steps.booking.case import Case, Hold
from reports.labels import count

#: Days by which a due date counted back from days past due may move by itself: a system that counts
#: months of 30 days adds three on the first of March.
_COUNTED_DAYS = 3

_TOLD = {
    "balance_up": "con un saldo que sube sin un cargo que lo explique",
    "due_date_back": "con un vencimiento anterior al informado",
    "debtor_changed": "con otro deudor",
    "id_reused": "con un número que era de otra obligación",
}
_MEND = (
    "Si es un error, corrija esas filas. Si es así, acuérdelo con la agencia, que lo admite "
    "({keys} de [policy.jumps]). Envíe el archivo con otro nombre."
)


def by_policy(
    case: Case, rows: pl.DataFrame, known: pl.DataFrame, told: pl.DataFrame, entries: pl.DataFrame,
    replaced: tuple[str, ...],
) -> dict[str, pl.DataFrame]:  # fmt: skip
    """Line, field and rule of every jump of *rows*, the accepted ones, against *known*, by what the
    policy does about it: accept, hold, reject.

    *told* are the versions of accounts that say something new, *entries* what the rows move in the
    ledger, *replaced* the accounts with another debtor.
    """
    placed = known.filter(pl.col("state") == "placed")
    days_max = 0 if "due_date" in case.layout.declared else _COUNTED_DAYS
    named = rows.filter(pl.col("account_number").is_in(replaced))
    found = together(
        [
            _balance_up(case, rows, placed, entries),
            due_date_back(told, placed, days_max),
            other_debtor(named, known, named["account_id"]),
        ]
    )
    policy = case.profile.policy.jumps
    done = pl.col("rule").replace_strict({rule: getattr(policy, rule) for rule in FIELD})
    return {what: found.filter(done == what) for what in get_args(Done)}


def _balance_up(
    case: Case, rows: pl.DataFrame, placed: pl.DataFrame, entries: pl.DataFrame
) -> pl.DataFrame:
    """Of claims placed with us. Where the file states no charges apart, what rises may be one, and
    is judged only by the share agreed on.
    """
    share_max = case.profile.policy.jumps.balance_up_share_max
    if not share_max and not case.layout.declared.intersection(STATED[1:]):
        return pl.DataFrame(schema=FOUND)
    adjusted = entries.filter(
        pl.col("event") == "adjusted", pl.col("line_number").is_not_null(), UNEXPLAINED > 0
    ).join(placed, on="account_id", how="semi")
    stated = rows.join(adjusted, on="line_number", how="semi").select(
        "line_number", pl.sum_horizontal(pl.col(STATED).cast(pl.Int128)).alias("stated_minor")
    )
    moved = adjusted.select("line_number", *COLUMNS)
    return balance_up(moved.join(stated, on="line_number", how="inner"), share_max)


def hold(case: Case, jumps: pl.DataFrame) -> Hold | None:
    """Why the file is held for its *jumps*: a row by itself cannot wait, so all of it does."""
    if jumps.is_empty():
        return None
    country = case.profile.institution.country
    by_rule = jumps["rule"].value_counts().sort("rule").rows()
    told = "; ".join(f"{count(number, country)} {_TOLD[rule]}" for rule, number in by_rule)
    return Hold(
        rule="jumps",
        reason=f"trae cuentas que no se siguen de lo ya informado: {told}",
        mend=_MEND.format(keys=", ".join(rule for rule, _ in by_rule)),
    )
