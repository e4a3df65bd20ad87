"""The contract of each kind as a pandera schema, and what breaks it row by row.

The same declarations serve twice: a polars pass finds what rows break, and pandera, whose import
alone costs half a second, is their contract and what the tests hold that pass against.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import polars as pl

from recupero.errors import Fault
from recupero.profiles.fields import Kind, fields_of
from schemas import (
    account_facts,
    adjustment,
    agency,
    attestation,
    consent,
    control_file,
    effort,
    payment,
    placement,
    recall,
    roster,
    write_off,
)
from schemas.convert import DTYPES
from schemas.rule import FINDING, Context, Rule, findings, no_findings

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
    "instalment": account_facts.instalment,
    "guarantee": account_facts.guarantee,
    "document_index": account_facts.document_index,
    "related_person": account_facts.related_person,
    "debtor_update": account_facts.debtor_update,
    "hold": account_facts.hold,
    "dispute": account_facts.dispute,
    "judicial_event": account_facts.judicial_event,
    "recall": recall.rules,
    "adjustment": adjustment.rules,
    "absence": agency.absence,
    "cost": agency.cost,
    "goal": agency.goal,
    "unit_value": agency.unit_value,
    "control": control_file.rules,
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
    """One finding for each row of the canonical *frame* and rule it breaks, as ``named`` has it."""
    conditions = _conditions(kind, context)
    suspect = frame.filter(pl.any_horizontal(broken for *_, broken in conditions))
    if suspect.is_empty():
        return no_findings()
    broken = suspect.select(broken.alias(str(at)) for at, (*_, broken) in enumerate(conditions))
    lines = suspect["line_number"]
    return pl.concat(
        findings(lines.filter(broken[str(at)]), field, rule)
        for at, (field, rule, _) in enumerate(conditions)
    )


def _conditions(kind: Kind, context: Context) -> list[tuple[str, str, pl.Expr]]:
    """Field, rule and what is true of a row that breaks it."""
    absent = [
        (name, "required", pl.col(name).is_null())
        for name, field in fields_of(kind).items()
        if field.required
    ]
    rules = rules_of(kind, context)
    return absent + [(rule.field, rule.code, ~rule.ok.fill_null(True)) for rule in rules]


def named(frame: pl.DataFrame, kind: Kind, context: Context) -> pl.DataFrame:
    """What pandera finds in *frame*, as findings: a Fault where it is no canonical frame at all."""
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
