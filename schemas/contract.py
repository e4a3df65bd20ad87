"""The contract of each kind as a pandera schema, and what breaks it row by row.

The same declarations serve twice: one polars pass finds the rows that break any rule, and pandera,
whose import alone costs half a second, names the failures of those rows only. A file without fault
never loads it; the two agree by construction and by test.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl

from recupero.errors import Fault
from recupero.profiles.fields import Kind, fields_of
from schemas import attestation, consent, effort, payment, placement, roster, write_off
from schemas.convert import DTYPES
from schemas.rule import FINDING, Context, Rule, no_findings

if TYPE_CHECKING:
    from pandera.polars import Check, DataFrameSchema, PolarsData

RULES: dict[Kind, Callable[[Context], tuple[Rule, ...]]] = {
    "placement": placement.rules,
    "payment": payment.rules,
    "effort": effort.rules,
    "consent": consent.rules,
    "attestation": attestation.rules,
    "write_off": write_off.rules,
    "roster": roster.rules,
}


def rules_of(kind: Kind, context: Context) -> tuple[Rule, ...]:
    """Every rule of *kind* but presence: closed lists first, then the kind's own."""
    closed = tuple(
        Rule("not_allowed", name, pl.col(name).is_in(list(field.allowed)))
        for name, field in fields_of(kind).items()
        if field.allowed
    )
    return closed + RULES[kind](context)


def schema_of(kind: Kind, context: Context) -> DataFrameSchema:
    """The pandera schema of the canonical frame of *kind*: types, order, presence and rules.

    A rule over several columns is a check of the column it is laid to, so it fails once per row.
    """
    from pandera.polars import Column, DataFrameSchema

    rules = rules_of(kind, context)
    columns = {"line_number": Column(pl.Int64, nullable=False)}
    for name, field in fields_of(kind).items():
        checks = [_check(rule) for rule in rules if rule.field == name]
        columns[name] = Column(DTYPES[field.type], checks, nullable=not field.required)
    return DataFrameSchema(columns, strict=True, ordered=True, name=kind)


def _check(rule: Rule) -> Check:
    from pandera.polars import Check

    def holds(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(rule.ok.fill_null(True))

    return Check(holds, name=rule.code)


def breaches(frame: pl.DataFrame, kind: Kind, context: Context) -> pl.DataFrame:
    """One finding for each row of the canonical *frame* and rule it breaks."""
    suspect = frame.filter(_breaks_any(kind, context))
    return named(suspect, kind, context) if suspect.height else no_findings()


def _breaks_any(kind: Kind, context: Context) -> pl.Expr:
    absent = [pl.col(name).is_null() for name, field in fields_of(kind).items() if field.required]
    broken = [~rule.ok.fill_null(True) for rule in rules_of(kind, context)]
    return pl.any_horizontal(absent + broken)


def named(frame: pl.DataFrame, kind: Kind, context: Context) -> pl.DataFrame:
    """What pandera finds in *frame*, as findings."""
    from pandera.errors import SchemaErrors

    try:
        schema_of(kind, context).validate(frame, lazy=True)
    except SchemaErrors as problem:
        cases = problem.failure_cases
    else:
        return no_findings()
    if cases["index"].null_count():
        whole = cases.filter(pl.col("index").is_null())["check"].unique().sort().to_list()
        raise Fault(f"the canonical frame of {kind} is not as declared: {', '.join(whole)}")
    lines = frame["line_number"].gather(cases["index"])
    rule = pl.col("check").replace("not_nullable", "required")
    found: pl.DataFrame = cases.select(line_number=lines, field="column", rule=rule).cast(FINDING)
    return found
