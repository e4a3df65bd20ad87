"""Accounts to collectors: keep the collector who knows the debtor, then share the value out evenly.

Greedy, largest first. It keeps as many accounts as any plan can when skills do not compete, but its
balance is only good, not optimal.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from recupero.errors import Refused

#: Loads are compared as value per place in whole 2**-20 parts: exact, no floats.
_SCALE = 2**20


@dataclass
class _Desk:
    """A collector while the accounts are handed out."""

    code: str
    capacity: int
    skills: frozenset[str]
    load: int = 0
    count: int = 0

    def key(self) -> tuple[int, int, str]:
        """The least loaded desk sorts first; the code breaks every tie."""
        return (
            self.load * _SCALE // self.capacity,
            self.count * _SCALE // self.capacity,
            self.code,
        )

    def take(self, value: int) -> None:
        self.load += value
        self.count += 1


@dataclass
class _Team:
    """Desks of one skill set, the least loaded on top."""

    skills: frozenset[str]
    heap: list[tuple[tuple[int, int, str], _Desk]] = field(default_factory=list)

    def can(self, stage: str) -> bool:
        return not self.skills or stage in self.skills

    def hand(self, value: int) -> str:
        """The top desk takes one account and finds its new place."""
        desk = self.heap[0][1]
        desk.take(value)
        if desk.count < desk.capacity:
            heapq.heapreplace(self.heap, (desk.key(), desk))
        else:
            heapq.heappop(self.heap)
        return desk.code


def assign(accounts: pl.DataFrame, collectors: pl.DataFrame) -> pl.DataFrame:
    """*accounts* with ``collector_code`` (String, null if nobody) and ``reason``, by account.

    *accounts*: ``account_id`` (unique), ``stage``, ``value_minor`` (expected value; null and
    negative count as 0), ``previous_collector``. *collectors*: ``collector_code``, ``capacity``
    (accounts), ``skills`` (stages separated by ``;``, empty or null: all).

    Reasons: kept; new, previous_left, previous_skill, previous_full (why another collector has
    it); skill (nobody may handle the stage) and capacity (all who may are full), without collector.
    """
    desks = _desks(collectors)
    judged = _previous(accounts, desks)
    kept = judged.filter(pl.col("reason") == "kept").with_columns(
        pl.col("previous_collector").alias("collector_code")
    )
    loads = kept.group_by("collector_code").agg(
        pl.col("_value").cast(pl.Int128).sum().alias("load"), pl.len().alias("count")
    )
    for code, load, count in loads.iter_rows():
        desks[code].load, desks[code].count = load, count
    rest = judged.filter(pl.col("reason") != "kept").sort(
        "_value", "account_id", descending=[True, False]
    )
    given = _hand_out(rest, desks.values())
    return (
        pl.concat([kept, given])
        .select(*accounts.columns, "collector_code", "reason")
        .sort("account_id")
    )


def _desks(collectors: pl.DataFrame) -> dict[str, _Desk]:
    rows = collectors.select("collector_code", "capacity", "skills").sort("collector_code")
    desks = {
        code: _Desk(code, max(capacity or 0, 0), _skills(skills))
        for code, capacity, skills in rows.iter_rows()
    }
    if len(desks) != collectors.height:
        raise Refused("the roster names a collector twice")
    return desks


def _skills(text: str | None) -> frozenset[str]:
    return frozenset(skill.strip() for skill in (text or "").split(";") if skill.strip())


def _previous(accounts: pl.DataFrame, desks: dict[str, _Desk]) -> pl.DataFrame:
    """*accounts* with ``_value`` and the verdict on their previous collector as ``reason``."""
    stages = [stage for stage in accounts["stage"].unique() if stage is not None]
    places = pl.DataFrame(
        [
            (desk.code, stage, desk.capacity if not desk.skills or stage in desk.skills else None)
            for desk in desks.values()
            for stage in stages
        ],
        schema={"previous_collector": pl.String, "stage": pl.String, "_places": pl.Int64},
        orient="row",
    )
    skilled = pl.col("_places").is_not_null()
    turn = pl.when(skilled).then(1).cum_sum().over("previous_collector")
    verdict = (
        pl.when(pl.col("previous_collector").is_null())
        .then(pl.lit("new"))
        .when(~pl.col("previous_collector").is_in(list(desks)))
        .then(pl.lit("previous_left"))
        .when(~skilled)
        .then(pl.lit("previous_skill"))
        .when(turn > pl.col("_places"))
        .then(pl.lit("previous_full"))
        .otherwise(pl.lit("kept"))
    )
    return (
        accounts.with_columns(
            pl.col("value_minor").fill_null(0).clip(lower_bound=0).alias("_value")
        )
        .join(places, on=["previous_collector", "stage"], how="left", validate="m:1")
        .sort("_value", "account_id", descending=[True, False])
        .with_columns(verdict.alias("reason"))
    )


def _hand_out(rest: pl.DataFrame, desks: Iterable[_Desk]) -> pl.DataFrame:
    """*rest*, sorted by value, each to the least loaded desk that may handle its stage."""
    teams: dict[frozenset[str], _Team] = {}
    skilled: set[frozenset[str]] = set()
    for desk in desks:
        skilled.add(desk.skills)
        if desk.count < desk.capacity:
            team = teams.setdefault(desk.skills, _Team(desk.skills))
            heapq.heappush(team.heap, (desk.key(), desk))
    by_stage = {
        stage: [team for team in teams.values() if team.can(stage)]
        for stage in rest["stage"].unique()
    }
    codes: list[str | None] = []
    for stage, value in rest.select("stage", "_value").iter_rows():
        open_teams = [team for team in by_stage[stage] if team.heap]
        chosen = min(open_teams, key=lambda team: team.heap[0][0], default=None)
        codes.append(chosen.hand(value) if chosen else None)
    handled = [stage for stage in by_stage if any(not s or stage in s for s in skilled)]
    nobody = (
        pl.when(pl.col("stage").is_in(handled)).then(pl.lit("capacity")).otherwise(pl.lit("skill"))
    )
    collector = pl.Series("collector_code", codes, dtype=pl.String)
    return rest.with_columns(collector).with_columns(
        pl.when(pl.col("collector_code").is_null())
        .then(nobody)
        .otherwise(pl.col("reason"))
        .alias("reason")
    )
