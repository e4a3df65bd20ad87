"""Stage and segment: ordered rules as data, the first that matches wins."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from recupero.errors import Refused


@dataclass(frozen=True)
class Within:
    """A column lies in [low, high]; an end left out is open. Null lies nowhere."""

    column: str
    low: int | None = None
    high: int | None = None

    def holds(self) -> pl.Expr:
        value = pl.col(self.column).cast(pl.Int64)
        held = value.is_not_null()
        if self.low is not None:
            held &= value >= self.low
        if self.high is not None:
            held &= value <= self.high
        return held


@dataclass(frozen=True)
class Rule:
    """The outcome when all tests hold; without tests it always does."""

    outcome: str
    tests: tuple[Within, ...] = ()


@dataclass(frozen=True)
class SegmentPolicy:
    """Ordered stage rules and segment rules; each list ends with a rule without tests."""

    stages: tuple[Rule, ...]
    segments: tuple[Rule, ...]
    version: str

    def __post_init__(self) -> None:
        for rules in (self.stages, self.segments):
            if not rules or rules[-1].tests:
                raise Refused("ordered rules must end with one that always matches")


#: Stages as the platform names them; edges in days past due are common practice in the region.
STAGES = (
    Rule("castigada", (Within("written_off", low=1),)),
    Rule("preventiva", (Within("age_days", high=0),)),
    Rule("comercial", (Within("age_days", high=30),)),
    Rule("administrativa", (Within("age_days", high=60),)),
    Rule("prejuridica", (Within("age_days", high=90),)),
    Rule("juridica"),
)

#: HOUSE CONVENTION: likely payers with much at stake first. Points and thousandths, no source.
SEGMENTS = (
    Rule("alto", (Within("score", low=600), Within("balance_permille", low=500))),
    Rule("alto", (Within("score", low=400), Within("balance_permille", low=800))),
    Rule("medio", (Within("score", low=400),)),
    Rule("medio", (Within("balance_permille", low=800),)),
    Rule("bajo"),
)

DEFAULT_SEGMENTS = SegmentPolicy(stages=STAGES, segments=SEGMENTS, version="2026-01")


def segment(accounts: pl.DataFrame, policy: SegmentPolicy = DEFAULT_SEGMENTS) -> pl.DataFrame:
    """*accounts* with ``stage`` and ``segment`` (String).

    Needs ``age_days``, ``score``, ``balance_minor``, ``currency`` and ``written_off`` (null: no).
    Rules may also test ``balance_permille``, derived here: thousandths of the accounts of the same
    currency that owe less, so equal balances share a segment.
    """
    owing_less = pl.col("balance_minor").rank("min").over("currency").cast(pl.Int64) - 1
    permille = owing_less * 1000 // pl.len().over("currency").cast(pl.Int64)
    return accounts.with_columns(permille.alias("balance_permille")).select(
        *map(pl.col, accounts.columns),
        first_match(policy.stages).alias("stage"),
        first_match(policy.segments).alias("segment"),
    )


def first_match(rules: tuple[Rule, ...]) -> pl.Expr:
    """The outcome of the first rule that matches, as String."""
    chosen = pl.lit(rules[-1].outcome)
    for rule in reversed(rules[:-1]):
        tests = [test.holds() for test in rule.tests] or [pl.lit(True)]
        chosen = pl.when(pl.all_horizontal(tests)).then(pl.lit(rule.outcome)).otherwise(chosen)
    return chosen
