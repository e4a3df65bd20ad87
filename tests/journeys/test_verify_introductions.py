"""Introductions under the insider who recomputes every hash: no fact can be other than received."""

from __future__ import annotations

import re

import polars as pl

from recupero.steps.verify import verify
from recupero.store import bulk
from recupero.store.introductions import fact_by_fact
from recupero.store.rows import stored_in
from recupero.store.session import Unit
from recupero.store.tables import introduction
from tests.journeys.small_world import World, named

CODE = "caja-pacifico"
MINE = f"institution = '{CODE}'"


def test_an_introduction_nobody_received(world: World) -> None:
    columns = [column.name for column in introduction.columns]
    another = f"(SELECT max(recording_id) FROM recording WHERE kind = 'intake' AND {MINE})"
    made = {"recording_id": another, "account_id": "account_id + 1", "sequence": "sequence + 1"}
    taken = ", ".join(made.get(name, name) for name in columns)
    with world.tampered() as insider:
        insider.execute(
            f"INSERT INTO introduction SELECT {taken} FROM introduction WHERE {MINE} LIMIT 1"
        )
        insider.reseal(CODE)
        found = named(verify(insider.services, CODE, deep=True))
    assert re.search(r"introduction account_id=\S+ .*does not follow from the inputs", found)


def test_introductions_kept_fact_by_fact_instead_say_the_same(world: World) -> None:
    """So it was before there were any: the inputs lead to either, and nothing to other facts."""
    with world.tampered() as insider:
        unit = Unit(CODE, insider.connection)
        first = stored_in(unit, introduction)["recording_id"].min()
        mine = stored_in(unit, introduction, introduction.c.recording_id == first)
        told = fact_by_fact(
            {introduction: mine.drop("institution", "recording_id")},
            insider.services.row_key(CODE),
        )
        insider.execute(f"DELETE FROM introduction WHERE recording_id = {first}")
        for table, rows in told.items():
            whole = rows.with_columns(institution=pl.lit(CODE), recording_id=pl.lit(first))
            bulk.insert(insider.connection, table, whole)
        insider.reseal(CODE)
        same = named(verify(insider.services, CODE, deep=True))
        insider.change("person_version", "name = 'X'", f"recording_id = {first}")
        insider.reseal(CODE)
        other = named(verify(insider.services, CODE, deep=True))
    assert "inputs: " not in same
    assert "anchors: " in same, "the heads are others than those printed"
    assert re.search(r"inputs: person_version person_id=-?\d+", other)
