"""The register of institutions: what `institution add` enrolled."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, inspect, select

from recupero.errors import StoreRefused
from recupero.store.session import Store, Unit
from recupero.store.tables import institution


@dataclass(frozen=True)
class Enrolled:
    """An institution that has its partitions."""

    code: str
    name: str
    country: str
    currency: str


def enrolled(store: Store) -> list[Enrolled]:
    """Every institution in the register, by code; refuses a database without our schema."""
    with store.overview() as connection:
        if not inspect(connection).has_table(institution.name):
            raise StoreRefused("has no tables yet", "database", "run: recupero institution add")
        return _register(connection)


def register(unit: Unit) -> list[Enrolled]:
    """The register as the unit's transaction sees it, by code."""
    return _register(unit.connection)


def _register(connection: Connection) -> list[Enrolled]:
    rows = connection.execute(select(institution).order_by(institution.c.code))
    return [Enrolled(row.code, row.name, row.country, row.currency) for row in rows]
