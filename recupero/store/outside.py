"""Tables outside every chain, read as their owner: the schema's version and the contact slots.

The application role may not read them, and no row of them names an institution.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select

from recupero.store import bulk
from recupero.store.owner import migrations
from recupero.store.proof import Finding
from recupero.store.session import connected, open_engine
from recupero.store.tables import contact_slot


def check_version(owner_url: str) -> Iterator[Finding]:
    """A schema that is not the one this program knows."""
    known = ScriptDirectory.from_config(migrations()).get_current_head()
    with connected(open_engine(owner_url)) as connection:
        there = ", ".join(MigrationContext.configure(connection).get_current_heads()) or "nothing"
    if there != known:
        what = f"says {there}, this program knows {known}; nothing else was checked"
        yield Finding("table alembic_version", what)


def slots_of(owner_url: str, day: date, people: Sequence[str]) -> pl.DataFrame:
    """person_hash and ``taken``: contacts granted on *day*, over all channels and institutions.

    Of *people* alone, by their keyed hashes: who asks reads nothing of other institutions' people.
    """
    query = select(contact_slot).where(
        contact_slot.c.person_hash.in_(people), contact_slot.c.day == day
    )
    with connected(open_engine(owner_url)) as connection:
        rows = bulk.read(connection, query)
    return rows.group_by("person_hash").agg(pl.col("granted").sum().alias("taken"))


def slots_by_day(owner_url: str) -> dict[date, int]:
    """How many contacts the shared table says were granted, by day."""
    summed = func.sum(contact_slot.c.granted)
    query = select(contact_slot.c.day, summed).group_by(contact_slot.c.day)
    with connected(open_engine(owner_url)) as connection:
        return {day: int(granted) for day, granted in connection.execute(query)}
