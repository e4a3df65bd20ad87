"""A full portfolio that comes in several files: what one of them can say by itself.

A part states the accounts it names and no other, as a delta does. The one with which all parts of
the cut-off are booked states the portfolio in full: whatever none of them names, rejected rows
and those that came back repaired included, is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import polars as pl

from recupero.steps.booking.case import Case
from recupero.store import manifest
from recupero.store.session import Unit
from reports.compared import Part


def in_part(case: Case, keys_of: Callable[[int], pl.Series]) -> Case:
    """*case*, limited to what its part can say; *keys_of* gives the account numbers that can be
    read in the file of a receipt.
    """
    if not case.layout.parts:
        return case
    own = case.layout.part_of(case.receipt.name)
    others = _of_cut_off(case, own)
    missing = tuple(part for part in case.layout.parts if part != own and part not in others)
    case = replace(case, part=Part(own, missing))
    if missing:
        return replace(case, layout=case.layout.model_copy(update={"snapshot": "delta"}))
    read = [*others.values(), *_repairs_of(case.unit, others.values())]
    keys = [case.screened.readable_keys, *map(keys_of, read)]
    every = pl.concat([named.alias("account_number") for named in keys]).unique(maintain_order=True)
    return replace(case, screened=replace(case.screened, readable_keys=every))


def of_other_parts(case: Case) -> list[int]:
    """Receipts of the portfolio's other parts, of whatever cut-off: a person's telephones in them
    are theirs to end.
    """
    if case.part is None:
        return []
    return _booked(case, case.part.name)["receipt_id"].to_list()


def beside(unit: Unit, receipts: Collection[int]) -> list[int]:
    """Receipts of parts of which another one of the same cut-off is among *receipts*."""
    parts = _with_repairs(unit).filter(pl.col("part").is_not_null())
    one_set = ["portfolio", "cut_off"]
    theirs = parts.filter(pl.col("receipt_id").is_in(list(receipts))).select(one_set).unique()
    return parts.join(theirs, on=one_set, how="semi", nulls_equal=True)["receipt_id"].to_list()


def _of_cut_off(case: Case, own: str) -> dict[str, int]:
    """The receipt of the newest of each other part of the same cut-off, by part."""
    drawn = case.screened.rows["cut_off"].max()
    same = _booked(case, own).filter(
        pl.col("repairs").is_null(),
        pl.col("cut_off") == pl.lit(drawn, pl.Date),
        pl.col("layout_version") == case.layout.version,
        pl.col("part").is_in(case.layout.parts),
    )
    return dict(same.sort("sequence").select("part", "receipt_id").iter_rows())


def _repairs_of(unit: Unit, receipts: Collection[int]) -> list[int]:
    """Receipts that brought back rejected lines of *receipts*."""
    return _all_booked(unit).filter(pl.col("repairs").is_in(list(receipts)))["receipt_id"].to_list()


def _booked(case: Case, own: str) -> pl.DataFrame:
    return _all_booked(case.unit).filter(
        pl.col("part") != own,
        pl.col("portfolio").eq_missing(pl.lit(case.layout.portfolio, pl.String)),
    )


def _with_repairs(unit: Unit) -> pl.DataFrame:
    """All booked portfolios, repairs at the cut-off of the file whose lines they are."""
    every = _all_booked(unit)
    of = every.select(pl.col("receipt_id").alias("repairs"), pl.col("cut_off").alias("of_cut_off"))
    dated = every.join(of, on="repairs", how="left", maintain_order="left")
    return dated.with_columns(
        pl.when(pl.col("repairs").is_null())
        .then("cut_off")
        .otherwise("of_cut_off")
        .alias("cut_off")
    )


def _all_booked(unit: Unit) -> pl.DataFrame:
    control = pl.col("control").str
    return (
        manifest.outcomes(unit)
        .filter((pl.col("kind") == "placement") & (pl.col("state") == "booked"))
        .with_columns(
            control.json_path_match("$.part").alias("part"),
            control.json_path_match("$.portfolio").alias("portfolio"),
            control.json_path_match("$.repairs").cast(pl.Int64).alias("repairs"),
        )
    )
