"""What a business day recorded for an institution: counts, totals and ids, never a debtor."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from recupero.steps.services import Services
from recupero.store import outgoing
from recupero.store.outgoing import IN_PLACE, UNCERTAIN
from recupero.store.rows import rows_of
from recupero.store.tables import recording


@dataclass(frozen=True)
class Figure:
    """One total of one recording, for example ``permissions``, ``rules.waiting_period``, 12."""

    recorded: str
    total: str
    value: int | str


def figures_of_day(
    services: Services, code: str, business_date: date, kinds: Collection[str]
) -> list[Figure]:
    """The totals that recordings of *kinds* reported on the date, in the chain's order."""
    with services.store.unit(code) as unit:
        recorded = rows_of(
            unit, recording, recording.c.business_date == business_date,
            recording.c.kind.in_(sorted(kinds)),
        )  # fmt: skip
    return [
        Figure(kind, name, value)
        for kind, counts in recorded.sort("position").select("kind", "counts").iter_rows()
        for name, value in _flat(json.loads(counts))
    ]


def documents_of_day(services: Services, code: str, business_date: date) -> list[dict[str, Any]]:
    """The date's documents by kind: how many were made, are in place, and may be."""
    with services.store.unit(code) as unit:
        made = outgoing.documents(unit, business_date)
        ended = {how: set(outgoing.delivered(unit, how)) for how in (IN_PLACE, UNCERTAIN)}
    kinds = Counter(document.kind for document in made)
    found = {
        how: Counter(document.kind for document in made if document in papers)
        for how, papers in ended.items()
    }
    return [
        {"kind": kind, "made": count, **{how: found[how][kind] for how in ended}}
        for kind, count in sorted(kinds.items())
    ]


def _flat(counts: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, int | str]]:
    for name, value in sorted(counts.items()):
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
