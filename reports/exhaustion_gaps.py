"""What is still missing before an obligation can be certified, and the earliest date it can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from recupero.dates import long_es
from recupero.money import to_decimal, to_text
from reports.exhaustion import STATE, Requirement
from reports.labels import count, spoken
from reports.page import Heading, Issuer, Sheet
from reports.painter import Column, exact, figures, paint
from reports.table import Cell, csv_bytes

#: Missing conditions printed; the CSV holds them all.
PRINTED_GAPS = 400


@dataclass(frozen=True)
class Gap:
    """An obligation not yet certifiable. ``earliest`` is ``None`` when no date can be given."""

    account_number: str
    currency: str
    total_minor: int
    age_days: int
    missing: tuple[Requirement, ...]
    next_action: str
    earliest: date | None


@dataclass(frozen=True)
class GapPlan:
    """All obligations examined on a closing day that got no certificate."""

    document_id: str
    institution: Issuer
    agency: Issuer
    business_date: date
    chain_head: str
    rule_set: str
    certified: int
    gaps: tuple[Gap, ...]


def gaps_pdf(plan: GapPlan) -> bytes:
    """The plan to be read: soonest first, one row a missing condition."""
    heading = Heading(
        "Plan de gestiones pendientes", plan.document_id, plan.institution, plan.agency,
        plan.business_date, plan.chain_head,
    )  # fmt: skip
    country = plan.institution.country
    with Sheet(heading, landscape=True) as sheet:
        dated = sum(gap.earliest is not None for gap in plan.gaps)
        sheet.banner(
            f"{count(len(plan.gaps), country)} obligaciones aún no certificables",
            f"Certificadas en este cierre: {count(plan.certified, country)}. Con fecha posible: "
            f"{count(dated, country)}. Reglas aplicadas: {plan.rule_set}.",
        )
        sheet.section("Qué falta y desde cuándo puede certificarse")
        columns = [
            exact("Obligación", 38), figures("Saldo", 34), figures("Mora (días)", 17),
            Column("Condición pendiente", 68, lines=3), Column("Norma", 44, lines=3),
            Column("Estado", 22), exact("Desde", 20), Column("Siguiente gestión", 50, lines=3),
        ]  # fmt: skip
        rows = [_printed(gap, item) for gap in _ordered(plan) for item in gap.missing]
        paint(sheet, columns, rows[:PRINTED_GAPS], empty="Nada pendiente.")
        if len(rows) > PRINTED_GAPS:
            rest = count(len(rows) - PRINTED_GAPS, country)
            sheet.paragraph(f"y {rest} más: la lista completa está en el CSV de este plan.", 8)
        sheet.paragraph(f"Calculado con lo registrado al {long_es(plan.business_date)}.", 8)
        return sheet.finish()


def gaps_csv(plan: GapPlan) -> bytes:
    """The plan for machines, one row a missing condition."""
    header = (
        "documento", "obligacion", "moneda", "saldo", "mora_dias", "condicion", "norma",
        "confianza", "estado", "desde", "siguiente_gestion", "certificable_desde",
    )  # fmt: skip
    return csv_bytes(header, _records(plan))


def _ordered(plan: GapPlan) -> list[Gap]:
    return sorted(plan.gaps, key=lambda g: (g.earliest or date.max, g.account_number))


def _printed(gap: Gap, item: Requirement) -> tuple[str, ...]:
    return (
        gap.account_number, to_text(gap.total_minor, gap.currency), str(gap.age_days),
        item.condition + (f" ({item.note})" if item.note else ""), item.norm,
        spoken(STATE, item.state), item.earliest.isoformat() if item.earliest else "sin fecha",
        gap.next_action,
    )  # fmt: skip


def _records(plan: GapPlan) -> Iterator[tuple[Cell, ...]]:
    for gap in _ordered(plan):
        for item in gap.missing:
            yield (
                plan.document_id, gap.account_number, gap.currency,
                to_decimal(gap.total_minor, gap.currency), gap.age_days, item.condition, item.norm,
                item.confidence, item.state, item.earliest, gap.next_action, gap.earliest,
            )  # fmt: skip
