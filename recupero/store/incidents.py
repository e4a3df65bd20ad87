"""Incidents: what stopped the traffic with a server, or a file that did not come, from the first
failure to the next success.

One row an incident, on the database's clock. Whoever writes of an institution's incidents has a
turn, held until the transaction ends: so only one of many who fail at once opens it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, insert, select, update

from recupero.store.session import Unit
from recupero.store.tables import incident as table

#: A side of the institution's server, or the ``files`` that are expected of it.
Side = Literal["inbox", "outbox", "files"]


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


_COLUMNS = [table.c[name] for name in Incident.__dataclass_fields__]


def failed(unit: Unit, side: Side, kind: str, detail: str) -> None:
    """Add a failure to the side's open incident of *kind*; open a new one where none is."""
    unit.await_turn("incident")
    now = func.clock_timestamp()
    again = (
        update(table)
        .where(*_open(unit, side), table.c.kind == kind)
        .values(times=table.c.times + 1, failed_at=now, detail=detail)
    )
    if unit.connection.execute(again).rowcount == 0:
        before = select(func.count()).where(
            table.c.institution == unit.institution, table.c.side == side, table.c.kind == kind
        )
        first = insert(table).values(
            institution=unit.institution, side=side, kind=kind,
            number=before.scalar_subquery() + 1, detail=detail, times=1,
            opened_at=now, failed_at=now, told=False,
        )  # fmt: skip
        unit.connection.execute(first)


def close(unit: Unit, side: Side, but: Collection[str]) -> None:
    """End every open incident of the side *but* those of these kinds."""
    unit.await_turn("incident")
    ended = update(table).where(*_open(unit, side), table.c.kind.not_in(sorted(but)))
    unit.connection.execute(ended.values(closed_at=func.clock_timestamp(), told=False))


def to_tell(unit: Unit, side: Side) -> list[Incident]:
    """What of the side opened or ended and was not told, oldest first."""
    return _incidents(unit, select(*_COLUMNS).where(*_untold(unit, side)))


def turn_to_tell(unit: Unit, side: Side) -> list[Incident]:
    """The same, to be told by this transaction alone."""
    unit.await_turn("incident")
    return to_tell(unit, side)


def told(unit: Unit, incident: Incident) -> None:
    """Note that people were told what *incident* is now."""
    one = (table.c.kind == incident.kind, table.c.number == incident.number)
    unit.connection.execute(
        update(table).where(*_untold(unit, incident.side), *one).values(told=True)
    )


def still_open(unit: Unit, side: Side | None = None) -> list[Incident]:
    """The open incidents of one side or of both, oldest first."""
    return _incidents(unit, select(*_COLUMNS).where(*_open(unit, side)))


def _open(unit: Unit, side: Side | None) -> list[Any]:
    sides = [] if side is None else [table.c.side == side]
    return [table.c.institution == unit.institution, table.c.closed_at.is_(None), *sides]


def _untold(unit: Unit, side: Side) -> list[Any]:
    return [
        table.c.institution == unit.institution, table.c.side == side, table.c.told.is_(False),
    ]  # fmt: skip


def _incidents(unit: Unit, query: Any) -> list[Incident]:
    found = [Incident(**row._mapping) for row in unit.connection.execute(query)]
    return sorted(found, key=lambda each: (each.opened_at, each.side, each.kind))
