"""The lease of one side of an institution's server: one worker at a time takes or brings files.

A lease ends by itself, on the database's clock, so a worker that died blocks nobody for long. Its
token goes up with every taking. Whoever lost a lease meanwhile holds an old token, and the
transaction in which it would record something refuses it: that, not the clock, is what keeps two
workers apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from recupero.errors import LeaseTaken
from recupero.store.session import Unit
from recupero.store.tables import exchange_lease as table

#: ``inbox``: files are taken from there. ``outbox``: the institution's papers are brought out.
Side = Literal["inbox", "outbox"]


@dataclass(frozen=True)
class Lease:
    """A taken lease; ``token`` tells it from all others of its side, before and after."""

    side: Side
    token: int


def holder(unit: Unit, side: Side) -> str:
    """Who holds the lease, or never gave it back, in its own words; else nobody ("")."""
    query = select(table.c.holder).where(
        table.c.institution == unit.institution, table.c.side == side
    )
    return unit.connection.execute(query).scalar_one_or_none() or ""


def take(unit: Unit, side: Side, holder: str, seconds: float, *, instead_of: str = "") -> Lease:
    """Take the lease for *seconds*, where it is free or held by *instead_of*, who is known to be
    gone.

    Raises LeaseTaken where somebody holds it.
    """
    ends = func.clock_timestamp() + timedelta(seconds=seconds)
    first = insert(table).values(
        institution=unit.institution, side=side, token=1, holder=holder, expires_at=ends
    )
    free = (table.c.expires_at <= func.clock_timestamp()) | (table.c.holder == instead_of)
    again = first.on_conflict_do_update(
        index_elements=[table.c.institution, table.c.side],
        set_={"token": table.c.token + 1, "holder": holder, "expires_at": ends},
        where=free,
    )
    token = unit.connection.execute(again.returning(table.c.token)).scalar_one_or_none()
    if token is None:
        raise _taken(unit, side)
    return Lease(side, token)


def keep(unit: Unit, lease: Lease, seconds: float) -> None:
    """Hold the lease for *seconds* from now; until the transaction ends nobody else can take it.

    Raises LeaseTaken where somebody took it meanwhile: nothing of the transaction may stay.
    """
    ends = func.clock_timestamp() + timedelta(seconds=seconds)
    if not _set_end(unit, lease, ends):
        raise _taken(unit, lease.side)


def give_back(unit: Unit, lease: Lease) -> None:
    """End the lease now; one that somebody else has taken is left to them."""
    _set_end(unit, lease, func.clock_timestamp(), holder="")


def _set_end(unit: Unit, lease: Lease, ends: object, **more: str) -> bool:
    own = update(table).where(
        table.c.institution == unit.institution,
        table.c.side == lease.side,
        table.c.token == lease.token,
    )
    return unit.connection.execute(own.values(expires_at=ends, **more)).rowcount == 1


def _taken(unit: Unit, side: Side) -> LeaseTaken:
    return LeaseTaken(f"another worker is at its {side}", unit.institution, "wait for it to end")
