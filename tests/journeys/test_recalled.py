"""The second day's portfolios name fewer accounts: each institution reads which, and how much."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import polars as pl
import pytest

from deployments.demo.markets import DAY_2
from deployments.demo.story import make_story
from recupero.rules.components import COLUMNS
from recupero.store import outgoing
from recupero.store.rows import rows_of
from recupero.store.tables import journal
from tests.journeys.small_world import CODES, World


def answers(world: World, code: str) -> list[dict[str, str]]:
    """Every record of the second day's acknowledgements."""
    with world.services.store.unit(code) as unit:
        papers = [p for p in outgoing.documents(unit, DAY_2) if p.kind == "acknowledgement_csv"]
    texts = [world.services.vault.get(code, paper.address).decode("utf-8-sig") for paper in papers]
    return [row for text in texts for row in csv.DictReader(io.StringIO(text), delimiter=";")]


@pytest.mark.parametrize("code", CODES)
def test_the_accounts_gone_are_those_the_answer_lists(world: World, code: str) -> None:
    [gone] = [m.gone for m in make_story(7, 60).planted.movements if m.institution == code]
    assert gone
    records = answers(world, code)
    listed = [row for row in records if row["concepto"] == "recalled"]
    accounts = {row["valor"]: Decimal(row["importe"]) for row in listed if row["valor"]}
    assert tuple(sorted(accounts)) == gone
    assert [row["filas"] for row in listed if row["filas"]] == [str(len(gone))]
    with world.services.store.unit(code) as unit:
        moved = rows_of(unit, journal, journal.c.event == "recalled").drop_nulls("account_id")
    recalled = -moved.select(pl.sum_horizontal(COLUMNS).sum()).item()
    assert sum(accounts.values()) == Decimal(recalled).scaleb(-2)
