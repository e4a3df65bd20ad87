"""Are the collection efforts exhausted? Each legal condition, met by evidence or not met.

An opinion is met only when no condition is unmet or lacks a value, every condition or group of
alternatives has one that is met, and each met one names its evidence (I6). What the law does not
say in numbers, how many efforts are enough, is ``EffortPolicy``: a house rule, told as such.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from recupero.rules.exhaust_case import (
    Attestation,
    ConditionResult,
    Effort,
    EffortPolicy,
    ExhaustionCase,
    SentLetter,
)
from recupero.rules.exhaust_conditions import judge
from recupero.rules.exhaust_law import Condition, ExhaustionRegime, exhaustion_regimes
from recupero.rules.law import CONFIDENCE

__all__ = [
    "Attestation",
    "ConditionResult",
    "Effort",
    "EffortPolicy",
    "ExhaustionCase",
    "ExhaustionRegime",
    "Opinion",
    "SentLetter",
    "evaluate",
    "exhaustion_regimes",
]


@dataclass(frozen=True, slots=True)
class Opinion:
    """The regime's conditions with their answers on a business date."""

    country: str
    regime: str
    text: str
    norm: str
    confidence: str
    account_id: int
    claim_minor: int
    as_of: date
    met: bool
    conditions: tuple[ConditionResult, ...]


DEFAULT_POLICY = EffortPolicy()


def evaluate(
    case: ExhaustionCase,
    regime: ExhaustionRegime,
    as_of: date,
    policy: EffortPolicy = DEFAULT_POLICY,
) -> Opinion:
    """The opinion on *case* under *regime*; nothing dated after *as_of* is evidence."""
    results = [judge(condition, case, as_of, policy) for condition in regime.conditions]
    results = _settle_alternatives(results)
    return Opinion(
        country=regime.country,
        regime=regime.code,
        text=regime.text,
        norm=regime.norm,
        confidence=_weakest(regime.conditions),
        account_id=case.account_id,
        claim_minor=case.claim_minor,
        as_of=as_of,
        met=_met(results),
        conditions=tuple(results),
    )


def _settle_alternatives(results: list[ConditionResult]) -> list[ConditionResult]:
    """Where one alternative of a group is met, the others do not apply."""
    taken = {result.group for result in results if result.group and result.state == "met"}
    return [
        replace(result, state="not_applicable", missing=None, earliest_date=None, evidence=())
        if result.group in taken and result.state != "met"
        else result
        for result in results
    ]


def _met(results: Iterable[ConditionResult]) -> bool:
    """Every group, and every condition outside a group, has one that is met by evidence."""
    states: dict[str, list[bool]] = defaultdict(list)
    for result in results:
        if result.state in ("unmet", "value_missing"):
            return False
        states[result.group or f"alone:{result.code}"].append(
            result.state == "met" and bool(result.evidence)
        )
    return bool(states) and all(any(answers) for answers in states.values())


def _weakest(conditions: Iterable[Condition]) -> str:
    return max((condition.confidence for condition in conditions), key=CONFIDENCE.index)
