"""The agency's capacity, divided among the institutions it serves in each country."""

from __future__ import annotations

from datetime import date

import polars as pl

from recupero.money import share
from recupero.steps.services import AGENCY, Services
from recupero.store.recordings import Draft, append
from recupero.store.rows import rows_of
from recupero.store.tables import collector, collector_quota


def share_capacity(services: Services, business_date: date) -> dict[str, int]:
    """Give each institution its part of every collector of its country; returns accounts per code.

    Capacity is divided evenly and losslessly; the agency's roster itself is read by no
    institution's run.
    """
    with services.store.unit(AGENCY) as unit:
        roster = rows_of(unit, collector, collector.c.recorded_on <= business_date)
    if roster.is_empty():
        return {}
    latest = roster.filter(pl.col("sequence") == roster["sequence"].max())
    given: dict[str, int] = {}
    for country in sorted(set(latest["country"])):
        codes = [
            code
            for code in services.institutions()
            if services.profile(code).institution.country == country
        ]
        for position, code in enumerate(codes):
            quotas = _quotas(latest.filter(pl.col("country") == country), len(codes), position)
            _record(services, code, quotas, business_date, int(latest["sequence"][0]))
            given[code] = int(quotas["capacity"].sum())
    return given


def _quotas(roster: pl.DataFrame, parts: int, position: int) -> pl.DataFrame:
    shares = [share(capacity, [1] * parts)[position] for capacity in roster["capacity"]]
    return roster.select("collector_code", "skills").with_columns(
        pl.Series("capacity", shares, dtype=pl.Int64)
    )


def _record(
    services: Services, code: str, quotas: pl.DataFrame, business_date: date, sequence: int
) -> None:
    with services.store.unit(code) as unit:
        append(
            unit,
            Draft(
                kind="quota",
                subject=f"quota:{sequence}",
                business_date=business_date,
                counts={"capacity": int(quotas["capacity"].sum())},
                frames={
                    collector_quota: quotas.with_columns(
                        pl.lit(business_date).alias("business_date")
                    )
                },
            ),
        )
