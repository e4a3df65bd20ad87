"""Clear: what lies in the vault and nothing names is destroyed where operations decide it.

A run killed between an object and the recording that would name it leaves such a one, if the file
does not come again. A database restored from an older backup has many, and they may be the only
copies of what was received since. Nobody but people can tell these apart: ``verify`` names them,
and no night destroys any.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from recupero.errors import Refused
from recupero.steps.lease import leased
from recupero.steps.retain import destroy_there
from recupero.steps.services import Services
from recupero.store.recordings import Draft, append, recorded_of, take_turn
from recupero.store.session import Unit
from recupero.store.tables import erasure
from recupero.store.vaulted import CLEARING, references

#: Where a retention rule stands in a proof of retention.
RULE = "unnamed"


def unnamed(services: Services, unit: Unit) -> list[str]:
    """Addresses of the objects that nothing recorded names, sorted.

    Only where nobody else can put any there meanwhile is each of them left behind.
    """
    named = references(unit)["address"].implode()
    there = pl.DataFrame({"address": services.vault.addresses(unit.institution)}, {"address": str})
    return there.filter(~pl.col("address").is_in(named))["address"].to_list()


def foresee_clearing(services: Services, code: str, business_date: date) -> list[str]:
    """What :func:`clear` would destroy; one that is placed just now may be among it."""
    _refuse_held(services, code, business_date)
    with services.store.snapshot(code) as unit:
        return unnamed(services, unit)


def clear(services: Services, code: str, business_date: date, decided_by: str) -> list[str]:
    """Record what nothing names, and who decided it, then destroy it; the addresses of what went,
    with what was recorded before and was still there.

    Under the inbox's lease and the turn: no pull, which finds or places bytes before it records
    them, and no step that writes a paper can be between an object and its name. Killed between
    record and deed, the next run or night destroys it, unless it was received meanwhile. Raises
    Refused under a legal hold, which may be of just that, and LeaseTaken.
    """
    _refuse_held(services, code, business_date)
    with leased(services, code, "inbox") as ours:
        with services.store.unit(code) as unit:
            ours.confirm(unit)
            take_turn(unit)
            found = unnamed(services, unit)
            if found:
                _record(unit, found, business_date, decided_by)
        with services.store.unit(code) as unit:
            ours.confirm(unit)
            take_turn(unit)
            return destroy_there(services, unit)


def _refuse_held(services: Services, code: str, business_date: date) -> None:
    declared = services.profile(code).retention
    for hold in declared.holds if declared else ():
        if any(hold.covers(kind, business_date) for kind in hold.kinds or ("",)):
            raise Refused(
                f"on hold: {hold.reason}", code, "what nothing names may be what it covers"
            )


def _record(unit: Unit, found: list[str], business_date: date, decided_by: str) -> None:
    version = recorded_of(unit, CLEARING, business_date) + 1
    rows = [
        {
            "number": number, "address": address, "rule": RULE, "months": 0,
            "kept_from": business_date, "business_date": business_date,
        }
        for number, address in enumerate(found, start=1)
    ]  # fmt: skip
    append(
        unit,
        Draft(
            kind=CLEARING,
            subject=f"{CLEARING}:{business_date}:{version}",
            business_date=business_date,
            counts={"version": version, "objects": len(found), "decided_by": decided_by},
            frames={erasure: pl.DataFrame(rows)},
        ),
    )
