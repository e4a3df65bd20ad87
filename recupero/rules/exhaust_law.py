"""What a country asks before a debt counts as uncollectible, read from a pack's records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, cast, get_args

from recupero.errors import PackError
from recupero.rules.law import RuleRecord, whole

Test = Literal[
    "overdue", "overdue_months", "efforts", "attested", "max_units",
    "unrelated", "unguaranteed", "not_renewed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """One legal condition. Conditions of the same ``group`` are alternatives: one is enough.

    ``test`` says how it is judged; ``attestation`` names the creditor's statement that bears it,
    ``months``, ``unit`` and ``most`` are its figures. ``missing`` is what to ask for, in Spanish.
    """

    code: str
    text: str
    norm: str
    confidence: str
    test: Test
    missing: str
    group: str | None = None
    attestation: str | None = None
    months: int = 0
    unit: str | None = None
    most: int = 0


@dataclass(frozen=True, slots=True)
class ExhaustionRegime:
    """A set of conditions that together let a debt be treated in one way."""

    country: str
    code: str
    text: str
    norm: str
    confidence: str
    conditions: tuple[Condition, ...]


def exhaustion_regimes(country: str, records: Iterable[RuleRecord]) -> tuple[ExhaustionRegime, ...]:
    """The regimes of *country*: ``exhaustion_regimes("PE", pack.of_kind("exhaustion", as_of))``.

    Empty where the pack has none: the country has no regime here and no opinion is issued.
    """
    found = list(records)
    regimes = []
    for record in found:
        if record.kind != "exhaustion.regime":
            continue
        code = _text(record, "regime")
        conditions = tuple(
            _condition(other)
            for other in found
            if other.kind == "exhaustion.condition" and other.values.get("regime") == code
        )
        if not conditions:
            raise PackError("the regime has no conditions", record.key)
        regimes.append(
            ExhaustionRegime(country, code, record.text, record.norm, record.confidence, conditions)
        )
    return tuple(regimes)


def regime_of(regimes: Iterable[ExhaustionRegime], code: str) -> ExhaustionRegime | None:
    """The regime called *code*; None where the country has no such regime."""
    return next((regime for regime in regimes if regime.code == code), None)


def _condition(record: RuleRecord) -> Condition:
    test = _text(record, "test")
    if test not in get_args(Test):
        raise PackError("is not a test", f"{record.key}.test")
    return Condition(
        code=record.code,
        text=record.text,
        norm=record.norm,
        confidence=record.confidence,
        test=cast(Test, test),
        missing=_text(record, "missing"),
        group=_optional(record, "group"),
        attestation=_optional(record, "attestation"),
        months=whole(record, "months", 0),
        unit=_optional(record, "unit"),
        most=whole(record, "max", 0),
    )


def _text(record: RuleRecord, key: str) -> str:
    value = record.values.get(key)
    if not isinstance(value, str):
        raise PackError("must be a text", f"{record.key}.{key}")
    return value


def _optional(record: RuleRecord, key: str) -> str | None:
    return _text(record, key) if key in record.values else None
