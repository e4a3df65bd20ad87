"""A full portfolio that comes in several files: what one of them can say by itself.

A part states the accounts it names and no other, as a delta does. The one with which all parts of
the cut-off are booked states the portfolio in full: whatever none of them names, rejected rows
included, is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import polars as pl

from recupero.steps.booking.case import Case
from recupero.store import manifest
from recupero.store.session import Unit
from reports.compared import Part
from schemas.screen import readable_keys


def in_part(case: Case, content_of: Callable[[str], bytes]) -> Case:
    """*case*, limited to what its part can say; *content_of* gives the bytes at an address."""
    if not case.layout.parts:
        return case
    own = case.layout.part_of(case.receipt.name)
    others = _of_cut_off(case, own)
    missing = tuple(part for part in case.layout.parts if part != own and part not in others)
    case = replace(case, part=Part(own, missing))
    if missing:
        return replace(case, layout=case.layout.model_copy(update={"snapshot": "delta"}))
    keys = [case.screened.readable_keys]
    for address in others.values():
        keys.append(readable_keys(content_of(address), case.layout, case.business_date))
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
    parts = _all_booked(unit).filter(pl.col("part").is_not_null())
    one_set = ["portfolio", "cut_off"]
    theirs = parts.filter(pl.col("receipt_id").is_in(list(receipts))).select(one_set).unique()
    return parts.join(theirs, on=one_set, how="semi", nulls_equal=True)["receipt_id"].to_list()


def _of_cut_off(case: Case, own: str) -> dict[str, str]:
    """Where the newest of each other part of the same cut-off lies, by part."""
    drawn = case.screened.rows["cut_off"].max()
    same = _booked(case, own).filter(
        pl.col("cut_off") == pl.lit(drawn, pl.Date),
        pl.col("layout_version") == case.layout.version,
        pl.col("part").is_in(case.layout.parts),
    )
    return dict(same.sort("sequence").select("part", "address").iter_rows())


def _booked(case: Case, own: str) -> pl.DataFrame:
    return _all_booked(case.unit).filter(
        pl.col("part") != own,
        pl.col("portfolio").eq_missing(pl.lit(case.layout.portfolio, pl.String)),
    )


def _all_booked(unit: Unit) -> pl.DataFrame:
    control = pl.col("control").str
    return (
        manifest.outcomes(unit)
        .filter((pl.col("kind") == "placement") & (pl.col("state") == "booked"))
        .with_columns(
            control.json_path_match("$.part").alias("part"),
            control.json_path_match("$.portfolio").alias("portfolio"),
        )
    )
