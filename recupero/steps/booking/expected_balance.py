"""A full portfolio's total against what was expected: the last balance and what moved since.

The one control a file has that brings no figures of its own. Our ledger at the file's cut-off is
what it stated last, less the payments since; new accounts, adjustments and recalls say where the
total comes from.
"""

from __future__ import annotations

import polars as pl

from recupero.money import to_text
from recupero.rules.components import COLUMNS
from recupero.rules.post import STATED
from recupero.steps.booking.case import Case, Hold, by_currency
from reports.compared import ExpectedBalance

_MILLION = 1_000_000
_MEND = (
    "Compruebe que el archivo está completo y es de esta cartera, y envíelo con otro nombre. Si el "
    "total es ese, acuérdelo con la agencia, que sube ese máximo (balance_jump_share_max)."
)


def expected_balance(
    case: Case, stated: pl.DataFrame, entries: pl.DataFrame, ours: pl.DataFrame,
    gone: pl.DataFrame, balances: pl.DataFrame,
) -> tuple[ExpectedBalance, ...]:  # fmt: skip
    """By currency what all *stated* rows come to, and how that follows from the balance known.

    *entries* are what the file moves in the ledger, *ours* its accounts until now that
    were looked at, *gone* those recalled. None of a delta, or of a part: they do not state the
    whole.
    """
    if case.layout.snapshot != "full" or case.layout.parts:
        return ()
    total = by_currency(stated, *STATED)
    moved = {
        event: by_currency(_of_event(entries, event), *COLUMNS)
        for event in ("placed", "adjusted", "recalled")
    }
    unstated = _unstated(case, stated, ours, gone, balances)
    return tuple(
        ExpectedBalance(
            currency=currency,
            placed_minor=moved["placed"].get(currency, 0),
            adjusted_minor=moved["adjusted"].get(currency, 0),
            recalled_minor=moved["recalled"].get(currency, 0),
            unstated_minor=-unstated.get(currency, 0),
            total_minor=total.get(currency, 0),
        )
        for currency in sorted({*total, *unstated, *(c for of in moved.values() for c in of)})
    )


def excess(case: Case, expected: tuple[ExpectedBalance, ...]) -> Hold | None:
    """Why the file is held, where its total is farther from the balance known than agreed.

    Where nothing was known of a currency, there is nothing to compare it with.
    """
    share_max = case.profile.policy.balance_jump_share_max
    if share_max is None:
        return None
    share_ppm = round(share_max * _MILLION)
    beyond = [
        f"suma {to_text(one.total_minor, one.currency)} y se esperaban "
        f"{to_text(one.known_minor, one.currency)}"
        for one in expected
        if one.known_minor > 0
        and abs(one.total_minor - one.known_minor) * _MILLION > share_ppm * one.known_minor
    ]
    if not beyond:
        return None
    return Hold(
        rule="balance_jump",
        reason=f"la cartera {'; '.join(beyond)}, por el saldo anterior y los pagos desde entonces: "
        f"una diferencia de más del {share_max * 100:g} % acordado",
        mend=_MEND,
    )


def _of_event(entries: pl.DataFrame, event: str) -> pl.DataFrame:
    return entries.filter((pl.col("event") == event) & pl.col("account_id").is_not_null())


def _unstated(
    case: Case, stated: pl.DataFrame, ours: pl.DataFrame, gone: pl.DataFrame, balances: pl.DataFrame
) -> dict[str, int]:
    """What is owed on accounts that the file names in rows that were rejected, by currency."""
    if stated.height == case.screened.rows_read:  # nothing was rejected: spare the joins
        return {}
    named = stated.select("account_number")
    silent = ours.join(gone, on="account_id", how="anti").join(
        named, on="account_number", how="anti"
    )
    owed = balances.join(silent, on="account_id", how="semi")
    return {currency: owing for currency, owing in by_currency(owed, *COLUMNS).items() if owing}
