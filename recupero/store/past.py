"""The past: an institution's tables as they were before a place in its chain.

A step run there sees what it saw then, so what it would record must be what it recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import text

from recupero.errors import Fault
from recupero.store.recordings import Draft
from recupero.store.session import Store, Unit
from recupero.store.tables import APPEND_ORDER, recording

_BEFORE = "position < current_setting('recupero.before')::int"
#: A statement prepared while nothing stood before the table it names would go on reading that.
_FORGET_PLANS = text("DISCARD PLANS")


@contextmanager
def past_of(unit: Unit) -> Iterator[Past]:
    """The past of *unit*, a snapshot's; temporary views stand before the tables until it ends."""
    tables = (recording, *APPEND_ORDER)
    for table in tables:
        known = f"recording_id IN (SELECT recording_id FROM public.recording WHERE {_BEFORE})"
        condition = _BEFORE if table is recording else known
        unit.connection.execute(
            text(
                f"CREATE TEMP VIEW {table.name} AS "
                f"SELECT * FROM public.{table.name} WHERE {condition}"
            )
        )
    unit.connection.execute(_FORGET_PLANS)
    yield Past(unit)
    for table in tables:
        unit.connection.execute(text(f"DROP VIEW pg_temp.{table.name}"))


class Past(Store):
    """A store for rehearsals: one institution, nothing kept."""

    def __init__(self, unit: Unit) -> None:
        self._drafts: list[Draft] = []
        self._unit = replace(unit, rehearsed=self._drafts)

    def go_to(self, position: int) -> list[Draft]:
        """From now on recordings from *position* on are not there yet.

        Returns the list that fills with what is rehearsed from here.
        """
        self._unit.connection.execute(
            text("SELECT set_config('recupero.before', :position, true)"),
            {"position": str(position)},
        )
        self._drafts.clear()
        return self._drafts

    @contextmanager
    def unit(self, institution: str) -> Iterator[Unit]:
        """The one unit there is; a step of another institution cannot be rehearsed in it."""
        if institution != self._unit.institution:
            raise Fault("a rehearsal asked for another institution", institution)
        yield self._unit
