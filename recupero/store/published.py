"""Published totals: what each institution's run tells everybody, counts and sums of its day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from recupero.store.recordings import canonical_json
from recupero.store.session import Store, Unit
from recupero.store.tables import published_total


@dataclass(frozen=True)
class Published:
    """One institution's totals of one date; ``stage`` tells the later of two of a date."""

    institution: str
    business_date: date
    stage: str
    totals: dict[str, Any]


def publish(unit: Unit, business_date: date, stage: str, totals: Mapping[str, Any]) -> None:
    """Tell everybody the *totals*; never anything of a debtor. Once a date and stage."""
    row = {"business_date": business_date, "stage": stage, "totals": canonical_json(totals)}
    unit.connection.execute(insert(published_total).values(institution=unit.institution, **row))


def published_by(unit: Unit) -> list[Published]:
    """What the unit's own institution has published, in order."""
    mine = published_total.c.institution == unit.institution
    rows = unit.connection.execute(select(published_total).where(mine).order_by(*_ORDER))
    return [Published(row[0], row[1], row[2], json.loads(row[3])) for row in rows]


def newest_published(store: Store) -> list[Published]:
    """The newest totals of each institution, by code."""
    query = select(published_total).distinct(published_total.c.institution)
    newest_first = (published_total.c.institution, *(column.desc() for column in _ORDER))
    with store.overview() as connection:
        rows = connection.execute(query.order_by(*newest_first)).all()
    return [Published(row[0], row[1], row[2], json.loads(row[3])) for row in rows]


_ORDER = (published_total.c.business_date, published_total.c.stage)
