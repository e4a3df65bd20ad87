"""The agency's capacity, divided among the institutions it serves in each country."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from recupero.money import share
from recupero.steps.roll_call import in_country
from recupero.steps.services import AGENCY, Services
from recupero.store import contacts
from recupero.store.enrolled import enrolled
from recupero.store.recordings import Draft, append, is_closed, recorded_of, take_turn
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import collector, collector_quota


def share_capacity(services: Services, business_date: date) -> dict[str, int]:
    """Give each institution its part of every collector of its country; returns accounts per code.

    Capacity is divided evenly and losslessly among all that are enrolled, and again when the
    roster or they change: who cannot be served tonight keeps its part. The agency's roster itself
    is read by no institution's run.
    """
    with services.store.unit(AGENCY) as unit:
        roster = roster_on(unit, business_date)
    if roster.is_empty():
        return {}
    given: dict[str, int] = {}
    for country in sorted({each.country for each in enrolled(services.store)}):
        among = in_country(services, country)
        for code in among:
            quotas = quotas_of(roster, country, among, code)
            inputs = {
                "roster": str(roster["receipt_id"][0]),
                "country": country,
                "among": ",".join(among),
            }
            _record(services, code, quotas, inputs, business_date)
            given[code] = int(quotas["capacity"].sum())
    return given


def roster_on(unit: Unit, business_date: date) -> pl.DataFrame:
    """The newest roster the agency's own unit has on the date; no rows before the first."""
    known = rows_of(unit, collector, collector.c.recorded_on <= business_date)
    return known.filter(pl.col("sequence") == pl.col("sequence").max())


def quotas_of(roster: pl.DataFrame, country: str, among: Sequence[str], code: str) -> pl.DataFrame:
    """*code*'s part of the *country*'s collectors, divided *among* its institutions."""
    ours = roster.filter(pl.col("country") == country).sort("collector_code")
    position = list(among).index(code)
    shares = [share(capacity, [1] * len(among))[position] for capacity in ours["capacity"]]
    return ours.select("collector_code", "skills").with_columns(
        pl.Series("capacity", shares, dtype=pl.Int64)
    )


def _record(
    services: Services,
    code: str,
    quotas: pl.DataFrame,
    inputs: dict[str, str],
    business_date: date,
) -> None:
    """Record the division where it is not the one in force; one that is ahead has its own."""
    with services.store.unit(code) as unit:
        take_turn(unit)
        if is_closed(unit, business_date) or contacts.quotas(unit, business_date).equals(quotas):
            return
        number = recorded_of(unit, "quota", business_date) + 1
        append(
            unit,
            Draft(
                kind="quota",
                subject=f"quota:{business_date}:{number}",
                business_date=business_date,
                counts={"capacity": int(quotas["capacity"].sum())},
                inputs=inputs,
                frames={
                    collector_quota: quotas.with_columns(
                        pl.lit(business_date).alias("business_date")
                    )
                },
            ),
        )
