"""The agency's capacity, divided among the institutions it serves in each country."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from recupero.money import share
from recupero.steps.roll_call import in_country
from recupero.steps.services import AGENCY, Services
from recupero.store import contacts
from recupero.store.agency import away as away_on
from recupero.store.recordings import Draft, append, recorded_of
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import absence, collector, collector_quota


def take_share(services: Services, unit: Unit, business_date: date) -> None:
    """Record the institution's part of its country's collectors, where it is not the one in force.

    Capacity is divided evenly and losslessly among all that are enrolled, and again when the
    roster, who is away on the date, or they change: who cannot be served tonight keeps its part.
    Nothing of the roster but the part itself comes into the institution's own books. Without a
    roster nothing is divided.
    """
    if unit.rehearsed is not None:
        return  # it hangs on the agency's books; verify divides again by itself
    with services.store.unit(AGENCY) as agency:
        roster = roster_on(agency, business_date)
        absences = rows_of(agency, absence, absence.c.recorded_on <= business_date)
    if roster.is_empty():
        return
    country = services.profile(unit.institution).institution.country
    among = in_country(services, country)
    away = away_on(absences, business_date)
    quotas = quotas_of(roster, country, among, unit.institution, away)
    if contacts.quotas(unit, business_date).equals(quotas):
        return
    number = recorded_of(unit, "quota", business_date) + 1
    append(
        unit,
        Draft(
            kind="quota",
            subject=f"quota:{business_date}:{number}",
            business_date=business_date,
            counts={"capacity": int(quotas["capacity"].sum())},
            inputs={
                "roster": str(roster["receipt_id"][0]),
                "country": country,
                "among": ",".join(among),
                **known_by(absences),
            },
            frames={
                collector_quota: quotas.with_columns(pl.lit(business_date).alias("business_date"))
            },
        ),
    )


def roster_on(unit: Unit, business_date: date) -> pl.DataFrame:
    """The newest roster the agency's own unit has on the date; no rows before the first."""
    known = rows_of(unit, collector, collector.c.recorded_on <= business_date)
    return known.filter(pl.col("sequence") == pl.col("sequence").max())


def known_by(absences: pl.DataFrame) -> dict[str, str]:
    """Names what of the *absences* was known: all of files up to a place in the agency's order."""
    return {} if absences.is_empty() else {"absences": str(absences["sequence"].max())}


def quotas_of(
    roster: pl.DataFrame, country: str, among: Sequence[str], code: str, away: Sequence[str] = ()
) -> pl.DataFrame:
    """*code*'s part of the *country*'s collectors, divided *among* its institutions.

    Who is *away* takes no account.
    """
    present = pl.when(pl.col("collector_code").is_in(away)).then(0).otherwise("capacity")
    roster = roster.with_columns(present.alias("capacity"))
    ours = roster.filter(pl.col("country") == country).sort("collector_code")
    position = list(among).index(code)
    shares = [share(capacity, [1] * len(among))[position] for capacity in ours["capacity"]]
    return ours.select("collector_code", "skills").with_columns(
        pl.Series("capacity", shares, dtype=pl.Int64)
    )
