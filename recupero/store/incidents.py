"""Incidents: what stopped the traffic with a server, from the first failure to the next success.

One row an incident, on the database's clock. Whoever writes of an institution's incidents has a
turn, held until the transaction ends: so only one of many who fail at once opens it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, text, update

from recupero.store.lease import Side
from recupero.store.session import Unit
from recupero.store.tables import incident as table


@dataclass(frozen=True)
class Incident:
    """One incident. ``number`` counts the side's incidents of its kind; ``detail`` says what the
    last of its ``times`` failures was; open without ``closed_at``.
    """

    institution: str
    side: Side
    kind: str
    number: int
    detail: str
    times: int
    opened_at: datetime
    failed_at: datetime
    closed_at: datetime | None

    @property
    def opens(self) -> bool:
        """Whether its first failure is all there was of it yet."""
        return self.closed_at is None and self.times == 1


_COLUMNS = [table.c[name] for name in Incident.__dataclass_fields__]


def failed(unit: Unit, side: Side, kind: str, detail: str) -> Incident:
    """The side's open incident of *kind*, with one failure more; a new one where none was open."""
    _take_turn(unit)
    now = func.clock_timestamp()
    again = (
        update(table)
        .where(*_open(unit, side), table.c.kind == kind)
        .values(times=table.c.times + 1, failed_at=now, detail=detail)
    )
    found = _incidents(unit, again.returning(*_COLUMNS))
    if not found:
        before = select(func.count()).where(
            table.c.institution == unit.institution, table.c.side == side, table.c.kind == kind
        )
        first = insert(table).values(
            institution=unit.institution, side=side, kind=kind,
            number=before.scalar_subquery() + 1, detail=detail, times=1,
            opened_at=now, failed_at=now,
        )  # fmt: skip
        found = _incidents(unit, first.returning(*_COLUMNS))
    return found[0]


def close(unit: Unit, side: Side) -> list[Incident]:
    """End every open incident of the side; those that were."""
    _take_turn(unit)
    ended = update(table).where(*_open(unit, side)).values(closed_at=func.clock_timestamp())
    return _incidents(unit, ended.returning(*_COLUMNS))


def still_open(unit: Unit, side: Side | None = None) -> list[Incident]:
    """The open incidents of one side or of both, oldest first."""
    return _incidents(unit, select(*_COLUMNS).where(*_open(unit, side)))


def _open(unit: Unit, side: Side | None) -> list[Any]:
    sides = [] if side is None else [table.c.side == side]
    return [table.c.institution == unit.institution, table.c.closed_at.is_(None), *sides]


def _incidents(unit: Unit, query: Any) -> list[Incident]:
    found = [Incident(**row._mapping) for row in unit.connection.execute(query)]
    return sorted(found, key=lambda each: (each.opened_at, each.side, each.kind))


def _take_turn(unit: Unit) -> None:
    unit.connection.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('incident:' || :code, 0))"),
        {"code": unit.institution},
    )
