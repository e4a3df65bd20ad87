"""Where an institution stands: what came in, what became of it, and what still waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from recupero.profiles.sealed import outermost
from recupero.rules.components import COLUMNS
from recupero.rules.reconcile import open_items, received_summary
from recupero.steps.incident import open_incidents
from recupero.steps.notices import noticed
from recupero.steps.services import Services
from recupero.store import contacts, ledger, manifest, money, outgoing
from recupero.store.outgoing import TOO_LATE, UNCERTAIN
from recupero.store.published import newest_published
from recupero.store.rows import rows_of
from recupero.store.session import Unit
from recupero.store.tables import recording

_ROWS = tuple(
    f"rows_{part}" for part in ("read", "booked", "unchanged", "held", "rejected", "duplicate")
)


@dataclass(frozen=True)
class Standing:
    """Counts and totals, no debtor's data; amounts in minor units.

    ``files`` counts receipts by outcome (without one ``pending``, or
    ``sealed`` where it waits to be opened); ``received`` has one row per
    source, currency and side; ``open_items`` one per currency and reason; ``balances`` one per
    ledger and currency; ``last`` is the newest recording, or empty before the first; ``withheld``
    names the papers that its date found too late to leave, ``uncertain`` those of all dates that
    may have arrived; ``unmatched_withdrawals`` counts withdrawals of consent, per channel, of
    people no portfolio has named; ``left`` counts by reason what the newest date's pulls did not
    take up; ``incidents`` has a row for each that is open.
    """

    institution: str
    last: dict[str, Any]
    files: dict[str, int]
    rows: dict[str, int]
    received: list[dict[str, Any]]
    undecided_entries: int
    open_items: list[dict[str, Any]]
    balances: list[dict[str, Any]]
    documents: int
    undelivered: list[str]
    withheld: list[str]
    uncertain: list[str]
    unmatched_withdrawals: int
    left: dict[str, int]
    incidents: list[dict[str, Any]]


def standing(services: Services, code: str) -> Standing:
    """What is recorded for one institution, as it stands now."""
    with services.store.snapshot(code) as unit:
        last = _last(unit)
        outcomes = manifest.outcomes(unit)
        decided = money.decided(unit)
        return Standing(
            institution=code,
            last=last,
            files=_files(unit, outcomes),
            rows={name.removeprefix("rows_"): int(outcomes[name].sum()) for name in _ROWS},
            received=received_summary(money.classed(unit), decided).to_dicts(),
            undecided_entries=money.undecided(unit).height,
            open_items=_open(decided, last["business_date"]) if last else [],
            balances=[*_balances(unit, "claim"), *_balances(unit, "memorandum")],
            documents=len(outgoing.documents(unit)),
            undelivered=[document.name for document in outgoing.undelivered(unit)],
            withheld=_withheld(unit, last["business_date"]) if last else [],
            uncertain=[document.name for document in outgoing.delivered(unit, UNCERTAIN)],
            unmatched_withdrawals=(
                contacts.unmatched_withdrawals(unit, last["business_date"]).height if last else 0
            ),
            left=noticed(unit, last["business_date"]) if last else {},
            incidents=open_incidents(unit),
        )


def overview(services: Services) -> list[dict[str, Any]]:
    """The newest day of each institution, from what its run published; amounts by currency."""
    return [
        {
            "institution": each.institution,
            "business_date": each.business_date,
            **each.totals,
        }
        for each in newest_published(services.store)
    ]


def _last(unit: Unit) -> dict[str, Any]:
    rows = rows_of(unit, recording).sort("position").tail(1)
    return next(rows.select("position", "kind", "business_date", "head").iter_rows(named=True), {})


def _files(unit: Unit, outcomes: pl.DataFrame) -> dict[str, int]:
    states = dict(outcomes["state"].value_counts().sort("state").iter_rows())
    waiting = [outermost(one.name) is not None for one in manifest.pending_receipts(unit)]
    counts = {"pending": waiting.count(False), "sealed": waiting.count(True)}
    return {**states, **{name: count for name, count in counts.items() if count}}


def _open(decided: pl.DataFrame, as_of: date) -> list[dict[str, Any]]:
    return (
        open_items(decided, as_of)
        .group_by("currency", "reason")
        .agg(pl.len().alias("entries"), pl.col("amount_minor").sum())
        .sort("currency", "reason")
        .to_dicts()
    )


def _withheld(unit: Unit, business_date: date) -> list[str]:
    return [document.name for document in outgoing.delivered(unit, TOO_LATE, business_date)]


def _balances(unit: Unit, book: str) -> list[dict[str, Any]]:
    return (
        ledger.balances(unit, ledger=book)
        .group_by("currency")
        .agg(pl.len().alias("accounts"), pl.sum_horizontal(COLUMNS).sum().alias("balance_minor"))
        .select(pl.lit(book).alias("ledger"), "currency", "accounts", "balance_minor")
        .sort("currency")
        .to_dicts()
    )
