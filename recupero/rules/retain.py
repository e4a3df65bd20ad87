"""Retention: which objects have been kept as long as was agreed, and what keeps the others.

references  reference, address, kind String; reference_id, bundle Int; kept_from Date; erased
            Boolean: each file, paper and input of a run, with the object of the vault that it
            names. Several may name one object. ``bundle`` is the ``reference_id`` of the container
            a file came in; the container bears its own. ``kept_from`` is null while something still
            waits for it; ``erased`` ones were found due before and need nothing any more.

A period is counted from date to date: its last day bears the number of ``kept_from``, or is the
month's last where the month is shorter, and belongs to it whole.

An object goes with all that name it or not at all: one that is not due keeps it for the others. So
do a container and all that came in it, whose bytes it holds: it has no period of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from recupero.rules.legal_hold import LegalHold


def judge(
    references: pl.DataFrame, months: Mapping[str, int], holds: Sequence[LegalHold], as_of: date
) -> pl.DataFrame:
    """*references* in the order given, with ``months`` Int, ``kept_until`` Date, ``hold`` String
    and ``verdict``:

    erased   found due before
    kept     *months* name no period for its kind, and it is no container: for ever
    waits    undecided, held, undelivered or not yet anchored
    running  the period has not ended before *as_of*
    held     it has, but a hold, whose reason is in ``hold``, covers it
    shared   it has, but one that stays names the same object or belongs to the same bundle
    due      it has
    """
    kinds = references["kind"].unique().sort().to_list()
    reasons = {kind: _held_by(kind, holds, as_of) for kind in kinds}
    known = references.with_columns(
        pl.col("kind").replace_strict(dict(months), default=None, return_dtype=pl.Int64)
        .alias("months"),
        pl.col("kind").replace_strict(reasons, default=None, return_dtype=pl.String)
        .alias("hold"),
    ).with_columns(
        pl.col("kept_from").dt.offset_by(pl.format("{}mo", "months")).alias("kept_until")
    )  # fmt: skip
    is_container = (pl.col("bundle") == pl.col("reference_id")).fill_null(value=False)
    alone = (
        pl.when("erased").then(pl.lit("erased"))
        .when(pl.col("months").is_null() & ~is_container).then(pl.lit("kept"))
        .when(pl.col("kept_from").is_null()).then(pl.lit("waits"))
        .when(pl.col("kept_until") >= as_of).then(pl.lit("running"))
        .when(pl.col("hold").is_not_null()).then(pl.lit("held"))
        .otherwise(pl.lit("due"))
    )  # fmt: skip
    return _kept_by_others(known.with_columns(alone.alias("verdict")))


def _kept_by_others(judged: pl.DataFrame) -> pl.DataFrame:
    """*judged* with ``shared`` for ``due``, from one that stays to the next, until none follows."""
    stays = ~pl.col("verdict").is_in(["erased", "due"])
    in_bundle = pl.col("bundle").is_not_null() & stays.any().over("bundle")
    needed = (pl.col("verdict") == "due") & (stays.any().over("address") | in_bundle)
    verdict = pl.when(needed).then(pl.lit("shared")).otherwise("verdict").alias("verdict")
    while not (follows := judged.with_columns(verdict)).equals(judged):
        judged = follows
    return judged


def _held_by(kind: str, holds: Sequence[LegalHold], day: date) -> str | None:
    return next((hold.reason for hold in holds if hold.covers(kind, day)), None)
