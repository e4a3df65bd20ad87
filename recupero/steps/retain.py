"""Retain: whose time is over loses its key. It is recorded first, with the reason, then destroyed.

The night records before its anchor and destroys as the last it does. Killed in between, the next
run destroys what is recorded. What a run depended on besides files and
papers (profiles, packs, calendars) is kept for ever.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from recupero.errors import LeaseTaken
from recupero.profiles.retention import Retention
from recupero.rules.retain import judge
from recupero.steps.inputs import keep_inputs
from recupero.steps.lease import leased
from recupero.steps.services import Services
from recupero.store.recordings import Draft, append, find, is_closed, recorded_of, take_turn
from recupero.store.session import Unit
from recupero.store.tables import erasure
from recupero.store.vaulted import destroyed, references

Counts = dict[str, int]


@dataclass(frozen=True)
class Retained:
    """Files and papers by kind whose time is over (``due``), and those that stay all the same: by
    the reason of a hold, or because one that stays needs the object or came in the same container.
    ``objects`` counts what goes.
    """

    due: Counts = field(default_factory=dict)
    held: dict[str, Counts] = field(default_factory=dict)
    shared: Counts = field(default_factory=dict)
    objects: int = 0


def retain(services: Services, code: str, business_date: date) -> Retained:
    """Record what is past retention on the date, and destroy it; tells what was due on it, again
    where it was recorded before, and how many objects went now.

    On a closed date nothing is recorded. What was recorded before and is still there, or is there
    again because it was sent again and not taken, is destroyed whatever the date.
    """
    due = record_due(services, code, business_date)
    return Retained(due=due, objects=destroy_recorded(services, code))


def foresee(services: Services, code: str, as_of: date) -> Retained:
    """What :func:`retain` would find on *as_of*, if nothing came until then; changes nothing."""
    declared = services.profile(code).retention
    with services.store.snapshot(code) as unit:
        if declared is None:
            return Retained()
        judged = _judged(unit, declared, as_of)
    told = judged.filter(pl.col("reference") != "encrypted")
    held = told.filter(pl.col("verdict") == "held")
    due = _due(judged)
    also = (pl.col("reference") == "encrypted") & (pl.col("verdict") == "due")
    encrypted = judged.filter(also).join(
        due.filter(pl.col("reference") == "paper"), on="reference_id", how="semi"
    )
    return Retained(
        due=_by_kind(due),
        held={
            reason: _by_kind(held.filter(pl.col("hold") == reason))
            for reason in held["hold"].unique().sort()
        },
        shared=_by_kind(told.filter(pl.col("verdict") == "shared")),
        objects=pl.concat([due, encrypted])["address"].n_unique(),
    )


def record_due(services: Services, code: str, business_date: date) -> Counts:
    """The proof alone: each file and paper past retention, with the rule that says so.

    Returns, by kind, all that is recorded as due on the date.
    """
    declared = services.profile(code).retention
    if declared is None:
        return {}
    with services.store.unit(code) as unit:
        take_turn(unit)
        before = _recorded(unit, business_date)
        if is_closed(unit, business_date):
            return before
        judged = _judged(unit, declared, business_date)
        due = _due(judged)
        if due.is_empty():
            return before
        version = recorded_of(unit, "retention", business_date) + 1
        append(
            unit,
            Draft(
                kind="retention",
                subject=f"retention:{business_date}:{version}",
                business_date=business_date,
                counts={"version": version, "erased": _by_kind(due)},
                inputs=keep_inputs(services, unit, business_date),
                frames={erasure: _rows(due, business_date)},
            ),
        )
        return _summed([before, _by_kind(due)])


def destroy_recorded(services: Services, code: str) -> int:
    """Destroy every object that is recorded as destroyed and is there; how many there were.

    Nobody may take it for kept meanwhile: no pull, which finds sent bytes in the vault before it
    records them, and no step that writes a paper.
    """
    with services.store.snapshot(code) as unit:
        if not _still_there(services, unit):
            return 0
    with leased(services, code, "inbox") as ours, services.store.unit(code) as unit:
        ours.confirm(unit)
        take_turn(unit)
        return len(destroy_there(services, unit))


def destroy_there(services: Services, unit: Unit) -> list[str]:
    """As :func:`destroy_recorded`, by whoever has the inbox and the turn; what there was."""
    there = _still_there(services, unit)
    for address in there:
        services.vault.destroy(unit.institution, address)
    return there


def destroy_if_free(services: Services, code: str) -> int:
    """As :func:`destroy_recorded`, at the night's end: 0 where another worker has the inbox. What
    is recorded and there is destroyed the next night; ``verify`` names it meanwhile."""
    try:
        return destroy_recorded(services, code)
    except LeaseTaken:
        return 0


def _judged(unit: Unit, declared: Retention, as_of: date) -> pl.DataFrame:
    return judge(references(unit, as_of), declared.months, declared.holds, as_of)


def _due(judged: pl.DataFrame) -> pl.DataFrame:
    """The files and papers; with a paper goes, without a word of its own, what left encrypted."""
    return judged.filter(pl.col("verdict") == "due", pl.col("reference") != "encrypted")


def _still_there(services: Services, unit: Unit) -> list[str]:
    gone = set(destroyed(references(unit))["address"])
    return sorted(gone.intersection(services.vault.remains(unit.institution))) if gone else []


def _recorded(unit: Unit, business_date: date) -> Counts:
    last = recorded_of(unit, "retention", business_date)
    found = [find(unit, f"retention:{business_date}:{each}") for each in range(1, last + 1)]
    return _summed([one.counts["erased"] for one in found if one])


def _summed(counts: list[Counts]) -> Counts:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(sorted(total.items()))


def _by_kind(rows: pl.DataFrame) -> Counts:
    return dict(rows["kind"].value_counts().sort("kind").iter_rows())


def _rows(due: pl.DataFrame, business_date: date) -> pl.DataFrame:
    """The rows of ``erasure``, what is oldest first."""
    ordered = due.sort("kept_from", "kind", "reference_id")
    of = pl.col("reference")
    return ordered.select(
        pl.int_range(1, pl.len() + 1).alias("number"),
        pl.when(of == "file").then("reference_id").alias("receipt_id"),
        pl.when(of == "paper").then("reference_id").alias("document_id"),
        "address",
        pl.format("retention.{}", "kind").alias("rule"),
        pl.col("months").fill_null(0),
        "kept_from",
        pl.lit(business_date).alias("business_date"),
    )
