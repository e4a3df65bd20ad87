"""What a portfolio says of an account that does not follow from what was known of it.

None of it is impossible, and each is what a wrong file looks like: figures of another account, a
number given away again, a payment that the institution did not take off.
"""

from __future__ import annotations

import polars as pl

from recupero.rules.components import COLUMNS

#: The classes of jumps and the field each is laid to.
FIELD = {
    "balance_up": "principal_minor",
    "due_date_back": "due_date",
    "debtor_changed": "debtor_id_number",
    "id_reused": "account_number",
}
#: ``line_number``, ``field`` and ``rule``: one row per line and class.
FOUND = pl.Schema({"line_number": pl.Int64, "field": pl.String, "rule": pl.String})

_CHARGES = tuple(c for c in COLUMNS if c not in ("principal_minor", "unapplied_minor"))
_MILLION = 1_000_000
_TOTAL = pl.sum_horizontal(pl.col(COLUMNS).cast(pl.Int128))
#: What a balance moves by beyond the charges that came with it.
UNEXPLAINED = _TOTAL - pl.max_horizontal(
    pl.sum_horizontal(pl.col(_CHARGES).cast(pl.Int128)), pl.lit(0, pl.Int128)
)


def balance_up(moved: pl.DataFrame, share_max: float) -> pl.DataFrame:
    """Lines whose balance rises by more than the charges that came with it.

    *moved*: ``line_number``, the components as they move (stated less known, at the cut-off) and
    ``stated_minor``, the balance stated. Up to *share_max* of the balance known is no jump.
    """
    known = (pl.col("stated_minor") - _TOTAL).abs()
    allowed = known * round(share_max * _MILLION) // _MILLION
    return _found(moved.filter(allowed < UNEXPLAINED), "balance_up")


def due_date_back(told: pl.DataFrame, known: pl.DataFrame, days_max: int) -> pl.DataFrame:
    """Lines whose account fell due more than *days_max* days before the date known of it.

    *told* and *known*: versions by ``account_id`` with ``due_date``.
    """
    before = known.select("account_id", pl.col("due_date").alias("_known"))
    moved = told.join(before, on="account_id", how="inner").filter(
        pl.col("_known") - pl.col("due_date") > pl.duration(days=days_max)
    )
    return _found(moved, "due_date_back")


def other_debtor(told: pl.DataFrame, known: pl.DataFrame, replaced: pl.Series) -> pl.DataFrame:
    """Lines that name another debtor: of the same obligation, or of another under its number.

    *told* are all lines of the accounts *replaced* (``account_id``), ``opened_on`` and
    ``product`` as stated; *known* the versions before. The number is reused where the account had
    been recalled, or began on another day, or is of another product.
    """
    before = known.select(
        "account_id",
        (pl.col("state") != "placed").alias("_gone"),
        *(pl.col(name).alias(f"_{name}") for name in ("opened_on", "product")),
    )
    named = told.filter(pl.col("account_id").is_in(replaced.implode())).join(
        before, on="account_id", how="inner"
    )
    reused = pl.any_horizontal(
        "_gone",
        *(
            (pl.col(name) != pl.col(f"_{name}")).fill_null(False)
            for name in ("opened_on", "product")
        ),
    )
    return pl.concat(
        [
            _found(named.filter(~reused), "debtor_changed"),
            _found(named.filter(reused), "id_reused"),
        ]
    )


def together(found: list[pl.DataFrame]) -> pl.DataFrame:
    """All that was *found*, by line; a number that is reused is of another obligation, of which
    nothing else is compared.
    """
    every = pl.concat([pl.DataFrame(schema=FOUND), *found])
    reused = every.filter(pl.col("rule") == "id_reused")
    others = every.join(reused, on="line_number", how="anti")
    return pl.concat([others, reused]).sort("line_number", "field", "rule")


def _found(rows: pl.DataFrame, rule: str) -> pl.DataFrame:
    return rows.select(
        "line_number", pl.lit(FIELD[rule]).alias("field"), pl.lit(rule).alias("rule")
    )
